"""Which model answers, and in what words a bad file is refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec import structs

from support.tiny_gguf import make_tiny_gguf
from windowsill import settings, shipped
from windowsill.errors import NotSupportedError, OperationError, WindowsillError
from windowsill.models import chosen as models
from windowsill.settings import Paths, Settings, SettingsError


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")


def refusal(path: Path) -> WindowsillError:
    with pytest.raises(WindowsillError) as caught:
        models.chosen(Settings(model=path))
    assert path.name not in caught.value.message
    assert str(path) in caught.value.detail
    return caught.value


def test_a_model_takes_text_also_one_that_cannot_be_used(model: Path, tmp_path: Path) -> None:
    assert models.inputs(Settings(model=model)) == models.inputs(Settings(model=tmp_path / "none.gguf")) == {"text"}


def test_a_sound_model_is_named_and_referred_to_by_size_and_time(model: Path) -> None:
    answer = models.chosen(Settings(model=model))
    about = model.stat()
    assert answer.name == "Tiny test model"
    assert answer.ref.path == str(model)
    assert answer.ref.version == f"{about.st_size}-{about.st_mtime_ns}"


def test_a_model_without_a_choice_is_the_built_in_one() -> None:
    assert shipped.model().is_absolute()
    assert models.chosen(Settings()).ref.path == str(shipped.model())


def test_a_changed_file_is_read_again(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "changing.gguf"
    path.write_bytes(model.read_bytes())
    before = models.at(path)
    path.write_bytes(b"not a model any more")
    assert isinstance(refusal(path), NotSupportedError)
    path.write_bytes(model.read_bytes())
    os.utime(path, ns=(1, 1))
    assert models.at(path).ref.version != before.ref.version


def test_a_missing_model_is_not_supported_and_the_detail_says_so(tmp_path: Path) -> None:
    error = refusal(tmp_path / "absent.gguf")
    assert isinstance(error, NotSupportedError)
    assert "no such file" in error.detail


def test_a_file_that_is_not_gguf_is_not_supported(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(b"ID3" + bytes(100))
    error = refusal(path)
    assert isinstance(error, NotSupportedError)
    assert "GGUF" in error.detail


def test_an_unknown_architecture_is_not_supported_and_named_in_the_detail(tmp_path: Path) -> None:
    error = refusal(make_tiny_gguf(tmp_path / "strange.gguf", architecture="perceptron9"))
    assert isinstance(error, NotSupportedError)
    assert "perceptron9" in error.detail
    assert "perceptron9" not in error.message


def test_a_truncated_model_is_an_operation_error(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.gguf"
    whole = model.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    error = refusal(path)
    assert isinstance(error, OperationError)
    assert "cut off" in error.detail


def test_a_folder_is_refused_as_unreadable(tmp_path: Path) -> None:
    assert isinstance(refusal(tmp_path), OperationError)


def test_a_path_below_a_file_or_with_a_null_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert isinstance(refusal(file / "model.gguf"), OperationError)
    with pytest.raises(OperationError):
        models.at(tmp_path / "nul\0.gguf")


def test_a_relative_path_is_refused_as_the_host_runs_in_another_folder() -> None:
    with pytest.raises(OperationError) as caught:
        models.at(Path("tiny.gguf"))
    assert "relative" in caught.value.detail


def test_a_name_that_would_move_the_cursor_is_shown_without_its_control_characters(tmp_path: Path) -> None:
    path = make_tiny_gguf(tmp_path / "a.gguf", name="Bold\x1b[1m\nname" + "x" * 200)
    assert models.at(path).name == ("Bold[1mname" + "x" * 200)[: models.NAME_CHARACTERS]


def test_a_model_without_a_printable_name_is_called_by_its_file(tmp_path: Path) -> None:
    assert models.at(make_tiny_gguf(tmp_path / "plain.gguf", name="\n")).name == "plain"


def test_using_a_model_keeps_the_other_settings(model: Path, where: Paths) -> None:
    where.config.mkdir()
    before = Settings(
        threads=3,
        sampling_seed=7,
        engine_idle_seconds=0.5,
        flash_attention=False,
        gpu_layers=12,
    )
    where.config_file.write_text(
        "threads = 3\nsampling_seed = 7\nengine_idle_seconds = 0.5\nflash_attention = false\ngpu_layers = 12\n"
    )
    assert models.use(where, model).name == "Tiny test model"
    assert settings.load(where) == structs.replace(before, model=model)
    where.config_file.write_text('cache_type = "q8_0"\n')
    models.use(where, model)
    assert settings.load(where) == Settings(model=model, cache_type="q8_0")


def test_a_model_speaks_what_its_file_declares_as_canonical_tags_and_nothing_that_is_no_language(
    tmp_path: Path,
) -> None:
    path = make_tiny_gguf(tmp_path / "speaking.gguf", languages=["EN", "zh_hant", "iw", "und", "multilingual"])
    assert models.at(path).languages == {"en", "zh-Hant", "he"}


def test_a_model_that_declares_no_languages_speaks_none_that_is_known(model: Path) -> None:
    assert models.at(model).languages == frozenset()


def test_using_a_relative_path_remembers_the_absolute_one(
    model: Path, where: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent)
    models.use(where, Path(model.name))
    assert settings.load(where).model == model


def test_using_a_bad_model_changes_nothing(model: Path, where: Paths, tmp_path: Path) -> None:
    models.use(where, model)
    before = where.config_file.read_bytes()
    with pytest.raises(NotSupportedError):
        models.use(where, tmp_path / "absent.gguf")
    assert where.config_file.read_bytes() == before
    assert [path.name for path in where.config.iterdir()] == ["config.toml"]


def test_using_a_model_with_unreadable_settings_raises_settings_error(model: Path, where: Paths) -> None:
    where.config.mkdir()
    where.config_file.write_text("colour = 3\n")
    with pytest.raises(SettingsError):
        models.use(where, model)


def test_settings_that_cannot_be_written_are_an_operation_error(model: Path, where: Paths) -> None:
    where.config.symlink_to(where.data / "absent")
    with pytest.raises(OperationError) as caught:
        models.use(where, model)
    assert "config.toml" in caught.value.detail


def test_a_file_name_that_is_not_text_is_an_operation_error(model: Path, where: Paths, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"m\xff.gguf")
    path.write_bytes(model.read_bytes())
    with pytest.raises(OperationError):
        models.use(where, path)
    assert not where.config_file.exists()


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20))
@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_name_survives_the_configuration_file(name: str, model: Path, where: Paths, tmp_path: Path) -> None:
    folder = tmp_path / "named"
    folder.mkdir(exist_ok=True)
    path = folder / f"m{name}"
    path.write_bytes(model.read_bytes())
    models.use(where, path)
    assert settings.load(where).model == path
    path.unlink()
