"""Prompts that call tools: which rounds they go, and what they leave behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import anyio
import pytest
from anyio.abc import TaskGroup

from support.fake_link import FakeLink
from windowsill import engine_protocol as engine
from windowsill.chat import Chat
from windowsill.chunk_stream import ChunkStream
from windowsill.engine_protocol import Constraint, ModelRef, NewCall, RegExp, Turn
from windowsill.errors import NotSupportedError, QuotaExceededError, WindowsillError
from windowsill.grants import Asker
from windowsill.protocol import Message, Text, Tool, ToolCall, ToolResponse
from windowsill.sessions import Session
from windowsill.settings import TOOL_ROUNDS
from windowsill.tasks.sampling import SAMPLING_MODES
from windowsill.visibility import Visibility

pytestmark = pytest.mark.anyio

WEATHER: Final = Tool(name="weather", description="Tells it.", input_schema='{"type": "object"}', runs=True)
SEARCH: Final = Tool(name="search", description="Finds it.", input_schema='{"type": "object"}', runs=False)
CALL: Final = NewCall(name="weather", arguments='{"city":"Rome"}')
ASKED: Final = Message(role="user", content=(Text(value="Rome?"),))


class Room:
    """A session with tools, the Engine that answers it, and the page that runs what it can."""

    def __init__(self, tasks: TaskGroup, window: int = 200) -> None:
        self.tasks = tasks
        self.link = FakeLink(context_window=window)
        self.chat = Chat(self.link.as_link)
        asker = Asker(profile="p", origin="https://a.example", client=1, incognito=False)
        model = ModelRef(path="/model.gguf", version="1")
        self.session = Session(1, asker, model, window, SAMPLING_MODES["balanced"], (WEATHER, SEARCH))
        self.overflows = 0
        self.ran: list[tuple[ToolCall, ...]] = []
        self.handed: list[tuple[ToolCall, ...]] = []
        self.gives = "warm"
        self.gate = anyio.Event()
        self.gate.set()
        self.constraint: Constraint | None = None
        self.text = ""
        self.scope = anyio.CancelScope()
        self.over = anyio.Event()
        self.failure: WindowsillError | None = None

    def prompt(self, message: Message = ASKED) -> None:
        self.text, self.failure = "", None
        self.over = anyio.Event()
        self.tasks.start_soon(self._prompt, message)

    async def _prompt(self, message: Message) -> None:
        stream = ChunkStream(self._chunk, stream=False)
        with self.scope:
            try:
                seen = Visibility(visible=True)
                await self.chat.prompt(self.session, (message,), stream, seen, self, constraint=self.constraint)
            except WindowsillError as error:
                self.failure = error
            stream.finish()
        self.over.set()

    def _chunk(self, text: str) -> None:
        self.text += text

    async def append(self, text: str) -> None:
        message = Message(role="user", content=(Text(value=text),))
        await self.chat.append(self.session, (message,), Visibility(visible=True), overflow=self.overflow)

    async def answers(self, text: str = "", *calls: NewCall) -> None:
        """The model says this next."""
        generation = await self.link.generation()
        if text:
            generation.write(text)
        generation.end("stop", *calls)

    # -- exchange.Caller

    def overflow(self) -> None:
        self.overflows += 1

    def calls(self, calls: tuple[ToolCall, ...]) -> None:
        self.handed.append(calls)

    async def run_tools(self, calls: tuple[ToolCall, ...]) -> tuple[ToolResponse, ...]:
        self.ran.append(calls)
        await self.gate.wait()
        return tuple([ToolResponse(call_id=one.call_id, name=one.name, content=self.gives) for one in calls])


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    async with anyio.create_task_group() as tasks:
        yield Room(tasks)
        tasks.cancel_scope.cancel()


async def test_tools_are_pinned_with_what_they_take(room: Room) -> None:
    await room.chat.begin(room.session, (), Visibility(visible=True))
    assert room.session.context_usage == len(WEATHER.input_schema) + len(SEARCH.input_schema)
    assert not room.session.evict()


async def test_tools_that_no_answer_could_call_are_refused_at_the_beginning(room: Room) -> None:
    room.link.refusal = NotSupportedError("no")
    with pytest.raises(NotSupportedError):
        await room.chat.begin(room.session, (), Visibility(visible=True))


async def test_model_goes_on_with_what_the_pages_tools_gave_until_it_answers_in_words(room: Room) -> None:
    room.prompt()
    first = await room.link.generation()
    assert [tool.name for tool in first.tools] == ["weather", "search"]
    first.end("stop", CALL, CALL)
    second = await room.link.generation()
    assert len(room.ran) == 1
    (one, other) = room.ran[0]
    assert one.call_id != other.call_id
    asked, called, *results = second.turns
    assert asked == Turn(role="user", content="Rome?")
    assert isinstance(called, engine.ToolCalls)
    assert [call.id for call in called.calls] == [one.call_id, other.call_id]
    assert results == [engine.ToolResult(id=call.call_id, name="weather", content="warm") for call in room.ran[0]]
    second.write("It is warm.")
    second.end()
    await room.over.wait()
    assert room.text == "It is warm."
    assert room.handed == []
    assert room.session.turns == (asked, called, *results, Turn(role="assistant", content="It is warm."))


async def test_all_rounds_of_a_prompt_are_evicted_together(room: Room) -> None:
    room.prompt()
    await room.answers("", CALL)
    await room.answers("It is warm.")
    await room.over.wait()
    assert room.session.evict()
    assert room.session.context_usage == 0


async def test_calls_that_the_page_runs_by_itself_end_the_prompt_as_its_result(room: Room) -> None:
    room.prompt()
    await room.answers("", CALL, NewCall(name="search", arguments="{}"))
    await room.over.wait()
    assert room.ran == []
    assert [[call.name for call in calls] for calls in room.handed] == [["weather", "search"]]
    assert isinstance(room.session.turns[-1], engine.ToolCalls)


async def test_results_of_calls_that_are_gone_go_with_them(room: Room) -> None:
    room.prompt()
    await room.answers("", NewCall(name="search", arguments="{}"))
    await room.over.wait()
    ((call,),) = room.handed
    room.prompt(Message(role="user", content=(ToolResponse(call_id=call.call_id, name="search", content="found"),)))
    await room.answers("Here it is.")
    await room.over.wait()
    assert room.session.evict()
    assert room.session.turns == ()


async def test_prompt_aborted_while_tools_run_leaves_nothing_behind(room: Room) -> None:
    room.gate = anyio.Event()
    room.prompt()
    await room.answers("", CALL)
    while not room.ran:
        await anyio.lowlevel.checkpoint()
    room.scope.cancel()
    await room.over.wait()
    assert room.session.turns == ()
    assert not room.link.asked


async def test_model_that_goes_round_in_circles_answers_in_words_at_last(room: Room) -> None:
    room.session.context_window = 10_000
    room.prompt()
    for _ in range(TOOL_ROUNDS):
        generation = await room.link.generation()
        assert not generation.wordy
        generation.end("stop", CALL)
    last = await room.link.generation()
    assert last.wordy
    last.write("I cannot say.")
    last.end()
    await room.over.wait()
    assert room.text == "I cannot say."
    assert len(room.ran) == TOOL_ROUNDS


async def test_results_make_room_by_eviction_and_are_refused_where_none_helps(room: Room) -> None:
    room.prompt()
    await room.answers("a" * 50)
    await room.over.wait()
    room.gives = "b" * 120
    room.prompt()
    await room.answers("", CALL)
    await room.answers("Warm.")
    await room.over.wait()
    assert room.overflows == 1
    room.gives = "c" * 300
    room.prompt()
    await room.answers("", CALL)
    await room.over.wait()
    assert isinstance(room.failure, QuotaExceededError)


async def test_constrained_answer_is_the_last_run_once_nothing_can_be_evicted(room: Room) -> None:
    room.constraint = RegExp(source="a+", flags="")
    room.prompt()
    alone = await room.link.generation()
    assert alone.last
    alone.write("a" * 50)
    alone.end()
    await room.over.wait()
    room.prompt()
    first = await room.link.generation()
    assert not first.last
    first.end("length")
    assert (await room.link.generation()).last


async def test_constrained_answer_is_the_last_run_where_eviction_would_give_it_little(room: Room) -> None:
    await room.append("b")
    assert 0 < room.session.evictable < room.session.reserve
    room.constraint = RegExp(source="a+", flags="")
    room.prompt()
    assert (await room.link.generation()).last


async def test_constrained_answer_goes_on_with_room_for_its_end(room: Room) -> None:
    await room.append("b")
    await room.append("c" * 80)
    room.constraint = RegExp(source="a+", flags="")
    room.prompt()
    first = await room.link.generation()
    first.write("a" * first.max_tokens)
    first.end("length")
    second = await room.link.generation()
    assert second.last
    assert second.max_tokens >= room.session.reserve, "to drop the shorter call gives next to nothing"


async def test_constraint_is_tried_beside_the_tools_before_anything_is_evicted(room: Room) -> None:
    room.prompt()
    await room.answers("a" * 150)
    await room.over.wait()
    assert not room.link.tools_checked
    room.constraint = RegExp(source="a+", flags="")
    room.link.refusal = NotSupportedError("Not beside these tools.")
    room.prompt(Message(role="user", content=(Text(value="b" * 60),)))
    await room.over.wait()
    assert (room.failure, room.overflows) == (room.link.refusal, 0)
    assert [tool.name for tool in room.link.tools_checked] == ["weather", "search"]


async def test_calls_that_ran_out_of_room_are_made_anew_after_eviction(room: Room) -> None:
    room.prompt()
    await room.answers("a" * 50)
    await room.over.wait()
    room.prompt()
    (await room.link.generation()).end("length")
    again = await room.link.generation()
    assert not again.continues
    again.end("stop", CALL)
    await room.answers("Warm.")
    await room.over.wait()
    assert (room.overflows, room.text) == (1, "Warm.")
