"""The browser table, and which browsers are here."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from windowsill import browsers


@pytest.fixture(autouse=True)
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser, and a home of its own."""
    monkeypatch.delenv("CHROME_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("sys.platform", "linux")


def test_the_table_knows_the_six_browsers_of_the_first_form() -> None:
    assert list(browsers.rows()) == ["chromium", "chrome", "edge", "brave", "vivaldi", "opera"]


@pytest.mark.parametrize("name", list(browsers.rows()))
def test_every_row_names_places_below_the_platforms_own_folders(name: str) -> None:
    row = browsers.rows()[name]
    for place in (row.linux, row.macos):
        assert not PurePosixPath(place).is_absolute()
        assert ".." not in PurePosixPath(place).parts
    assert row.windows.startswith("Software\\")
    assert row.commands


def test_a_browser_lives_under_the_configuration_folder(tmp_path: Path) -> None:
    assert browsers.known()["chromium"].user_data == tmp_path / "config" / "chromium"
    assert browsers.known()["brave"].user_data == tmp_path / "config" / "BraveSoftware" / "Brave-Browser"


def test_chromiums_own_variable_goes_before_the_configuration_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROME_CONFIG_HOME", str(tmp_path / "moved"))
    assert browsers.known()["chrome"].user_data == tmp_path / "moved" / "google-chrome"


def test_no_browser_is_found_on_an_empty_machine() -> None:
    assert browsers.found() == ()


def test_a_browser_is_found_by_its_user_data_folder(tmp_path: Path) -> None:
    (tmp_path / "config" / "vivaldi").mkdir(parents=True)
    assert [browser.name for browser in browsers.found()] == ["vivaldi"]


def test_a_browser_that_was_never_started_is_found_by_its_program(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "google-chrome-stable"
    program.parent.mkdir()
    program.touch(mode=0o755)
    assert [browser.name for browser in browsers.found()] == ["chrome"]
