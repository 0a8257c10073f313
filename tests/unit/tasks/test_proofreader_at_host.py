"""What pages get of the Proofreader: results, refusals, errors, and ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.fake_link import FakeGeneration
from support.host_desk import HostDesk, host_desk
from support.tiny_gguf import make_tiny_gguf
from windowsill.errors import OperationError, UnknownError
from windowsill.protocol import (
    AvailabilityResult,
    Correction,
    ErrorInfo,
    ProofreaderOptions,
    ProofreadResult,
    TaskResult,
)
from windowsill.settings import Settings
from windowsill.tasks.proofread import QUOTA_TOKENS
from windowsill.tasks.proofread_call import PIECE_CHARACTERS

pytestmark = pytest.mark.anyio

OPTIONS = {"type": "proofreader", "includeCorrectionTypes": True, "includeCorrectionExplanations": False}
TEXT = "I has it"
LONG = "\n\n".join(["I has it. " * (PIECE_CHARACTERS // 11)] * 4)


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
async def desk(tmp_path: Path, model: Path) -> AsyncIterator[HostDesk]:
    """Object 1 is an open proofreader."""
    async with host_desk(tmp_path, Settings(model=model)) as desk:
        desk.link.context_window = 8000
        desk.allow()
        made = await desk.call({"type": "createTask", "id": 1, "options": OPTIONS})
        options = ProofreaderOptions(include_correction_types=True, include_correction_explanations=False)
        assert made == TaskResult(options=options, input_quota=QUOTA_TOKENS)
        yield desk


def proofread(text: str) -> dict[str, Any]:
    return {"type": "runTask", "id": 2, "session": 1, "input": text, "stream": False}


async def under_way(desk: HostDesk, text: str, count: int) -> list[FakeGeneration]:
    """The questions of a call that was made."""
    desk.page(proofread(text))
    return [await desk.link.generation() for _ in range(count)]


async def test_a_page_gets_the_corrections_with_what_it_asked_for(desk: HostDesk) -> None:
    (piece,) = await under_way(desk, TEXT, 1)
    piece.write("I have it")
    piece.end()
    kind = await desk.link.generation()
    kind.write("grammar")
    kind.end()
    corrections = (Correction(start_index=2, end_index=5, correction="have", types=("grammar",)),)
    expected = ProofreadResult(corrected_input="I have it", corrections=corrections)
    assert await desk.said.terminal(1, 2) == expected


async def test_a_blank_text_is_its_own_result(desk: HostDesk) -> None:
    assert await desk.call(proofread(" ")) == ProofreadResult(corrected_input=" ", corrections=None)


async def test_languages_that_nobody_knows_are_not_supported(desk: HostDesk) -> None:
    unknown = {**OPTIONS, "correctionExplanationLanguage": "unk"}
    available = await desk.call({"type": "taskAvailability", "id": 3, "options": unknown})
    assert available == AvailabilityResult(availability="unavailable")
    made = await desk.call({"type": "createTask", "id": 4, "options": unknown})
    assert isinstance(made, ErrorInfo)
    assert made.name == "NotSupportedError"


async def test_a_text_over_the_quota_is_refused_with_its_size(desk: HostDesk) -> None:
    refused = await desk.call(proofread("a" * QUOTA_TOKENS))
    assert isinstance(refused, ErrorInfo)
    assert (refused.name, refused.requested, refused.quota) == ("QuotaExceededError", QUOTA_TOKENS + 1, QUOTA_TOKENS)


@pytest.mark.parametrize("error", [UnknownError("gone"), OperationError("it does not load")])
async def test_an_error_of_the_model_in_one_piece_is_the_calls_error(
    desk: HostDesk, error: UnknownError | OperationError
) -> None:
    pieces = await under_way(desk, LONG, 4)
    pieces[1].fail(error)
    end = await desk.said.terminal(1, 2)
    assert isinstance(end, ErrorInfo)
    assert end.name == "UnknownError"
    assert all(piece.left.is_set() for piece in pieces)


@pytest.mark.parametrize("ending", ["abort", "destroy", "gone"])
async def test_an_end_from_the_page_ends_every_piece(desk: HostDesk, ending: str) -> None:
    pieces = await under_way(desk, LONG, 4)
    if ending == "abort":
        desk.page({"type": "abort", "id": 2})
    elif ending == "destroy":
        desk.page({"type": "destroy", "session": 1})
    else:
        desk.gone()
    for piece in pieces:
        await piece.left.wait()
