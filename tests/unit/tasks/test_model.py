"""One question of a task becomes one answer of the Engine, with nothing of a page in what the Engine shares."""

from __future__ import annotations

import anyio
import pytest
from msgspec import structs

from support.fake_link import FakeGeneration, FakeLink
from support.fake_task import INSTRUCTIONS, question
from windowsill.chunk_stream import ChunkStream
from windowsill.engine_protocol import FinishReason, JsonSchema, ModelRef, Turn
from windowsill.errors import UnknownError
from windowsill.grants import Asker
from windowsill.settings import UNREAD_CHARACTERS
from windowsill.tasks.model import Question, TaskModel
from windowsill.visibility import Visibility

pytestmark = pytest.mark.anyio

ASKER = Asker(profile="p", origin="https://a.example", client=1, incognito=True)
MODEL = ModelRef(path="/model.gguf", version="1")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Desk:
    """A model at a fake Engine, and the page's reader, which takes nothing."""

    def __init__(self, *, seed: int | None = None) -> None:
        self.link = FakeLink()
        self.reader = ChunkStream(lambda text: None, stream=True)
        self.seen = Visibility(visible=True)
        self.model = TaskModel(self.link.as_link, MODEL, 1000, ASKER, self.seen, self.reader, seed=seed)

    async def asked(self, question: Question, *texts: str) -> tuple[FakeGeneration, str]:
        """The answer of ``texts``, and what it was asked for."""
        answers: list[str] = []

        async def answer() -> None:
            answers.append(await self.model.answer(question))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(answer)
            generation = await self.link.generation()
            generation.write(*texts)
            generation.end()
        return generation, answers[0]


async def test_instructions_are_a_turn_of_their_own_that_the_engine_may_share() -> None:
    generation, text = await Desk().asked(question("Words of a page."), "An ", "answer.")
    assert text == "An answer."
    assert generation.turns == (
        Turn(role="system", content=INSTRUCTIONS),
        Turn(role="user", content="Words of a page."),
    )
    assert generation.instructions == 1
    assert "page" not in "".join(turn.content for turn in generation.turns[: generation.instructions])


async def test_answer_is_asked_for_whom_the_model_was_made() -> None:
    generation, _ = await Desk().asked(question("Hi"))
    assert (generation.origin, generation.partition, generation.private) == (ASKER.origin, ASKER.partition, True)


async def test_answer_without_a_bound_has_the_window_and_nothing_is_counted_for_it() -> None:
    desk = Desk()
    generation, _ = await desk.asked(question("Hi"))
    assert (generation.max_tokens, desk.link.counted) == (1000, [])
    generation, _ = await desk.asked(structs.replace(question("Hi"), max_tokens=5))
    assert generation.max_tokens == 5


async def test_constrained_answer_is_told_that_no_other_run_completes_it() -> None:
    schema = JsonSchema(schema="{}")
    generation, _ = await Desk().asked(structs.replace(question("Hi"), constraint=schema, copies=True))
    assert (generation.constraint, generation.last, generation.copies) == (schema, True, True)
    generation, _ = await Desk().asked(question("Hi"))
    assert (generation.constraint, generation.last, generation.copies) == (None, False, False)


@pytest.mark.parametrize("seed", [None, 7])
async def test_user_s_seed_reaches_the_engine_with_the_question_s_sampling(seed: int | None) -> None:
    asked = question("Hi")
    generation, _ = await Desk(seed=seed).asked(asked)
    assert generation.sampling == structs.replace(asked.sampling, seed=seed)


@pytest.mark.parametrize(("reason", "cut"), [("stop", False), ("length", True)])
async def test_answer_tells_in_the_end_whether_it_was_cut(reason: FinishReason, cut: bool) -> None:
    desk = Desk()
    async with desk.model.asked(question("Hi")) as answer:
        generation = await desk.link.generation()
        generation.write("An answer")
        generation.end(reason)
        assert [text async for text in answer] == ["An answer"]
    assert answer.cut is cut


async def test_leaving_an_answer_early_ends_it() -> None:
    desk = Desk()
    async with desk.model.asked(question("Hi")) as answer:
        generation = await desk.link.generation()
        generation.write("An answer")
        async for _ in answer:
            break
        assert not generation.left.is_set()
    assert generation.left.is_set()


async def test_failure_of_the_engine_ends_the_answer_with_it() -> None:
    desk = Desk()
    async with desk.model.asked(question("Hi")) as answer:
        (await desk.link.generation()).fail(UnknownError("The model stopped working."))
        with pytest.raises(UnknownError, match="stopped working"):
            async for _ in answer:
                pass


@pytest.mark.parametrize("streamed", [True, False])
async def test_full_reader_pauses_what_is_streamed_to_it_and_nothing_else(streamed: bool) -> None:
    desk = Desk()
    async with desk.model.asked(question("Hi"), streamed=streamed):
        generation = await desk.link.generation()
        desk.reader.push("first")
        desk.reader.push("x" * (UNREAD_CHARACTERS + 1))
        assert generation.running is not streamed
    desk.reader.close()


async def test_answer_follows_its_document_on_and_off_the_screen() -> None:
    desk = Desk()
    async with desk.model.asked(question("Hi")):
        generation = await desk.link.generation()
        desk.seen.change(visible=False)
        assert not generation.visible
    desk.seen.change(visible=True)
    assert not generation.visible


async def test_texts_are_counted_each_by_itself() -> None:
    desk = Desk()
    assert await desk.model.count("four", "") == (5, 1)
    assert desk.link.counted_for == [(ASKER.origin, True)]
