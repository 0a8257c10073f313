"""The tracked documents are finished."""

from __future__ import annotations

import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_no_document_has_a_place_left_to_fill() -> None:
    listed = subprocess.run(["git", "ls-files", "-z", "*.md"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    documents = listed.stdout.split("\0")[:-1]
    assert "README.md" in documents
    assert [name for name in documents if "@@" in (CHECKOUT / name).read_text(encoding="utf-8")] == []
