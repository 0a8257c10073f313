"""The install script's dry run: every step is printed and none is taken."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPT = CHECKOUT / "installer" / "install.sh"


def run(home: Path, *arguments: str, path: str = os.environ["PATH"]) -> subprocess.CompletedProcess[str]:
    environment = {"HOME": str(home), "PATH": path, "PYTHON": sys.executable}
    return subprocess.run([SCRIPT, *arguments], capture_output=True, text=True, env=environment, check=False)


def steps(ran: subprocess.CompletedProcess[str]) -> list[str]:
    assert ran.returncode == 0, ran.stderr
    return [line.removeprefix("+ ") for line in ran.stdout.splitlines() if line.startswith("+ ")]


def path_without_npm(folder: Path) -> str:
    """A search path with the few commands that the script itself runs."""
    folder.mkdir()
    for name in ("dirname", "readlink"):
        (folder / name).symlink_to(next(Path(part, name) for part in ("/usr/bin", "/bin") if Path(part, name).exists()))
    return str(folder)


def test_a_dry_run_prints_every_step_and_writes_nothing(tmp_path: Path) -> None:
    printed = steps(run(tmp_path, "--dry-run", "--", "--browser", "chromium"))
    assert printed[0].endswith(f"-m venv {tmp_path}/.local/share/windowsill/venv")
    assert printed[-1].startswith(f"{tmp_path}/.local/share/windowsill/venv/bin/windowsill install --browser chromium")
    written = f"{tmp_path}/", f"{CHECKOUT}/extension", f"{CHECKOUT}/.ci/need-node"
    assert all(any(place in step for place in written) for step in printed)
    assert list(tmp_path.iterdir()) == []


def test_every_package_comes_from_the_lock_with_its_hash(tmp_path: Path) -> None:
    printed = steps(run(tmp_path, "--dry-run"))
    llama = [step for step in printed if "install-llama" in step]
    assert [step.split()[0] for step in llama] == [f"{CHECKOUT}/.ci/install-llama"]
    for step in printed:
        if "pip install" in step:
            assert "--require-hashes" in step or step.endswith(f"--no-deps --no-build-isolation {CHECKOUT}")


def test_the_command_is_linked_where_shells_find_it(tmp_path: Path) -> None:
    ran = run(tmp_path, "--dry-run")
    command = f"{tmp_path}/.local/share/windowsill/venv/bin/windowsill"
    assert f"ln -sf {command} {tmp_path}/.local/bin/windowsill" in steps(ran)
    assert f"{tmp_path}/.local/bin is not on your PATH" in ran.stdout


def test_a_command_of_the_same_name_that_is_not_ours_stays(tmp_path: Path) -> None:
    other = tmp_path / ".local" / "bin" / "windowsill"
    other.parent.mkdir(parents=True)
    other.write_text("something else")
    ran = run(tmp_path, "--dry-run")
    assert not any("ln -sf" in step for step in steps(ran))
    assert f"{other} is something else and stays" in ran.stdout


@pytest.mark.parametrize("node", [True, False])
def test_the_extension_is_built_when_npm_is_there(tmp_path: Path, node: bool) -> None:
    commands = path_without_npm(tmp_path / "commands")
    if node:
        npm = Path(commands, "npm")
        npm.write_text("#!/bin/sh\n")
        npm.chmod(0o755)
    ran = run(tmp_path, "--dry-run", path=commands)
    assert any("run --silent build" in step for step in steps(ran)) is node
    assert "load the extension from" in ran.stdout or "the extension is not built" in ran.stdout


@pytest.mark.parametrize("arguments", [("--colour",), ("--prefix",), ("--prefix", "relative")])
def test_a_wrong_command_line_ends_with_2_and_does_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = run(tmp_path, *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr
    assert list(tmp_path.iterdir()) == []
