"""What pages get of the Translator: pairs by what a model's file declares, and answers of a real Engine."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from support.answering_gguf import make_answering_gguf
from support.host_desk import HostDesk, host_desk
from windowsill.demo.throwaway import end_engine
from windowsill.engine_link import EngineLink
from windowsill.models import chosen
from windowsill.models.measured_pairs import MeasuredPairs
from windowsill.protocol import (
    AvailabilityResult,
    ErrorInfo,
    MeasureResult,
    TaskResult,
    TranslatorOptions,
    WrittenResult,
)
from windowsill.settings import Paths, Settings
from windowsill.tasks.translation import QUOTA

pytestmark = pytest.mark.anyio

PROGRAM = (sys.executable, "-m", "windowsill.engine")
ANSWER = "Guten Morgen, liebe Welt."


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "model.gguf"
    return make_answering_gguf(path, [ANSWER], languages=["en", "de", "zh-Hant"])


@pytest.fixture
async def desk(tmp_path: Path, model: Path) -> AsyncIterator[HostDesk]:
    async with host_desk(tmp_path, Settings(model=model)) as desk:
        yield desk


def pair(source: str, target: str) -> dict[str, str]:
    return {"type": "translator", "sourceLanguage": source, "targetLanguage": target}


def available(source: str, target: str, id: int = 1) -> dict[str, Any]:
    return {"type": "taskAvailability", "id": id, "options": pair(source, target)}


def make(source: str, target: str, id: int = 1) -> dict[str, Any]:
    return {"type": "createTask", "id": id, "options": pair(source, target)}


def translate(id: int, text: str, *, session: int = 1) -> dict[str, Any]:
    return {"type": "runTask", "id": id, "session": session, "input": text, "stream": True}


@pytest.mark.parametrize(
    ("source", "target", "value"),
    [
        ("en", "de", "available"),
        ("en-GB", "de-AT", "available"),
        ("zh-TW", "en", "available"),
        ("zh-CN", "en", "unavailable"),
        ("en", "fr", "unavailable"),
        ("fr", "fr-CA", "available"),
        ("en", "unk", "unavailable"),
    ],
)
async def test_a_granted_origin_hears_of_the_pairs_that_the_model_declares(
    desk: HostDesk, source: str, target: str, value: str
) -> None:
    desk.allow()
    assert await desk.call(available(source, target)) == AvailabilityResult(availability=value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("source", "target"), [("en", "de"), ("en", "fr"), ("fr", "fr-CA")])
async def test_an_origin_without_a_grant_hears_the_same_of_every_pair(desk: HostDesk, source: str, target: str) -> None:
    assert await desk.call(available(source, target)) == AvailabilityResult(availability="downloadable")


async def test_a_pair_that_was_measured_to_fail_is_unavailable_and_cannot_be_created(
    desk: HostDesk, tmp_path: Path, model: Path
) -> None:
    desk.allow()
    MeasuredPairs(tmp_path / "data" / "measured_pairs.json").record(chosen.at(model).ref, {("en", "de"): False})
    assert await desk.call(available("en-US", "de")) == AvailabilityResult(availability="unavailable")
    assert await desk.call(available("de", "en", 2)) == AvailabilityResult(availability="available")
    refused = await desk.call(make("en-US", "de", 3))
    assert isinstance(refused, ErrorInfo)
    assert refused.name == "NotSupportedError"


async def test_variants_of_one_language_are_translated_where_there_is_no_model_at_all(
    desk: HostDesk, tmp_path: Path
) -> None:
    desk.allow()
    desk.dispatch.use(Settings(model=tmp_path / "missing.gguf"))
    assert await desk.call(available("en-US", "en-GB")) == AvailabilityResult(availability="available")
    options = TranslatorOptions(source_language="en-US", target_language="en-GB")
    assert await desk.call(make("en-US", "en-GB", 2)) == TaskResult(options=options, input_quota=None)
    assert await desk.call(translate(3, " Colour \n" * 100_000, session=2)) == WrittenResult()
    assert desk.said.text(1, 3) == " Colour \n" * 100_000
    usage = await desk.call({"type": "measureTask", "id": 4, "session": 2, "input": "Colour"})
    assert usage == MeasureResult(usage=0)


async def test_a_real_engine_translates_piece_by_piece(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    where = Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")
    async with (
        aclosing(EngineLink(where, Settings(threads=1), program=PROGRAM)) as link,
        host_desk(tmp_path / "host", Settings(model=model), engine=link) as desk,
    ):
        desk.allow()
        options = TranslatorOptions(source_language="en", target_language="de")
        assert await desk.call(make("en-GB", "de")) == TaskResult(options=options, input_quota=QUOTA)
        assert await desk.call(translate(2, " Good morning.\n\n* * *\n\n<|im_end|> Again!\n")) == WrittenResult()
        assert desk.said.text(1, 2) == f" {ANSWER}\n\n* * *\n\n{ANSWER}\n"
        assert await desk.call(translate(3, " \r\n\t")) == WrittenResult()
        assert desk.said.text(1, 3) == " \r\n\t"
        usage = await desk.call({"type": "measureTask", "id": 4, "session": 1, "input": "Good morning."})
        assert isinstance(usage, MeasureResult)
        assert 0 < usage.usage < QUOTA
    await asyncio.to_thread(end_engine, where)
