"""Bytes of what sessions hold together: what they share counts once, and nothing is left when all have gone."""

from __future__ import annotations

import tracemalloc

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from windowsill.engine_protocol import AnyTurn, ModelRef, ToolCall, ToolCalls, ToolResult, Turn
from windowsill.grants import Asker
from windowsill.holdings import PLACE_BYTES, SESSION_BYTES, Call, Holding, new_call
from windowsill.protocol import Tool
from windowsill.sessions import Session
from windowsill.tasks.sampling import SAMPLING_MODES

LONG = "\N{GRINNING FACE}" + "x" * 1000
"""Four bytes a character in memory, for one that needs them."""


def test_every_text_of_a_turn_counts_as_it_lies_in_memory() -> None:
    call = ToolCall(id="1", name="t", arguments=LONG)
    turns: list[AnyTurn] = [
        Turn(role="user", content=LONG),
        ToolCalls(calls=(call,)),
        ToolCalls(calls=(), content=LONG),
        ToolResult(id="1", name="t", content=LONG),
    ]
    assert all(4_000 < new_call([turn], 1).bytes < 5_000 for turn in turns)
    assert new_call(turns, 4).bytes > 16_000


def test_definitions_of_tools_count_with_the_call_that_has_them() -> None:
    tool = Tool(name="t", description=LONG, input_schema=LONG, runs=True)
    assert new_call((), 0, tools=[tool]).bytes > 8_000


def test_sessions_and_calls_take_no_more_than_they_count() -> None:
    model = ModelRef(path="/model.gguf", version="1")

    def session(number: int) -> Session:
        asker = Asker(profile="p", origin="https://a.example", client=1, incognito=False)
        return Session(number, asker, model, 10_000, SAMPLING_MODES["balanced"])

    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        sessions = [session(number) for number in range(500)]
        with_sessions, _ = tracemalloc.get_traced_memory()
        holding = Holding()
        calls = [new_call((Turn(role="user", content=f"text {number}"),), 1) for number in range(500)]
        for call in calls:
            holding.take(call)
        with_calls, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert with_sessions - before <= SESSION_BYTES * len(sessions)
    assert with_calls - with_sessions <= holding.bytes


class Holders(RuleBasedStateMachine):
    """Sessions that take, share and give up calls; the holding against what they have."""

    def __init__(self) -> None:
        super().__init__()
        self.holding = Holding()
        self.sessions: list[list[Call]] = []

    @rule(data=st.data())
    def clone(self, data: st.DataObject) -> None:
        calls = list(data.draw(st.sampled_from([*self.sessions, []])))
        self.sessions.append(calls)
        self.holding.join(calls)

    @rule(data=st.data(), length=st.integers(0, 100))
    def add(self, data: st.DataObject, length: int) -> None:
        if self.sessions:
            call = new_call((Turn(role="user", content="x" * length),), 1)
            data.draw(st.sampled_from(self.sessions)).append(call)
            self.holding.take(call)

    @rule(data=st.data())
    def evict(self, data: st.DataObject) -> None:
        if calls := data.draw(st.sampled_from([*self.sessions, []])):
            self.holding.give_up(calls.pop(0))

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        if self.sessions:
            self.holding.leave(self.sessions.pop(data.draw(st.integers(0, len(self.sessions) - 1))))

    @invariant()
    def the_bytes_are_those_of_what_is_held(self) -> None:
        held = {id(call): call for calls in self.sessions for call in calls}
        places = sum(map(len, self.sessions))
        shared = sum(call.bytes for call in held.values())
        assert self.holding.bytes == SESSION_BYTES * len(self.sessions) + PLACE_BYTES * places + shared
        assert self.holding.sessions == len(self.sessions)


TestHolders = Holders.TestCase
