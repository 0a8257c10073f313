"""What a fresh machine installs: everything pinned with hashes, and no address of any registry."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON_LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
NODE_LOCKS = pytest.mark.parametrize(
    "folder", [ROOT / "extension", ROOT / "tests" / "clients"], ids=lambda folder: folder.name
)


def locked(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / "locked.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def entries(text: str) -> dict[str, str]:
    starts = list(re.finditer(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {start[1]: text[start.start() : end] for start, end in zip(starts, ends, strict=True)}


def node_packages(folder: Path) -> dict[str, Any]:
    packages: dict[str, Any] = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return packages


def test_the_python_lock_holds_no_address() -> None:
    assert "://" not in PYTHON_LOCK
    assert [line for line in PYTHON_LOCK.splitlines() if line.startswith("-")] == []


@NODE_LOCKS
def test_a_node_lock_holds_no_download_address(folder: Path) -> None:
    assert [path for path, package in node_packages(folder).items() if "resolved" in package] == []


def test_every_pinned_python_package_has_hashes() -> None:
    assert [name for name, entry in entries(PYTHON_LOCK).items() if "--hash=sha256:" not in entry] == []


@NODE_LOCKS
def test_every_pinned_node_package_has_its_digest(folder: Path) -> None:
    assert [path for path, package in node_packages(folder).items() if path and "integrity" not in package] == []


@NODE_LOCKS
def test_every_node_dependency_is_pinned(folder: Path) -> None:
    wanted = json.loads((folder / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    packages = node_packages(folder)
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["demo"]]
    wanted += [
        line for line in (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines() if line[:1].isalpha()
    ]
    names = {re.split(r"[\[>=]", requirement)[0] for requirement in wanted}
    assert names - entries(PYTHON_LOCK).keys() == set()


def test_the_parts_of_the_lock_are_the_whole() -> None:
    only, without = locked("only", "llama-cpp-python"), locked("without", "llama-cpp-python")
    assert entries(only.stdout).keys() == {"llama-cpp-python"}
    assert entries(only.stdout) | entries(without.stdout) == entries(PYTHON_LOCK)


def test_a_package_that_is_not_pinned_is_named() -> None:
    asked = locked("only", "left-pad")
    assert asked.returncode != 0
    assert "does not pin left-pad" in asked.stderr
