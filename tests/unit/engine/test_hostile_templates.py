"""Templates that want everything end in a refusal, in a process that has little of anything."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from support import hostile_templates
from support.hostile_templates import ATTACKS


@pytest.fixture(scope="module")
def refused() -> Mapping[str, str]:
    """Attack -> why it was refused, all by one process that the kernel ends when it takes too much."""
    ran = subprocess.run(
        [sys.executable, str(Path(hostile_templates.__file__))],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        capture_output=True,
    )
    return msgspec.json.decode(ran.stdout, type=dict[str, str])


@pytest.mark.parametrize("attack", ATTACKS)
def test_template_that_wants_everything_is_not_supported(refused: Mapping[str, str], attack: str) -> None:
    assert refused[attack].startswith("the model's chat template cannot be used: ")
    assert "MemoryError" not in refused[attack]
