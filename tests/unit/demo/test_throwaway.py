from __future__ import annotations

import os
from pathlib import Path

import pytest

from windowsill import settings
from windowsill.demo import throwaway
from windowsill.demo.throwaway import DemoError
from windowsill.registration import manifest_path


@pytest.fixture(autouse=True)
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def test_place_registers_the_host_for_its_profile_only() -> None:
    with throwaway.place(None) as here:
        assert manifest_path(here.user_data).is_file()
        assert settings.paths() == here.paths
        assert here.paths.launcher.is_relative_to(here.folder)


def test_nothing_is_left_after_the_block(tmp_path: Path) -> None:
    before = os.environ.get("WINDOWSILL_HOME")
    with throwaway.place(None) as here:
        pass
    assert not here.folder.exists()
    assert os.environ.get("WINDOWSILL_HOME") == before
    assert list(tmp_path.iterdir()) == []


def test_logs_stay_when_the_block_fails() -> None:
    with pytest.raises(DemoError), throwaway.place(None) as here:
        raise DemoError
    assert here.folder.is_dir()


def test_a_model_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    text = tmp_path / "notes.gguf"
    text.write_text("not a model", encoding="utf-8")
    with pytest.raises(DemoError, match=r"notes\.gguf"), throwaway.place(text):
        pytest.fail("the place was made")
    assert list(tmp_path.iterdir()) == [text]


def test_ending_an_engine_that_never_ran_does_nothing() -> None:
    with throwaway.place(None) as here:
        throwaway.end_engine(here.paths)
