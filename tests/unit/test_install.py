"""Registering with browsers writes exactly what it says, and uninstalling leaves nothing of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill import install, registration, settings
from windowsill.registration import RegistrationError
from windowsill.settings import Paths

PYTHON = Path(sys.executable)


def tree(folder: Path) -> dict[Path, bytes | None]:
    """Every path below ``folder``: content of files, None for folders."""
    return {path: path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    home = tmp_path / "home"
    return Paths(home / "config", home / "data", home / "cache", home / "run")


@pytest.fixture
def user_data(tmp_path: Path) -> Path:
    return tmp_path / "browser" / "profile"


def run_install(where: Paths, *user_data: Path, home: Path | None = None) -> install.Plan:
    plan = install.plan(where, user_data, python=PYTHON, home=home)
    install.install(where, plan)
    return plan


def test_the_manifest_names_an_absolute_launcher_and_our_extension_with_a_slash(where: Paths, user_data: Path) -> None:
    run_install(where, user_data)
    manifest = json.loads((user_data / "NativeMessagingHosts" / f"{settings.NATIVE_HOST_NAME}.json").read_text())
    assert manifest["name"] == settings.NATIVE_HOST_NAME
    assert manifest["path"] == str(where.launcher)
    assert manifest["type"] == "stdio"
    assert manifest["allowed_origins"] == [f"chrome-extension://{settings.EXTENSION_ID}/"]
    assert manifest["description"]


def test_planning_writes_nothing(where: Paths, user_data: Path, tmp_path: Path) -> None:
    install.plan(where, [user_data], python=PYTHON, home=None)
    assert tree(tmp_path) == {}


def test_the_plan_names_every_file_and_folder_that_installing_makes(
    where: Paths, user_data: Path, tmp_path: Path
) -> None:
    plan = run_install(where, user_data)
    promised = {*plan.folders, *(file.path for file in plan.files), where.install_record}
    assert set(tree(tmp_path)) == promised


def test_uninstalling_removes_exactly_what_was_written(where: Paths, user_data: Path, tmp_path: Path) -> None:
    other = user_data / "NativeMessagingHosts" / "org.example.other.json"
    other.parent.mkdir(parents=True)
    other.write_text("{}")
    before = tree(tmp_path)
    run_install(where, user_data)
    run_install(where, tmp_path / "second")
    install.uninstall(where)
    assert tree(tmp_path) == before
    assert install.uninstall(where) == ()


def test_uninstalling_keeps_a_folder_that_something_else_uses(where: Paths, user_data: Path) -> None:
    run_install(where, user_data)
    where.grants_file.write_bytes(b"grants")
    install.uninstall(where)
    assert list(where.data.iterdir()) == [where.grants_file]
    assert not user_data.exists()


def test_uninstalling_after_a_manifest_was_removed_by_hand_removes_the_rest(where: Paths, user_data: Path) -> None:
    run_install(where, user_data)
    registration.manifest_path(user_data).unlink()
    install.uninstall(where)
    assert not where.launcher.exists()


def test_a_second_install_remembers_what_the_first_wrote(where: Paths, tmp_path: Path) -> None:
    run_install(where, tmp_path / "one")
    run_install(where, tmp_path / "two")
    run_install(where, tmp_path / "two")
    manifests = [str(registration.manifest_path(tmp_path / name)) for name in ("one", "two")]
    assert registration.record(where).manifests == tuple(manifests)


def test_an_install_that_fails_half_way_can_be_uninstalled(where: Paths, tmp_path: Path) -> None:
    blocked = registration.manifest_path(tmp_path / "blocked")
    blocked.mkdir(parents=True)
    with pytest.raises(RegistrationError, match="cannot be written"):
        run_install(where, tmp_path / "good", tmp_path / "blocked")
    assert registration.manifest_path(tmp_path / "good").is_file()
    blocked.rmdir()
    install.uninstall(where)
    assert not (tmp_path / "good").exists()
    assert list(blocked.parent.iterdir()) == []


@pytest.mark.parametrize("home", ['/home/a user/it\'s "here" $HOME `id`', "/tmp/new\nline", None])
def test_the_launcher_starts_this_python_isolated_with_the_home_and_the_arguments(
    home: str | None, tmp_path: Path
) -> None:
    python = tmp_path / "odd 'name'" / "python"
    python.parent.mkdir()
    python.write_text('#!/bin/sh\nprintf "%s|" "${WINDOWSILL_HOME-unset}" "$@"\n')
    python.chmod(0o755)
    launcher = tmp_path / "launcher"
    launcher.write_text(install.launcher_script(python, None if home is None else Path(home)))
    launcher.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "WINDOWSILL_HOME"}
    ran = subprocess.run(
        [launcher, "chrome-extension://x/"], check=True, capture_output=True, text=True, env=environment
    )
    assert ran.stdout == "|".join([home or "unset", "-I", "-m", "windowsill.native_host", "chrome-extension://x/", ""])


def test_the_launcher_can_be_run_and_the_manifest_be_read(where: Paths, user_data: Path) -> None:
    run_install(where, user_data)
    assert where.launcher.stat().st_mode & 0o777 == 0o755
    assert registration.manifest_path(user_data).stat().st_mode & 0o777 == 0o644


def test_a_python_that_cannot_be_run_is_refused(where: Paths, user_data: Path, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.touch(mode=0o644)
    for program in (python, tmp_path / "absent", tmp_path):
        with pytest.raises(RegistrationError, match="not a program"):
            install.plan(where, [user_data], python=program, home=None)


def test_relative_paths_are_refused_as_browsers_reject_them(where: Paths, user_data: Path) -> None:
    relative = Paths(Path("config"), Path("data"), Path("cache"), Path("run"))
    for paths, folder, python in (
        (relative, user_data, PYTHON),
        (where, Path("profile"), PYTHON),
        (where, user_data, Path("python3")),
    ):
        with pytest.raises(RegistrationError, match="relative"):
            install.plan(paths, [folder], python=python, home=None)


def test_no_browser_at_all_is_refused(where: Paths) -> None:
    with pytest.raises(RegistrationError, match="no browser"):
        install.plan(where, [], python=PYTHON, home=None)


def test_an_unknown_browser_is_refused_with_the_known_ones() -> None:
    with pytest.raises(RegistrationError, match=r"netscape.*chromium, chrome, edge, brave, vivaldi, opera"):
        install.named("netscape")


def test_a_broken_record_is_refused_and_left_alone(where: Paths, user_data: Path) -> None:
    run_install(where, user_data)
    where.install_record.write_text("[]")
    with pytest.raises(RegistrationError, match=r"installed\.json"):
        install.uninstall(where)
    assert where.launcher.exists()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_any_launcher_path_survives_the_manifest(name: str) -> None:
    launcher = Path("/") / name
    assert registration.manifest(launcher).path == str(launcher)
