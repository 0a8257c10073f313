"""The install script's dry run: every step is printed and none is taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "installer" / "install.sh"


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHON": sys.executable}
    return subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, env=environment, check=False)


def test_a_dry_run_prints_every_step_and_writes_nothing(tmp_path: Path) -> None:
    ran = run(tmp_path, "--dry-run", "--", "--browser", "chromium")
    assert ran.returncode == 0
    steps = [line for line in ran.stdout.splitlines() if line.startswith("+ ")]
    assert len(steps) == 3
    assert all(str(tmp_path) in step for step in steps)
    assert "windowsill install --browser chromium" in steps[2]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [("--colour",), ("--prefix",), ("--prefix", "relative")])
def test_a_wrong_command_line_ends_with_2_and_does_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = run(tmp_path, *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr
    assert list(tmp_path.iterdir()) == []
