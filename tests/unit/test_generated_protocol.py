"""``extension/src/protocol.ts`` is what ``protocol.py`` says."""

from __future__ import annotations

import runpy
from pathlib import Path

EXTENSION = Path(__file__).parents[2] / "extension"


def test_the_committed_file_is_what_the_generator_writes() -> None:
    generator = runpy.run_path(str(EXTENSION / "generate_protocol.py"))
    assert (EXTENSION / "src" / "protocol.ts").read_text(encoding="utf-8") == generator["generate"](), (
        "run `make protocol`"
    )
