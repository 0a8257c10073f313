"""Every verb, who may say it, and what is left when work ends early."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest

from support.engine_stats import load, stats
from support.engine_stats import model as model_stats
from support.fake_link import FakeGeneration
from support.host_desk import ORIGIN, PROFILE, HostDesk, append, availability, create, host_desk, prompt, user
from support.manual_clock import MANUAL_CLOCK
from support.tiny_gguf import make_tiny_gguf
from windowsill import __version__, request_table, sessions, verbs
from windowsill.asks import ASK_SECONDS
from windowsill.chunk_stream import CHUNK_CHARACTERS
from windowsill.engine_protocol import JsonSchema, NewCall, Sampling, ToolResult, Turn
from windowsill.engine_watch import LIVE_SECONDS
from windowsill.errors import NotSupportedError, OperationError, UnknownError
from windowsill.greeting import Greeting
from windowsill.protocol import (
    Activity,
    Ask,
    AskEnded,
    AvailabilityResult,
    AvailabilityValue,
    Chunk,
    Decide,
    Decision,
    Done,
    EngineStatus,
    ErrorInfo,
    Hello,
    Idle,
    Live,
    LoadedModel,
    MeasureResult,
    Overflow,
    PrivateEnded,
    Progress,
    ProtocolError,
    Result,
    Revoke,
    RevokeResult,
    SessionResult,
    Status,
    StatusResult,
    StopOrigin,
    StopResult,
    ToolCall,
    ToolCalls,
    UsageResult,
    Versions,
    Visible,
    Watch,
)
from windowsill.sessions import Session
from windowsill.settings import REQUEST_BYTES, STREAM_CREDITS, SUSPENDED_SECONDS, Settings
from windowsill.tasks.constraint import INSTRUCTION
from windowsill.wire import WireError

pytestmark = pytest.mark.anyio

HELLO = Hello(protocol=Versions(min=1, max=1), version="1", profile=PROFILE)


@pytest.fixture
def anyio_backend() -> tuple[str, Mapping[str, Any]]:
    return MANUAL_CLOCK


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf")


@pytest.fixture
async def desk(tmp_path: Path, model: Path) -> AsyncIterator[HostDesk]:
    async with host_desk(tmp_path, Settings(model=model)) as desk:
        yield desk


async def settled() -> None:
    await anyio.wait_all_tasks_blocked()


def name_of(end: Result | ErrorInfo) -> str:
    assert isinstance(end, ErrorInfo)
    return end.name


# ---- greeting


@pytest.mark.parametrize("update", ["extension", "host"])
async def test_nothing_is_served_while_a_side_is_too_old(
    tmp_path: Path, model: Path, update: Literal["extension", "host"]
) -> None:
    async with host_desk(tmp_path, Settings(model=model), Greeting(profile=PROFILE, update=update)) as desk:
        ends = [await desk.call(availability(1)), await desk.call(availability(2))]
        assert ends == [ErrorInfo(name="UnknownError", message="Windowsill needs an update.")] * 2


# ---- availability


async def test_availability_of_a_granted_origin_is_available(desk: HostDesk) -> None:
    desk.allow()
    assert await desk.call(availability()) == AvailabilityResult(availability="available")


@pytest.mark.parametrize("file", ["there", "missing", "damaged"])
async def test_availability_without_a_grant_is_downloadable_whatever_is_installed_and_never_asks(
    desk: HostDesk, tmp_path: Path, file: str
) -> None:
    if file != "there":
        desk.dispatch.use(Settings(model=tmp_path / "other.gguf"))
    if file == "damaged":
        (tmp_path / "other.gguf").write_bytes(b"GGUF")
    assert await desk.call(availability()) == AvailabilityResult(availability="downloadable")
    desk.store.put(PROFILE, ORIGIN, "block")
    assert await desk.call(availability(2)) == AvailabilityResult(availability="downloadable")
    assert desk.said.all(Ask) == []


@pytest.mark.parametrize("granted", [True, False])
async def test_availability_of_what_cannot_be_served_is_unavailable_with_or_without_a_grant(
    desk: HostDesk, granted: bool
) -> None:
    if granted:
        desk.allow()
    unavailable = AvailabilityResult(availability="unavailable")
    assert await desk.call(availability(1, expectedInputs=[{"kind": "image"}])) == unavailable
    assert await desk.call(availability(2, expectedOutputs=[{"kind": "text", "languages": ["unk"]}])) == unavailable
    assert await desk.call(availability(3), allowed=False) == unavailable
    assert await desk.call(availability(4), origin="null") == unavailable


async def test_images_and_audio_are_expected_of_a_model_that_takes_them_only(
    desk: HostDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.allow()
    images, audio = {"expectedInputs": [{"kind": "image"}]}, {"expectedInputs": [{"kind": "audio"}]}
    assert name_of(await desk.call(create(1, **images))) == "NotSupportedError"
    monkeypatch.setattr(verbs, "inputs", lambda settings: frozenset({"text", "image"}))
    assert await desk.call(availability(2, **images)) == AvailabilityResult(availability="available")
    assert await desk.call(availability(3, **audio)) == AvailabilityResult(availability="unavailable")
    assert isinstance(await desk.call(create(4, **images)), SessionResult)
    assert name_of(await desk.call(create(5, **audio))) == "NotSupportedError"


@pytest.mark.parametrize(("model_file", "value"), [(None, "unavailable"), (b"GGUF", "unavailable")])
async def test_availability_of_a_granted_origin_tells_that_the_model_cannot_be_used(
    desk: HostDesk, tmp_path: Path, model_file: bytes | None, value: AvailabilityValue
) -> None:
    desk.allow()
    if model_file:
        (tmp_path / "other.gguf").write_bytes(model_file)
    desk.dispatch.use(Settings(model=tmp_path / "other.gguf"))
    assert await desk.call(availability()) == AvailabilityResult(availability=value)


# ---- create and the question


async def test_create_without_a_grant_and_without_activation_is_refused_and_does_not_ask(desk: HostDesk) -> None:
    assert name_of(await desk.call(create(), activated=False)) == "NotAllowedError"
    assert desk.said.all(Ask) == []


async def test_create_with_a_grant_needs_no_activation(desk: HostDesk) -> None:
    desk.allow()
    assert await desk.call(create(), activated=False) == SessionResult(context_window=1000, context_usage=0)
    assert [event.loaded for event in desk.said.all(Progress)] == [0, 1]


@pytest.mark.parametrize("decision", ["allow", "once"])
async def test_create_goes_on_once_the_user_allowed_it(desk: HostDesk, decision: Decision) -> None:
    desk.page(create())
    assert await desk.said.until(Ask) == Ask(
        ask=1, origin=ORIGIN, interface="language-model", model="Tiny test model", incognito=False
    )
    assert desk.said.all(Progress) == []
    await desk.answer(decision)
    assert isinstance(await desk.said.terminal(1, 1), SessionResult)
    assert desk.said.all(AskEnded) == [AskEnded(ask=1)]
    assert isinstance(await desk.call(create(2), activated=False), SessionResult)


async def test_allowing_once_holds_for_that_document_alone(desk: HostDesk) -> None:
    desk.page(create())
    await desk.answer("once")
    await desk.said.terminal(1, 1)
    assert name_of(await desk.call(create(), client=2, activated=False)) == "NotAllowedError"
    desk.gone()
    assert name_of(await desk.call(create(2), activated=False)) == "NotAllowedError"


@pytest.mark.parametrize("decision", ["block", "dismiss"])
async def test_create_is_refused_when_the_user_said_no(desk: HostDesk, decision: Decision) -> None:
    desk.page(create())
    await desk.answer(decision)
    assert name_of(await desk.said.terminal(1, 1)) == "NotAllowedError"
    desk.page(create(2))
    await settled()
    assert len(desk.said.all(Ask)) == (1 if decision == "block" else 2), "a block is not asked about again"


async def test_create_is_refused_when_nobody_answers(desk: HostDesk) -> None:
    before = anyio.current_time()
    assert name_of(await desk.call(create())) == "NotAllowedError"
    assert anyio.current_time() - before == pytest.approx(ASK_SECONDS)
    assert desk.said.all(AskEnded) == [AskEnded(ask=1)]


async def test_a_question_names_the_origin_and_the_page_around_it_as_the_broker_does(desk: HostDesk) -> None:
    desk.page(create(), origin="https://framed.example", embedder="https://top.example")
    ask = await desk.said.until(Ask)
    assert (ask.origin, ask.embedder, ask.incognito) == ("https://framed.example", "https://top.example", False)
    desk.page(create(), client=2, incognito=True)
    ask = await desk.said.until(Ask, 2)
    assert (ask.origin, ask.embedder, ask.incognito) == (ORIGIN, None, True)


async def test_documents_of_one_origin_share_one_question(desk: HostDesk) -> None:
    desk.page(create(), client=1)
    desk.page(create(), client=2)
    await settled()
    await desk.answer("allow")
    for client in (1, 2):
        assert isinstance(await desk.said.terminal(client, 1), SessionResult)
    assert len(desk.said.all(Ask)) == 1


async def test_aborting_the_only_create_that_waits_ends_the_question(desk: HostDesk) -> None:
    desk.page(create())
    await desk.said.until(Ask)
    desk.page({"type": "abort", "id": 1})
    assert name_of(await desk.said.terminal(1, 1)) == "AbortError"
    assert desk.said.all(AskEnded) == [AskEnded(ask=1)]


async def test_an_opaque_origin_is_refused_and_never_asked_about(desk: HostDesk) -> None:
    assert name_of(await desk.call(create(), origin="null")) == "NotAllowedError"
    assert desk.said.all(Ask) == []


async def test_a_document_whose_policy_forbids_it_is_refused_even_with_a_grant(desk: HostDesk) -> None:
    desk.allow()
    assert name_of(await desk.call(create(), allowed=False)) == "NotAllowedError"


async def test_create_with_expectations_that_cannot_be_served_is_not_supported(desk: HostDesk) -> None:
    assert name_of(await desk.call(create(expectedInputs=[{"kind": "audio"}]))) == "NotSupportedError"
    assert desk.said.all(Ask) == []


async def test_create_pins_the_initial_prompts(desk: HostDesk) -> None:
    result = await desk.session(initialPrompts=[user("four")])
    assert result.context_usage == 5


async def test_create_with_initial_prompts_over_the_window_names_their_size_and_the_window(desk: HostDesk) -> None:
    desk.allow()
    end = await desk.call(create(initialPrompts=[user("x" * 1000)]))
    assert isinstance(end, ErrorInfo)
    assert (end.name, end.requested, end.quota) == ("QuotaExceededError", 1001, 1000)


async def test_create_with_a_missing_model_is_not_supported_and_tells_the_page_no_path(
    desk: HostDesk, tmp_path: Path
) -> None:
    desk.allow()
    desk.dispatch.use(Settings(model=tmp_path / "gone.gguf"))
    end = await desk.call(create())
    assert isinstance(end, ErrorInfo)
    assert end.name == "NotSupportedError"
    assert str(tmp_path) not in end.message


async def test_create_with_a_model_that_does_not_load_is_what_the_engine_said(desk: HostDesk) -> None:
    desk.link.failure = OperationError("The model cannot be loaded.")
    desk.allow()
    assert name_of(await desk.call(create())) == "OperationError"


async def test_the_user_s_seed_and_the_page_s_mode_reach_the_engine(desk: HostDesk) -> None:
    desk.dispatch.use(Settings(sampling_seed=7))
    await desk.session(samplingMode="most-predictable")
    desk.page(prompt(2))
    generation = await desk.link.generation()
    assert generation.sampling == Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0, seed=7)


async def test_a_document_cannot_open_sessions_without_end(desk: HostDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_PER_ORIGIN", 2)
    for number in (1, 2):
        await desk.session(number)
    assert name_of(await desk.call(create(3))) == "UnknownError"


async def test_a_site_whose_sessions_hold_too_much_adds_nothing_to_any(
    desk: HostDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.session(1)
    monkeypatch.setattr(sessions, "SESSION_BYTES_PER_ORIGIN", 1)
    for request in (create(2), prompt(3), append(4, "x"), {"type": "clone", "id": 5, "session": 1}):
        assert name_of(await desk.call(request)) == "UnknownError"
    measure = {"type": "measure", "id": 6, "session": 1, "input": [user("12345")]}
    assert await desk.call(measure) == MeasureResult(usage=6)


# ---- prompt, append, measure, clone


async def test_a_prompt_streams_and_ends_with_the_usage(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2, "Hi"), visible=False)
    generation = await desk.link.generation()
    assert generation.turns == (Turn(role="user", content="Hi"),)
    assert (generation.origin, generation.visible) == (ORIGIN, False)
    generation.write("Hel")
    await desk.said.until(Chunk)
    generation.write("lo")
    generation.end()
    assert await desk.said.terminal(1, 2) == UsageResult(context_usage=3 + 6)
    assert desk.said.text(1, 2) == "Hello"
    assert len(desk.said.all(Chunk)) == 2


async def test_a_prompt_that_does_not_stream_comes_in_as_few_chunks_as_fit(desk: HostDesk) -> None:
    desk.link.context_window = 100_000
    await desk.session()
    desk.page(prompt(2, stream=False))
    generation = await desk.link.generation()
    generation.write("a", "b")
    await anyio.sleep(1)
    assert desk.said.all(Chunk) == []
    generation.write("c" * CHUNK_CHARACTERS)
    generation.end()
    await desk.said.terminal(1, 2)
    assert [len(event.text) for event in desk.said.all(Chunk)] == [CHUNK_CHARACTERS, 2]


async def test_a_reader_that_stops_reading_stops_the_chunks_until_it_goes_on(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    for _ in range(STREAM_CREDITS + 5):
        generation.write("x")
        await anyio.sleep(1)
    assert len(desk.said.all(Chunk)) == STREAM_CREDITS
    desk.page({"type": "credit", "id": 2, "chunks": 1})
    assert desk.said.all(Chunk)[-1].text == "x" * 5
    desk.page({"type": "credit", "id": 77, "chunks": 1})
    generation.end()
    await desk.said.terminal(1, 2)
    assert desk.said.text(1, 2) == "x" * (STREAM_CREDITS + 5)


async def test_calls_on_one_session_run_one_after_another_in_call_order(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2, "first"))
    desk.page(append(3, "second"))
    desk.page(prompt(4, "third"))
    desk.page({"type": "clone", "id": 5, "session": 1})
    first = await desk.link.generation()
    await settled()
    assert not desk.link.asked
    assert desk.said.terminals(1, 3) == []
    first.end()
    third = await desk.link.generation()
    assert [turn.content for turn in third.turns] == ["first", "", "second", "third"]
    assert desk.said.terminals(1, 5) == []
    third.end()
    assert await desk.said.terminal(1, 5) == SessionResult(context_window=1000, context_usage=6 + 1 + 7 + 6 + 1)


async def test_different_sessions_do_not_wait_for_each_other(desk: HostDesk) -> None:
    await desk.session(1)
    await desk.session(2)
    desk.page(prompt(3, session=1))
    desk.page(prompt(4, session=2))
    await desk.link.generation()
    (await desk.link.generation()).end()
    assert isinstance(await desk.said.terminal(1, 4), UsageResult)
    assert desk.said.terminals(1, 3) == []


async def test_measuring_does_not_queue_and_changes_nothing(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    measure = {"type": "measure", "id": 3, "session": 1, "input": [user("12345")]}
    assert await desk.call(measure) == MeasureResult(usage=6)
    generation.end()
    assert await desk.said.terminal(1, 2) == UsageResult(context_usage=3 + 1)


async def test_an_append_grows_the_usage_by_what_it_measures(desk: HostDesk) -> None:
    await desk.session()
    assert await desk.call(append(2, "12345")) == UsageResult(context_usage=6)


async def test_a_clone_has_the_history_and_goes_its_own_way(desk: HostDesk) -> None:
    await desk.session()
    await desk.call(append(2, "shared"))
    assert await desk.call({"type": "clone", "id": 3, "session": 1}) == SessionResult(
        context_window=1000, context_usage=7
    )
    desk.page({"type": "destroy", "session": 1})
    assert await desk.call(append(4, "own", session=3)) == UsageResult(context_usage=7 + 4)


async def test_an_input_that_overflows_evicts_the_oldest_and_emits_the_event_before_the_end(desk: HostDesk) -> None:
    await desk.session()
    await desk.call(append(2, "a" * 599))
    assert await desk.call(append(3, "b" * 599)) == UsageResult(context_usage=600)
    overflows = [event for event in desk.said.events if isinstance(event, Overflow)]
    assert overflows == [Overflow(client=1, id=3)]
    assert desk.said.events.index(overflows[0]) < len(desk.said.events) - 1


async def test_an_input_that_cannot_fit_is_over_the_quota_and_evicts_nothing(desk: HostDesk) -> None:
    await desk.session(initialPrompts=[user("x" * 99)])
    await desk.call(append(2, "kept"))
    end = await desk.call(prompt(3, "y" * 1000))
    assert isinstance(end, ErrorInfo)
    assert (end.name, end.requested, end.quota) == ("QuotaExceededError", 1101, 1000)
    assert desk.said.all(Overflow) == []
    assert await desk.usage() == 105


async def test_a_schema_is_told_measured_and_part_of_the_history(desk: HostDesk) -> None:
    await desk.session()
    constrained = {"constraint": {"type": "json-schema", "schema": "{}"}}
    told = f"Hi\n\n{INSTRUCTION}{{}}"
    measured = await desk.call({"type": "measure", "id": 2, "session": 1, "input": [user("Hi")], **constrained})
    assert measured == MeasureResult(usage=len(told) + 1)
    desk.page(prompt(3) | constrained)
    generation = await desk.link.generation()
    assert (generation.turns, generation.constraint) == ((Turn(role="user", content=told),), JsonSchema(schema="{}"))
    generation.end()
    assert await desk.said.terminal(1, 3) == UsageResult(context_usage=len(told) + 1 + 1)
    desk.page(prompt(4))
    generation = await desk.link.generation()
    assert (generation.turns[0].content, generation.constraint) == (told, None)


async def test_a_constraint_is_refused_in_its_turn_and_the_next_call_goes_on(desk: HostDesk) -> None:
    await desk.session()
    desk.link.refusal = NotSupportedError("No.")
    desk.page(prompt(2))
    desk.page(prompt(3) | {"constraint": {"type": "reg-exp", "source": "(?=a)", "flags": ""}})
    desk.page(prompt(4, "on"))
    (await desk.link.generation()).end()
    generation = await desk.link.generation()
    assert [turn.content for turn in generation.turns] == ["Hi", "", "on"]
    assert await desk.said.terminal(1, 3) == ErrorInfo(name="NotSupportedError", message="No.")


async def test_a_prefix_is_continued(desk: HostDesk) -> None:
    await desk.session()
    prefix = {"role": "assistant", "content": [{"type": "text", "value": "Well"}], "prefix": True}
    desk.page({"type": "prompt", "id": 2, "session": 1, "input": [user("q"), prefix], "stream": True})
    generation = await desk.link.generation()
    assert generation.continues
    assert generation.turns[-1] == Turn(role="assistant", content="Well")
    generation.write(", no")
    generation.end()
    assert await desk.said.terminal(1, 2) == UsageResult(context_usage=2 + 9)
    assert desk.said.text(1, 2) == ", no"


@pytest.mark.parametrize(
    "request_", [prompt(2, session=7), append(2, "x", session=7), {"type": "clone", "id": 2, "session": 7}]
)
async def test_a_session_that_is_not_here_is_an_unknown_error(desk: HostDesk, request_: dict[str, Any]) -> None:
    desk.allow()
    assert await desk.call(request_) == ErrorInfo(name="UnknownError", message="The session was lost.")


async def test_a_document_cannot_reach_another_s_session(desk: HostDesk) -> None:
    await desk.session(client=1)
    assert name_of(await desk.call(prompt(2), client=2)) == "UnknownError"


# ---- abort, destroy, gone


async def test_an_aborted_running_prompt_stops_the_engine_and_leaves_no_trace(desk: HostDesk) -> None:
    await desk.session()
    await desk.call(append(2, "kept"))
    desk.page(prompt(3, "gone"))
    generation = await desk.link.generation()
    generation.write("partial")
    await desk.said.until(Chunk)
    desk.page({"type": "abort", "id": 3})
    assert name_of(await desk.said.terminal(1, 3)) == "AbortError"
    assert generation.left.is_set()
    assert await desk.usage() == 5
    desk.page(prompt(4, "next"))
    assert [turn.content for turn in (await desk.link.generation()).turns] == ["kept", "next"]


async def test_an_aborted_queued_prompt_never_reaches_the_engine(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2, "first"))
    desk.page(prompt(3, "second"))
    first = await desk.link.generation()
    await settled()
    desk.page({"type": "abort", "id": 3})
    assert name_of(await desk.said.terminal(1, 3)) == "AbortError"
    first.end()
    assert await desk.said.terminal(1, 2) == UsageResult(context_usage=7)
    await settled()
    assert not desk.link.asked
    assert await desk.usage() == 7


async def test_an_abort_in_the_moment_the_answer_ends_leaves_no_trace(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    await settled()
    generation.end()
    desk.page({"type": "abort", "id": 2})
    assert name_of(await desk.said.terminal(1, 2)) == "AbortError"
    assert await desk.usage() == 0


@pytest.mark.parametrize("how", ["abort", "gone"])
async def test_a_create_that_is_not_wanted_in_the_moment_it_succeeds_leaves_no_session(
    desk: HostDesk, how: str
) -> None:
    desk.allow()
    desk.link.hold()
    desk.page(create())
    await desk.link.describing.wait()
    await settled()
    desk.link.release()
    if how == "abort":
        desk.page({"type": "abort", "id": 1})
    else:
        desk.gone()
    assert name_of(await desk.said.terminal(1, 1)) == "AbortError"
    await desk.said.until(Idle)
    assert name_of(await desk.call(prompt(2))) == "UnknownError"


@pytest.mark.parametrize("how", ["abort", "gone"])
async def test_a_clone_that_is_not_wanted_in_the_moment_it_is_made_leaves_no_session(
    desk: HostDesk, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    def copying(session: Session, id: int) -> Session:
        if how == "abort":
            desk.page({"type": "abort", "id": id})
        else:
            desk.gone()
        return copy(session, id)

    copy = Session.copy
    monkeypatch.setattr(Session, "copy", copying)
    await desk.session()
    assert name_of(await desk.call({"type": "clone", "id": 2, "session": 1})) == "AbortError"
    if how == "abort":
        desk.page({"type": "destroy", "session": 1})
    await desk.said.until(Idle)
    assert name_of(await desk.call(prompt(3, session=2))) == "UnknownError"


async def test_an_abort_of_a_request_that_is_over_does_nothing(desk: HostDesk) -> None:
    await desk.session()
    desk.page({"type": "abort", "id": 1})
    desk.page({"type": "abort", "id": 99})
    await settled()
    assert len(desk.said.terminals(1, 1)) == 1
    assert desk.said.terminals(1, 99) == []


async def test_one_client_cannot_abort_another_s_request(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    desk.page({"type": "abort", "id": 2}, client=2)
    desk.page({"type": "destroy", "session": 1}, client=2)
    generation.end()
    assert isinstance(await desk.said.terminal(1, 2), UsageResult)


async def test_destroying_a_session_ends_what_it_has_in_flight_and_nothing_else(desk: HostDesk) -> None:
    await desk.session(1)
    await desk.session(2)
    for number, session in ((3, 1), (4, 1), (5, 2)):
        desk.page(prompt(number, session=session))
    other = [await desk.link.generation() for _ in range(2)][1]
    desk.page({"type": "destroy", "session": 1})
    assert name_of(await desk.said.terminal(1, 3)) == "AbortError"
    assert name_of(await desk.said.terminal(1, 4)) == "AbortError"
    other.end()
    assert isinstance(await desk.said.terminal(1, 5), UsageResult)
    assert name_of(await desk.call(prompt(6, session=1))) == "UnknownError"


async def test_a_document_that_is_gone_loses_its_work_and_its_sessions_at_once(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    desk.gone()
    assert name_of(await desk.said.terminal(1, 2)) == "AbortError"
    assert generation.left.is_set()
    await desk.said.until(Idle)
    assert name_of(await desk.call(prompt(3))) == "UnknownError"


async def test_a_suspended_document_finds_its_sessions_when_it_returns(desk: HostDesk) -> None:
    await desk.session()
    await desk.call(append(2, "kept"))
    desk.page(prompt(3))
    await desk.link.generation()
    desk.gone(suspended=True)
    assert name_of(await desk.said.terminal(1, 3)) == "AbortError"
    await anyio.sleep(SUSPENDED_SECONDS * 0.9)
    assert await desk.usage() == 5
    await anyio.sleep(SUSPENDED_SECONDS * 2)
    assert await desk.usage(id=901) == 5
    assert desk.said.all(Idle) == []


async def test_a_suspended_document_that_stays_away_is_forgotten(desk: HostDesk) -> None:
    await desk.session()
    desk.gone(suspended=True)
    before = anyio.current_time()
    await desk.said.until(Idle)
    assert anyio.current_time() - before == pytest.approx(SUSPENDED_SECONDS)
    assert name_of(await desk.call(prompt(2))) == "UnknownError"


async def test_a_suspended_document_that_is_gone_after_all_is_forgotten_at_once(desk: HostDesk) -> None:
    await desk.session()
    desk.gone(suspended=True)
    desk.gone()
    assert desk.said.all(Idle) == [Idle()]


# ---- idle


async def test_idle_is_said_once_when_nothing_is_left(desk: HostDesk) -> None:
    await desk.call(availability())
    await desk.said.until(Idle)
    await desk.session(2)
    await settled()
    desk.page({"type": "destroy", "session": 2})
    desk.page({"type": "destroy", "session": 2})
    await settled()
    assert len(desk.said.all(Idle)) == 3, "after the answer, after the end of the session, after the late notice"


async def test_an_open_session_a_request_or_a_question_keeps_the_host_busy(desk: HostDesk) -> None:
    desk.page(create())
    await desk.said.until(Ask)
    await settled()
    assert desk.said.all(Idle) == []
    await desk.answer("allow")
    await desk.said.terminal(1, 1)
    await settled()
    assert desk.said.all(Idle) == []


async def test_the_extension_s_own_pages_neither_keep_the_host_busy_nor_make_it_idle(desk: HostDesk) -> None:
    desk.dispatch.hear(Status(id=1))
    await desk.said.terminal(0, 1)
    await settled()
    assert desk.said.all(Idle) == []


# ---- revoke and status


async def test_revoking_stops_work_in_flight_and_closes_its_sessions_for_good(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    desk.page(prompt(3))
    generation = await desk.link.generation()
    desk.dispatch.hear(Revoke(id=1, origin=ORIGIN))
    assert await desk.said.terminal(0, 1) == RevokeResult(revoked=1)
    assert name_of(await desk.said.terminal(1, 2)) == "NotAllowedError"
    assert name_of(await desk.said.terminal(1, 3)) == "NotAllowedError"
    assert generation.left.is_set()
    assert name_of(await desk.call(prompt(4))) == "NotAllowedError"
    desk.allow()
    assert name_of(await desk.call(prompt(5))) == "NotAllowedError"
    assert isinstance(await desk.call(create(6)), SessionResult)


async def test_revoking_stops_a_create_that_loads_the_model(desk: HostDesk) -> None:
    desk.allow()
    desk.link.hold()
    desk.page(create())
    await desk.link.describing.wait()
    desk.dispatch.hear(Revoke(id=1, origin=ORIGIN))
    assert name_of(await desk.said.terminal(1, 1)) == "NotAllowedError"


async def test_revoking_one_origin_leaves_others_and_open_questions_alone(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    desk.page(create(), client=2, origin="https://b.example")
    await desk.said.until(Ask)
    desk.dispatch.hear(Revoke(id=1, origin="https://b.example"))
    assert await desk.said.terminal(0, 1) == RevokeResult(revoked=0)
    await settled()
    assert desk.said.terminals(2, 1) == []
    generation.end()
    assert isinstance(await desk.said.terminal(1, 2), UsageResult)


async def test_a_grant_that_another_process_revoked_stops_work_in_flight(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    await desk.link.generation()
    desk.store.remove(ORIGIN)
    desk.dispatch.recheck_grants()
    assert name_of(await desk.said.terminal(1, 2)) == "NotAllowedError"
    desk.allow()
    desk.dispatch.recheck_grants()
    assert name_of(await desk.call(prompt(3))) == "NotAllowedError"


async def test_grants_that_cannot_be_read_refuse_every_call_and_stop_what_runs(
    desk: HostDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.session()
    desk.page(prompt(2))
    await desk.link.generation()

    def unreadable(*_: object) -> None:
        raise OSError("disk gone")

    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "get", unreadable)
        broken.setattr(desk.store, "put", unreadable)
        ends = [await desk.call(request) for request in (availability(3), create(4), prompt(5))]
        assert ends == [ErrorInfo(name="UnknownError", message="The permissions cannot be read.")] * 3
        desk.dispatch.recheck_grants()
        assert await desk.said.terminal(1, 2) == ends[0]
    assert await desk.usage() == 0


@pytest.mark.parametrize("decision", ["allow", "block"])
async def test_an_answer_that_cannot_be_kept_holds_for_this_document_at_most(
    desk: HostDesk, monkeypatch: pytest.MonkeyPatch, decision: Decision
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(desk.store, "put", full)
    desk.page(create())
    await desk.answer(decision)
    assert isinstance(await desk.said.terminal(1, 1), SessionResult if decision == "allow" else ErrorInfo)
    assert name_of(await desk.call(create(), client=2, activated=False)) == "NotAllowedError"


async def test_the_status_tells_model_grants_and_what_is_going_on(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    await desk.link.generation()
    desk.dispatch.hear(Status(id=7))
    status = await desk.said.terminal(0, 7)
    assert isinstance(status, StatusResult)
    assert (status.version, status.model, status.problem) == (__version__, "Tiny test model", None)
    assert [(grant.profile, grant.origin, grant.state) for grant in status.grants] == [(PROFILE, ORIGIN, "allow")]
    assert status.activity == (activity(),)
    assert status.engine is None


def activity(**changed: float) -> Activity:
    """One session of ``ORIGIN`` with one request, of which the Engine knows nothing."""
    figures = {"sessions": 1, "requests": 1, "running": 0, "waiting": 0, "tokens_per_second": 0.0, **changed}
    return Activity(origin=ORIGIN, **figures)  # type: ignore[arg-type]


async def test_the_status_tells_what_the_engine_does_and_names_no_other_hosts_origins(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    await desk.link.generation()
    desk.link.now = stats(model_stats(a=load(1, 2, 3), b=load(4, 5)))
    desk.dispatch.hear(Status(id=7))
    status = await desk.said.terminal(0, 7)
    assert isinstance(status, StatusResult)
    assert status.activity == (activity(running=1, waiting=5),)
    assert status.engine == EngineStatus(
        models=(LoadedModel(name="Tiny", device="CPU", memory=3 * 2**20, cache_used=7 / 1024),),
        running=5,
        waiting=10,
        tokens_per_second=0.0,
    )


async def test_whoever_watches_is_told_while_work_goes_on_and_of_its_end(desk: HostDesk) -> None:
    await desk.session()
    desk.dispatch.hear(Watch(on=True))
    await settled()
    assert desk.said.all(Live) == [], "nothing moves"
    desk.link.now = stats(model_stats(a=load(1)))
    desk.page(prompt(2))
    generation = await desk.link.generation()
    assert (await desk.said.until(Live)).activity == (activity(running=1),)
    desk.link.now = stats(model_stats(a=load(1, tokens=20)), decoded=20)
    second = await desk.said.until(Live, 2)
    assert second.engine is not None
    assert 0 < second.engine.tokens_per_second <= 20 / LIVE_SECONDS
    assert second.activity[0].tokens_per_second == second.engine.tokens_per_second
    desk.link.now = stats(model_stats())
    generation.end()
    await desk.said.terminal(1, 2)
    told = len(desk.said.all(Live))
    last = await desk.said.until(Live, told + 1)
    assert last.activity == (activity(requests=0),)
    looks = desk.link.looks
    await anyio.sleep(10 * LIVE_SECONDS)
    assert desk.link.looks <= looks + 1, "nobody looks while nothing runs"


async def test_nobody_is_told_and_nothing_asked_once_nobody_watches(desk: HostDesk) -> None:
    await desk.session()
    desk.dispatch.hear(Watch(on=True))
    desk.dispatch.hear(Watch(on=False))
    desk.page(prompt(2))
    await desk.link.generation()
    await anyio.sleep(10 * LIVE_SECONDS)
    assert (desk.said.all(Live), desk.link.looks) == ([], 0)


async def test_stopping_an_origin_ends_its_requests_here_and_in_the_engine(desk: HostDesk) -> None:
    await desk.session()
    desk.allow("https://b.example")
    await desk.call(create(1), client=2, origin="https://b.example")
    desk.page(prompt(2))
    desk.page(prompt(3))
    mine = await desk.link.generation()
    desk.page(prompt(2), client=2, origin="https://b.example")
    other = await desk.link.generation()
    desk.dispatch.hear(StopOrigin(id=1, origin=ORIGIN))
    assert await desk.said.terminal(0, 1) == StopResult(stopped=2)
    stopped = ErrorInfo(name="AbortError", message="The user stopped this answer.")
    assert [await desk.said.terminal(1, number) for number in (2, 3)] == [stopped] * 2
    assert mine.left.is_set()
    assert desk.link.stopped == [ORIGIN]
    other.end()
    assert isinstance(await desk.said.terminal(2, 2), UsageResult)
    desk.page(prompt(4))
    (await desk.link.generation()).end()
    assert isinstance(await desk.said.terminal(1, 4), UsageResult), "its session goes on"


async def test_the_status_says_why_the_model_cannot_be_used(desk: HostDesk, tmp_path: Path) -> None:
    desk.dispatch.use(Settings(model=tmp_path / "gone.gguf"))
    desk.dispatch.hear(Status(id=1))
    status = await desk.said.terminal(0, 1)
    assert isinstance(status, StatusResult)
    assert status.model == "gone.gguf"
    assert status.problem is not None
    assert "there is no such file" in status.problem


async def test_a_page_has_only_so_much_text_in_flight_and_goes_on_once_it_is_answered(
    desk: HostDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.session()
    monkeypatch.setattr(request_table, "REQUEST_BYTES_PER_ORIGIN", 1_000 + 2 * REQUEST_BYTES)
    desk.page(prompt(2, "x" * 500))
    generation = await desk.link.generation()
    assert name_of(await desk.call(prompt(3, "x" * 500))) == "UnknownError"
    generation.end()
    await desk.said.terminal(1, 2)
    desk.page(prompt(4, "x" * 500))
    await desk.link.generation()


async def test_our_own_pages_cannot_flood_the_host_into_its_end(
    desk: HostDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_table, "REQUESTS_PER_CLIENT", 5)
    for number in range(1, 7):
        desk.dispatch.hear(Status(id=number))
    assert name_of(await desk.said.terminal(0, 6)) == "UnknownError"
    desk.dispatch.hear(Status(id=1))
    await settled()
    assert len(desk.said.terminals(0, 1)) == 1, "an id in use gets no second answer"


async def test_a_decision_about_no_open_question_is_ignored(desk: HostDesk) -> None:
    desk.dispatch.hear(Decide(ask=9, decision="allow"))
    assert await desk.call(availability()) == AvailabilityResult(availability="downloadable")


# ---- requests that are none


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"type": "teleport", "id": 1}, "teleport"),
        ({**availability(), "colour": "red"}, "colour"),
        ({**availability(), "origin": "https://bank.example"}, "origin"),
        ({**availability(), "client": 2}, "client"),
        ({**availability(), "interface": "oracle"}, "oracle"),
        ({"type": "prompt", "id": 1, "session": 1, "input": [{"role": "root", "content": []}], "stream": True}, "root"),
    ],
    ids=["verb", "field", "origin", "client", "interface", "role"],
)
async def test_a_malformed_request_is_logged_and_answered_under_its_id(
    desk: HostDesk, caplog: pytest.LogCaptureFixture, request_: dict[str, Any], reason: str
) -> None:
    desk.allow()
    with caplog.at_level(logging.WARNING):
        desk.page(request_)
    said = (await desk.said.until(ProtocolError)).message
    assert reason in said
    assert WireError(said).loggable in caplog.text
    assert desk.said.terminals(1, 1) == [ErrorInfo(name="UnknownError", message="The request was malformed.")]
    assert await desk.call(availability(2)) == AvailabilityResult(availability="available")


@pytest.mark.parametrize("request_", [b"7", b'{"type":"prompt"}', b'{"type":"abort","id":"x"}', b'{"id":0}'])
async def test_a_malformed_request_without_a_usable_id_is_only_logged(desk: HostDesk, request_: bytes) -> None:
    desk.page(request_)
    await settled()
    assert [type(event) for event in desk.said.events] == [ProtocolError, Idle]


async def test_a_malformed_request_does_not_answer_for_the_one_whose_id_it_took(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    desk.page({"type": "teleport", "id": 2})
    assert desk.said.terminals(1, 2) == []
    generation.end()
    assert isinstance(await desk.said.terminal(1, 2), UsageResult)


async def test_an_id_in_use_is_answered_once_by_the_request_that_has_it(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    generation = await desk.link.generation()
    desk.page(append(2, "again"))
    desk.page(availability(2))
    generation.fail(UnknownError("The Engine is gone."))
    await desk.said.terminal(1, 2)
    await settled()
    assert desk.said.terminals(1, 2) == [ErrorInfo(name="UnknownError", message="The Engine is gone.")]


async def test_answer_for_this_time_keeps_the_host_until_its_document_goes(desk: HostDesk) -> None:
    desk.page(create())
    await desk.answer("once")
    assert isinstance(await desk.said.terminal(1, 1), SessionResult)
    desk.page({"type": "destroy", "session": 1})
    assert await desk.call(availability(2)) == AvailabilityResult(availability="available")
    assert desk.said.all(Idle) == []
    desk.gone()
    assert len(desk.said.all(Idle)) == 1


async def test_private_answers_are_forgotten_with_the_last_private_window(desk: HostDesk) -> None:
    desk.page(create(), incognito=True)
    await desk.answer("block")
    assert name_of(await desk.said.terminal(1, 1)) == "NotAllowedError"
    desk.gone()
    assert desk.said.all(Idle) == []
    desk.dispatch.hear(PrivateEnded())
    assert len(desk.said.all(Idle)) == 1
    desk.page(create(2), incognito=True)
    await desk.said.until(Ask, 2)
    desk.gone()


async def private_answer(desk: HostDesk) -> FakeGeneration:
    """One under way, in a private window."""
    desk.page(create(), incognito=True)
    await desk.answer("allow")
    assert isinstance(await desk.said.terminal(1, 1), SessionResult)
    desk.page(prompt(2), incognito=True)
    generation = await desk.link.generation()
    assert generation.private
    return generation


async def test_engine_forgets_what_was_private_once_no_private_request_is_left(desk: HostDesk) -> None:
    await private_answer(desk)
    desk.dispatch.hear(PrivateEnded())
    assert desk.link.forgotten == 0, "what is forgotten before an answer ends is kept when it ends"
    desk.gone()
    await desk.said.terminal(1, 2)
    await desk.said.until(Idle)
    assert desk.link.forgotten == 1


async def test_private_documents_in_the_back_forward_cache_end_with_the_last_private_window(desk: HostDesk) -> None:
    generation = await private_answer(desk)
    generation.end()
    await desk.said.terminal(1, 2)
    await desk.session(client=2)
    desk.gone(suspended=True)
    desk.gone(client=2, suspended=True)
    desk.dispatch.hear(PrivateEnded())
    assert name_of(await desk.call(prompt(3), incognito=True)) == "UnknownError"
    assert desk.link.forgotten == 1
    desk.page(prompt(3), client=2)
    (await desk.link.generation()).end()
    assert isinstance(await desk.said.terminal(2, 3), UsageResult)


@pytest.mark.parametrize("before", [True, False])
async def test_answer_knows_whether_its_document_is_on_screen(desk: HostDesk, before: bool) -> None:
    await desk.session()
    await desk.session(client=2)
    desk.page(prompt(2), visible=before)
    desk.page(prompt(2), client=2, visible=before)
    first, second = await desk.link.generation(), await desk.link.generation()
    desk.dispatch.hear(Visible(client=1, visible=not before))
    assert (first.visible, second.visible) == (not before, before)
    desk.page(availability(3), client=2, visible=not before)
    assert second.visible is not before, "every request tells it too"
    for generation in (first, second):
        generation.end()


async def test_document_that_is_hidden_while_its_request_waits_gets_a_hidden_answer(desk: HostDesk) -> None:
    await desk.session()
    desk.page(prompt(2))
    desk.page(prompt(3))
    first = await desk.link.generation()
    desk.dispatch.hear(Visible(client=1, visible=False))
    first.end()
    second = await desk.link.generation()
    assert not second.visible
    second.end()


async def test_document_that_never_asked_is_not_remembered_for_being_seen(desk: HostDesk) -> None:
    await desk.session()
    desk.gone()
    desk.dispatch.hear(Visible(client=1, visible=False))
    desk.page(create(2), visible=True)
    assert isinstance(await desk.said.terminal(1, 2), SessionResult)
    desk.page(prompt(3, session=2))
    generation = await desk.link.generation()
    assert generation.visible
    generation.end()


async def test_second_hello_is_refused(desk: HostDesk) -> None:
    desk.dispatch.hear(HELLO)
    assert (await desk.said.until(ProtocolError)).message == "hello comes once"


# ---- tools


def tool(name: str, *, runs: bool) -> dict[str, Any]:
    return {"name": name, "description": f"The {name}.", "inputSchema": '{"type": "object"}', "runs": runs}


WEATHER, SEARCH = tool("weather", runs=True), tool("search", runs=False)


def results(id: int, *calls: ToolCall) -> dict[str, Any]:
    responses = [{"type": "tool-response", "callId": one.call_id, "name": one.name, "content": "warm"} for one in calls]
    return {"type": "toolResults", "id": id, "responses": responses}


async def test_page_runs_its_tools_while_the_prompt_waits(desk: HostDesk) -> None:
    result = await desk.session(tools=[WEATHER])
    assert result.context_usage == len('{"type": "object"}')
    desk.page(prompt(2))
    (await desk.link.generation()).end("stop", NewCall(name="weather", arguments="{}"))
    (call,) = (await desk.said.until(ToolCalls)).calls
    desk.page(append(3, "later"))
    desk.page(results(2, call))
    generation = await desk.link.generation()
    assert generation.turns[-1] == ToolResult(id=call.call_id, name="weather", content="warm")
    assert not desk.said.terminals(1, 3), "the queue is held"
    generation.write("It is warm.")
    generation.end()
    assert isinstance(await desk.said.terminal(1, 2), UsageResult)
    assert desk.said.text(1, 2) == "It is warm."
    assert isinstance(await desk.said.terminal(1, 3), UsageResult)


async def test_results_that_answer_no_round_are_passed_over(desk: HostDesk) -> None:
    await desk.session(tools=[WEATHER])
    await desk.session(9)
    desk.page(prompt(2))
    desk.page(prompt(8, session=9))
    generation, _ = await desk.link.generation(), await desk.link.generation()
    stranger = ToolCall(call_id="stranger", name="weather", arguments="{}")
    desk.page(results(2, stranger))
    generation.end("stop", NewCall(name="weather", arguments="{}"))
    (call,) = (await desk.said.until(ToolCalls)).calls
    for wrong in (results(2), results(2, stranger), results(2, call, call), results(8, call), results(77, call)):
        desk.page(wrong)
    desk.page(results(2, call), client=2)
    await settled()
    assert not desk.link.asked
    desk.page(results(2, call))
    desk.page(results(2, call))
    await desk.link.generation()
    assert not desk.said.terminals(1, 2)


@pytest.mark.parametrize("ending", ["abort", "destroy", "gone"])
async def test_prompt_that_waits_for_tools_ends_at_once(desk: HostDesk, ending: str) -> None:
    await desk.session(tools=[WEATHER])
    desk.page(prompt(2))
    (await desk.link.generation()).end("stop", NewCall(name="weather", arguments="{}"))
    await desk.said.until(ToolCalls)
    match ending:
        case "abort":
            desk.page({"type": "abort", "id": 2})
        case "destroy":
            desk.page({"type": "destroy", "session": 1})
        case _:
            desk.gone()
    assert name_of(await desk.said.terminal(1, 2)) == "AbortError"
    if ending == "abort":
        assert await desk.usage() == len(WEATHER["inputSchema"])


async def test_calls_of_declared_tools_are_told_and_end_the_prompt(desk: HostDesk) -> None:
    await desk.session(tools=[WEATHER, SEARCH])
    desk.page(prompt(2))
    (await desk.link.generation()).end("stop", NewCall(name="search", arguments='{"for":"it"}'))
    assert isinstance(await desk.said.terminal(1, 2), UsageResult)
    ((call,),) = [event.calls for event in desk.said.all(ToolCalls)]
    assert (call.name, call.arguments) == ("search", '{"for":"it"}')
    assert isinstance(desk.said.events[-1], Done)


async def test_clone_has_the_tools_of_its_session(desk: HostDesk) -> None:
    await desk.session(tools=[SEARCH])
    await desk.call({"type": "clone", "id": 2, "session": 1})
    desk.page(prompt(3, session=2))
    assert [one.name for one in (await desk.link.generation()).tools] == ["search"]


async def test_two_tools_of_one_name_are_refused(desk: HostDesk) -> None:
    desk.allow()
    assert name_of(await desk.call(create(tools=[WEATHER, WEATHER]))) == "NotSupportedError"
