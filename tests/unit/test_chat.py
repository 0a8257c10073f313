"""What a session's calls ask of the Engine, and what they leave behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import anyio
import pytest
from anyio.abc import TaskGroup

from support.fake_link import FakeLink
from windowsill.chat import Chat
from windowsill.chunk_stream import ChunkStream
from windowsill.engine_protocol import Constraint, ModelRef, RegExp, Turn
from windowsill.errors import (
    InvalidStateError,
    NotSupportedError,
    QuotaExceededError,
    UnknownError,
    UnmetConstraintError,
    WindowsillError,
)
from windowsill.grants import Asker
from windowsill.protocol import Message, Text, ToolCall, ToolResponse
from windowsill.sessions import Session
from windowsill.tasks.sampling import SAMPLING_MODES
from windowsill.visibility import Visibility

pytestmark = pytest.mark.anyio


def user(text: str) -> Message:
    return Message(role="user", content=(Text(value=text),))


def system(text: str) -> Message:
    return Message(role="system", content=(Text(value=text),))


def assistant(text: str, *, prefix: bool = False) -> Message:
    return Message(role="assistant", content=(Text(value=text),), prefix=prefix)


class Room:
    """One session, the Engine that answers it, and what came of its prompts."""

    def __init__(self, tasks: TaskGroup, window: int = 100) -> None:
        self.tasks = tasks
        self.link = FakeLink(context_window=window)
        self.chat = Chat(self.link.as_link)
        asker = Asker(profile="p", origin="https://a.example", client=1, incognito=False)
        model = ModelRef(path="/model.gguf", version="1")
        self.session = Session(1, asker, model, window, SAMPLING_MODES["balanced"])
        self.seen = Visibility(visible=True)
        self.overflows = 0
        self.failures: list[WindowsillError] = []
        self.answer = ""
        self.over = anyio.Event()

    def overflow(self) -> None:
        self.overflows += 1

    def chunk(self, text: str) -> None:
        self.answer += text

    def calls(self, calls: tuple[ToolCall, ...]) -> None:
        raise AssertionError("there are no tools")

    async def run_tools(self, calls: tuple[ToolCall, ...]) -> tuple[ToolResponse, ...]:
        raise AssertionError("there are no tools")

    def prompt(self, *messages: Message, constraint: Constraint | None = None) -> None:
        self.answer = ""
        self.over = anyio.Event()
        self.tasks.start_soon(self._prompt, messages, constraint)

    async def _prompt(self, messages: tuple[Message, ...], constraint: Constraint | None) -> None:
        stream = ChunkStream(self.chunk, stream=False)
        try:
            await self.chat.prompt(self.session, messages, stream, self.seen, self, constraint=constraint)
        except WindowsillError as error:
            self.failures.append(error)
        stream.finish()
        self.over.set()

    async def append(self, text: str) -> None:
        await self.chat.append(self.session, (user(text),), self.seen, overflow=self.overflow)

    @property
    def contents(self) -> list[str]:
        return [turn.content for turn in self.session.turns]


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with anyio.create_task_group() as tasks:
        yield Room(tasks)
        tasks.cancel_scope.cancel()


async def test_initial_prompts_are_pinned_with_their_size(room: Room) -> None:
    await room.chat.begin(room.session, (user("abc"), assistant("de")), room.seen)
    assert room.session.context_usage == 4 + 3
    assert not room.session.evict()


async def test_no_initial_prompts_ask_nothing_of_the_engine(room: Room) -> None:
    await room.chat.begin(room.session, (), room.seen)
    assert (room.session.context_usage, room.link.counted) == (0, [])


async def test_measuring_changes_nothing(room: Room) -> None:
    assert await room.chat.measure(room.session, (user("abc"),), room.seen) == 4
    assert room.session.context_usage == 0


async def test_a_prompt_sends_the_whole_history_and_counts_only_what_is_new(room: Room) -> None:
    await room.append("before")
    room.link.counted.clear()
    room.prompt(user("now"))
    generation = await room.link.generation()
    assert generation.turns == (Turn(role="user", content="before"), Turn(role="user", content="now"))
    assert (generation.origin, generation.visible, generation.continues) == ("https://a.example", True, False)
    assert generation.max_tokens == 100 - 7 - 4
    assert room.contents == ["before"], "nothing is added before the call has succeeded"
    generation.write("an", "swer")
    generation.end()
    await room.over.wait()
    assert room.answer == "answer"
    assert room.contents == ["before", "now", "answer"]
    assert room.session.context_usage == 7 + 4 + 7
    assert room.link.counted == [(Turn(role="user", content="now"),)]


async def test_a_prefix_is_continued_kept_as_one_message_and_not_repeated(room: Room) -> None:
    room.prompt(user("q"), assistant("Sure", prefix=True))
    generation = await room.link.generation()
    assert generation.continues
    assert generation.turns == (Turn(role="user", content="q"), Turn(role="assistant", content="Sure"))
    assert generation.max_tokens == 100 - 2 - 5
    generation.write(", yes")
    generation.end()
    await room.over.wait()
    assert room.answer == ", yes"
    assert room.session.turns == (Turn(role="user", content="q"), Turn(role="assistant", content="Sure, yes"))
    assert room.session.context_usage == 2 + 10


async def test_an_assistant_message_without_prefix_is_a_finished_turn(room: Room) -> None:
    room.prompt(user("q"), assistant("a"))
    generation = await room.link.generation()
    assert not generation.continues
    generation.end()
    await room.over.wait()
    assert room.contents == ["q", "a", ""]


async def test_an_empty_prefix_begins_the_answer(room: Room) -> None:
    room.prompt(user("q"), assistant("", prefix=True))
    generation = await room.link.generation()
    assert not generation.continues
    generation.write("a")
    generation.end()
    await room.over.wait()
    assert room.contents == ["q", "a"]


async def test_a_failed_prompt_leaves_nothing_behind(room: Room) -> None:
    await room.append("kept")
    room.prompt(user("lost"))
    generation = await room.link.generation()
    generation.write("half")
    generation.fail(UnknownError("The Engine is gone."))
    await room.over.wait()
    assert [error.message for error in room.failures] == ["The Engine is gone."]
    assert generation.left.is_set()
    assert room.contents == ["kept"]


async def test_an_input_that_overflows_evicts_the_oldest_and_says_so(room: Room) -> None:
    await room.append("a" * 49)
    await room.append("b" * 29)
    await room.append("c" * 39)
    assert room.overflows == 1
    assert [text[0] for text in room.contents] == ["b", "c"]
    with pytest.raises(QuotaExceededError) as refusal:
        await room.append("d" * 100)
    assert (refusal.value.requested, refusal.value.quota) == (101, 100)
    assert [text[0] for text in room.contents] == ["b", "c"]


async def test_an_answer_that_runs_out_of_room_evicts_and_goes_on_from_where_it_was(room: Room) -> None:
    await room.append("a" * 29)
    await room.append("b" * 29)
    room.prompt(user("q"))
    first = await room.link.generation()
    assert first.max_tokens == 100 - 60 - 2
    first.write("x" * 38)
    first.end("length")
    second = await room.link.generation()
    assert first.left.is_set()
    assert room.overflows == 1
    assert [turn.content[0] for turn in second.turns] == ["b", "q", "x"]
    assert second.continues
    assert second.max_tokens == 100 - 30 - 2 - 39, "what the answer already takes is not free any more"
    second.write("y")
    second.end()
    await room.over.wait()
    assert room.answer == "x" * 38 + "y"
    assert room.session.context_usage == 30 + 2 + 40


async def test_as_many_calls_are_evicted_as_an_answer_needs_to_go_on(room: Room) -> None:
    for text in ("", "", "c" * 19):
        await room.append(text)
    room.prompt(user("q"))
    first = await room.link.generation()
    first.write("x" * 76)
    first.end("length")
    second = await room.link.generation()
    assert second.max_tokens >= 1
    assert room.contents == ["c" * 19]
    second.end()
    await room.over.wait()
    assert room.session.context_usage <= 100


async def test_an_answer_with_nothing_left_to_evict_is_an_unknown_error(room: Room) -> None:
    await room.chat.begin(room.session, (user("pinned"),), room.seen)
    room.prompt(user("q"))
    generation = await room.link.generation()
    generation.write("x" * 90)
    generation.end("length")
    await room.over.wait()
    assert [type(error) for error in room.failures] == [UnknownError]
    assert room.contents == ["pinned"]


async def test_a_constraint_covers_prefix_and_answer_also_where_the_answer_goes_on(room: Room) -> None:
    await room.append("a" * 29)
    pattern = RegExp(source="x+y", flags="")
    room.prompt(user("q"), assistant("x", prefix=True), constraint=pattern)
    first = await room.link.generation()
    assert room.link.checked == [(pattern, "x")]
    assert (first.constraint, first.turns[-1].content) == (pattern, "x")
    first.write("x" * first.max_tokens)
    first.end("length")
    second = await room.link.generation()
    assert (second.constraint, second.continues) == (pattern, True)
    assert second.turns[-1].content == "x" * (1 + first.max_tokens)
    second.write("y")
    second.end()
    await room.over.wait()
    assert not room.failures
    assert room.contents == ["q", "x" * (1 + first.max_tokens) + "y"]


async def test_a_constraint_that_is_refused_changes_nothing_and_evicts_nothing(room: Room) -> None:
    await room.append("a" * 49)
    room.link.refusal = NotSupportedError("No.")
    room.prompt(user("b" * 60), constraint=RegExp(source="(?=a)", flags=""))
    await room.over.wait()
    assert room.failures == [room.link.refusal]
    with pytest.raises(NotSupportedError):
        await room.chat.measure(room.session, (user("b"),), room.seen, constraint=RegExp(source="(?=a)", flags=""))
    assert (room.overflows, room.contents) == (0, ["a" * 49])
    assert not room.link.asked


async def test_an_answer_that_cannot_meet_its_constraint_in_the_window_is_a_syntax_error(room: Room) -> None:
    room.prompt(user("q"), constraint=RegExp(source="x+y", flags=""))
    generation = await room.link.generation()
    generation.write("x" * 90)
    generation.end("length")
    await room.over.wait()
    assert [type(error) for error in room.failures] == [UnmetConstraintError]
    assert room.failures[0].to_wire().name == "SyntaxError"
    assert room.contents == []


async def test_a_finished_answer_whose_markers_go_over_the_edge_evicts_the_oldest(room: Room) -> None:
    await room.append("a" * 29)
    room.prompt(user("q"))
    generation = await room.link.generation()
    generation.write("x" * generation.max_tokens)
    generation.end()
    await room.over.wait()
    assert room.overflows == 1
    assert room.contents == ["q", "x" * 68]
    assert room.session.context_usage <= 100


async def test_a_prompt_that_is_aborted_in_the_moment_its_answer_ends_leaves_nothing(room: Room) -> None:
    async def ask() -> None:
        with scope:
            await room.chat.prompt(room.session, (user("not wanted"),), stream, room.seen, room)

    scope, stream = anyio.CancelScope(), ChunkStream(room.chunk, stream=False)
    room.tasks.start_soon(ask)
    generation = await room.link.generation()
    await anyio.wait_all_tasks_blocked()
    generation.write("answer")
    generation.end()
    scope.cancel()
    await anyio.wait_all_tasks_blocked()
    assert scope.cancelled_caught
    assert generation.left.is_set()
    assert room.contents == []


async def test_an_append_that_is_aborted_in_the_moment_it_is_counted_leaves_nothing(room: Room) -> None:
    with anyio.CancelScope() as scope:
        counted = room.link.count

        async def count(model: ModelRef, turns: Sequence[Turn], **more: Any) -> tuple[int, ...]:
            tokens = await counted(model, turns, **more)
            scope.cancel()
            return tokens

        with pytest.MonkeyPatch.context() as moment:
            moment.setattr(room.link, "count", count)
            await room.append("not wanted")
    assert scope.cancelled_caught
    assert room.contents == []


async def test_a_system_message_behind_other_turns_is_refused_before_anything_is_evicted(room: Room) -> None:
    await room.append("first")
    with pytest.raises(InvalidStateError):
        await room.chat.append(room.session, (system("late"),), room.seen, overflow=room.overflow)
    room.prompt(system("late"), user("Hi"))
    await room.over.wait()
    assert [type(failure) for failure in room.failures] == [InvalidStateError]
    assert (room.contents, room.overflows) == (["first"], 0)


async def test_a_system_message_is_the_first_again_when_the_call_before_it_left_nothing(room: Room) -> None:
    room.prompt(system("rules"), user("lost"))
    (await room.link.generation()).fail(UnknownError("The Engine is gone."))
    await room.over.wait()
    await room.chat.append(room.session, (system("rules"),), room.seen, overflow=room.overflow)
    assert room.contents == ["rules"]


async def test_engine_knows_who_asks_and_whether_anybody_sees_it(room: Room) -> None:
    room.prompt(user("Hi"))
    generation = await room.link.generation()
    assert (generation.visible, room.link.counted_for) == (True, [("https://a.example", True)])
    room.seen.change(visible=False)
    assert not generation.visible
    generation.write("Hello")
    generation.end()
    await room.over.wait()
    room.seen.change(visible=True)
    assert not generation.visible, "nobody tells an answer that is over"
    assert await room.chat.measure(room.session, (user("abc"),), Visibility(visible=False)) == 4
    assert room.link.counted_for[-1] == ("https://a.example", False)
