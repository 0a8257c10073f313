"""What was measured of a model's translations is kept by its file, and a damaged record is as none."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from windowsill.engine_protocol import ModelRef
from windowsill.models.measured_pairs import MODELS, PAIRS, MeasuredPairs

MODEL = ModelRef(path="/models/a.gguf", version="10-1")
OTHER = ModelRef(path="/models/b.gguf", version="20-2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "measured_pairs.json"


def test_nothing_failed_where_nothing_was_measured(path: Path) -> None:
    assert MeasuredPairs(path).failed(MODEL) == frozenset()


def test_a_pair_that_failed_is_remembered_for_its_model_alone(path: Path) -> None:
    MeasuredPairs(path).record(MODEL, {("en", "de"): False, ("de", "en"): True})
    assert MeasuredPairs(path).failed(MODEL) == {("en", "de")}
    assert MeasuredPairs(path).failed(OTHER) == frozenset()


def test_a_model_is_known_by_its_files_version_wherever_it_lies(path: Path) -> None:
    MeasuredPairs(path).record(MODEL, {("en", "de"): False})
    assert MeasuredPairs(path).failed(ModelRef(path="/elsewhere.gguf", version=MODEL.version)) == {("en", "de")}


def test_what_is_measured_again_replaces_what_was_and_other_pairs_stay(path: Path) -> None:
    pairs = MeasuredPairs(path)
    pairs.record(MODEL, {("en", "de"): False, ("en", "fr"): False})
    pairs.record(OTHER, {("en", "de"): False})
    pairs.record(MODEL, {("en", "de"): True})
    assert pairs.outcomes(MODEL) == {("en", "de"): True, ("en", "fr"): False}
    assert pairs.failed(OTHER) == {("en", "de")}


def test_a_record_is_read_once_and_again_when_it_changed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Path] = []
    original = Path.open

    def opened(self: Path, *how: Any) -> Any:
        read.append(self)
        return original(self, *how)

    pairs = MeasuredPairs(path)
    MeasuredPairs(path).record(MODEL, {("en", "de"): False})
    monkeypatch.setattr(Path, "open", opened)
    assert [pairs.failed(MODEL), pairs.failed(MODEL)] == [{("en", "de")}] * 2
    assert read == [path]
    MeasuredPairs(path).record(MODEL, {("en", "de"): True})
    assert pairs.failed(MODEL) == frozenset()
    path.unlink()
    assert pairs.outcomes(MODEL) == {}


def test_only_the_models_measured_last_are_remembered(path: Path) -> None:
    pairs = MeasuredPairs(path)
    models = [ModelRef(path="/m.gguf", version=str(number)) for number in range(MODELS + 1)]
    for model in models:
        pairs.record(model, {("en", "de"): False})
    assert [bool(pairs.failed(model)) for model in models] == [False, *[True] * MODELS]


def test_as_many_pairs_as_are_remembered_can_be_read_again(path: Path) -> None:
    tags = [f"{chr(97 + number // 26)}{chr(97 + number % 26)}" for number in range(66)]
    outcomes = {(source, target): False for source in tags for target in tags}
    MeasuredPairs(path).record(MODEL, outcomes)
    assert len(MeasuredPairs(path).failed(MODEL)) == PAIRS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[{}]",
        b'[{"version": 1, "pairs": []}]',
        b"\xff\xfe",
        b'[{"version":"10-1","pairs":[{}]}]',
    ],
)
def test_a_damaged_record_says_as_much_as_none_and_is_logged(
    path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert MeasuredPairs(path).failed(MODEL) == frozenset()
    assert "begins anew" in caplog.text
    MeasuredPairs(path).record(MODEL, {("en", "de"): False})
    assert MeasuredPairs(path).failed(MODEL) == {("en", "de")}


def test_a_record_that_is_no_file_is_as_none(path: Path) -> None:
    path.mkdir(parents=True)
    assert MeasuredPairs(path).failed(MODEL) == frozenset()
