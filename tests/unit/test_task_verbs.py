"""What a page may ask of the task interfaces, in which order it is refused, and what is left when work ends early."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import anyio
import pytest

from support.fake_task import INSTRUCTIONS, FakeLocalTask, FakeTask
from support.host_desk import ORIGIN, PROFILE, HostDesk, create, host_desk, prompt
from support.manual_clock import MANUAL_CLOCK
from support.tiny_gguf import make_tiny_gguf
from windowsill import request_table, sessions
from windowsill.engine_protocol import Turn
from windowsill.errors import (
    InvalidStateError,
    NotSupportedError,
    OperationError,
    QuotaExceededError,
    UnknownError,
    WindowsillError,
)
from windowsill.protocol import (
    Ask,
    AvailabilityResult,
    AvailabilityValue,
    Chunk,
    DetectionResult,
    ErrorInfo,
    MeasureResult,
    Progress,
    Result,
    SummarizerOptions,
    TaskResult,
    Visible,
    WrittenResult,
)
from windowsill.settings import REQUEST_BYTES, STREAM_CREDITS, SUSPENDED_SECONDS, Settings
from windowsill.task_verbs import AT_ONCE
from windowsill.tasks.table import LOCAL_TASKS, TASKS
from windowsill.tasks.task import Job

pytestmark = pytest.mark.anyio

SUMMARIZER = {"type": "summarizer", "kind": "tldr", "format": "plain-text", "length": "short", "preference": "auto"}
TRANSLATOR = {"type": "translator", "sourceLanguage": "en", "targetLanguage": "fr"}
DETECTOR = {"type": "language-detector"}
WRITER = {"type": "writer", "tone": "neutral", "format": "markdown", "length": "short"}
UNSERVED = {**SUMMARIZER, "outputLanguage": "unk"}


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


@pytest.fixture(autouse=True)
def task(monkeypatch: pytest.MonkeyPatch) -> FakeTask:
    """Of the summarizer and the translator; nobody serves the writer."""
    made = FakeTask()
    monkeypatch.setitem(TASKS, "summarizer", made)
    monkeypatch.setitem(TASKS, "translator", made)
    monkeypatch.delitem(TASKS, "writer", raising=False)
    return made


@pytest.fixture(autouse=True)
def local(monkeypatch: pytest.MonkeyPatch) -> FakeLocalTask:
    made = FakeLocalTask()
    monkeypatch.setitem(LOCAL_TASKS, "language-detector", made)
    return made


def available(id: int = 1, options: Mapping[str, Any] = SUMMARIZER) -> dict[str, Any]:
    return {"type": "taskAvailability", "id": id, "options": options}


def make(id: int = 1, options: Mapping[str, Any] = SUMMARIZER, shared: str = "") -> dict[str, Any]:
    return {"type": "createTask", "id": id, "options": options, "sharedContext": shared}


def perform(id: int, text: str = "Hi", *, session: int = 1, stream: bool = True, context: str = "") -> dict[str, Any]:
    return {"type": "runTask", "id": id, "session": session, "input": text, "stream": stream, "context": context}


def measure(id: int, text: str, *, session: int = 1, context: str = "") -> dict[str, Any]:
    return {"type": "measureTask", "id": id, "session": session, "input": text, "context": context}


async def opened(desk: HostDesk, id: int = 1, options: Mapping[str, Any] = SUMMARIZER, shared: str = "") -> TaskResult:
    desk.allow()
    result = await desk.call(make(id, options, shared))
    assert isinstance(result, TaskResult)
    return result


async def settled() -> None:
    await anyio.wait_all_tasks_blocked()


def name_of(end: Result | ErrorInfo) -> str:
    assert isinstance(end, ErrorInfo)
    return end.name


# ---- availability


@pytest.mark.parametrize("options", [SUMMARIZER, TRANSLATOR, DETECTOR])
@pytest.mark.parametrize("file", ["there", "missing", "damaged"])
async def test_availability_without_a_grant_is_downloadable_whatever_is_installed_and_never_asks(
    desk: HostDesk, task: FakeTask, tmp_path: Path, options: Mapping[str, Any], file: str
) -> None:
    task.serves = False
    if file != "there":
        desk.dispatch.use(Settings(model=tmp_path / "other.gguf"))
    if file == "damaged":
        (tmp_path / "other.gguf").write_bytes(b"GGUF")
    assert await desk.call(available(options=options)) == AvailabilityResult(availability="downloadable")
    assert desk.said.all(Ask) == []


@pytest.mark.parametrize(
    ("options", "serves", "value"),
    [
        (SUMMARIZER, True, "available"),
        (SUMMARIZER, False, "unavailable"),
        (TRANSLATOR, False, "unavailable"),
        (DETECTOR, False, "available"),
    ],
)
async def test_availability_with_a_grant_is_what_the_model_can(
    desk: HostDesk, task: FakeTask, options: Mapping[str, Any], serves: bool, value: AvailabilityValue
) -> None:
    desk.allow()
    task.serves = serves
    assert await desk.call(available(options=options)) == AvailabilityResult(availability=value)


async def test_availability_with_a_grant_tells_that_the_model_cannot_be_used_but_not_of_what_needs_none(
    desk: HostDesk, tmp_path: Path
) -> None:
    desk.allow()
    desk.dispatch.use(Settings(model=tmp_path / "missing.gguf"))
    assert await desk.call(available()) == AvailabilityResult(availability="unavailable")
    assert await desk.call(available(2, DETECTOR)) == AvailabilityResult(availability="available")


@pytest.mark.parametrize("granted", [True, False])
@pytest.mark.parametrize(
    ("options", "stamp"),
    [
        (UNSERVED, {}),
        (WRITER, {}),
        ({**DETECTOR, "expectedInputLanguages": ["unk"]}, {}),
        (SUMMARIZER, {"allowed": False}),
        (SUMMARIZER, {"origin": "null"}),
        (DETECTOR, {"origin": "null"}),
    ],
)
async def test_availability_of_what_nobody_serves_or_may_have_is_unavailable_with_or_without_a_grant(
    desk: HostDesk, granted: bool, options: Mapping[str, Any], stamp: dict[str, Any]
) -> None:
    if granted:
        desk.allow()
    assert await desk.call(available(options=options), **stamp) == AvailabilityResult(availability="unavailable")


# ---- create


async def test_create_tells_the_quota_that_the_shared_context_leaves(desk: HostDesk) -> None:
    result = await opened(desk, shared="About ducks.")
    assert (result.input_quota, result.options) == (
        desk.link.context_window - len("About ducks.") - 1,
        SummarizerOptions(kind="tldr", format="plain-text", length="short", preference="auto"),
    )


async def test_create_of_what_needs_no_model_has_no_quota_and_asks_no_engine(
    desk: HostDesk, local: FakeLocalTask, tmp_path: Path
) -> None:
    desk.dispatch.use(Settings(model=tmp_path / "missing.gguf"))
    assert (await opened(desk, options=DETECTOR)).input_quota is None
    assert (local.loads, desk.link.describing.is_set()) == (1, False)
    assert isinstance(await desk.call(perform(2)), DetectionResult)
    assert await desk.call(measure(3, "How long?")) == MeasureResult(usage=0)


@pytest.mark.parametrize("options", [SUMMARIZER, DETECTOR])
async def test_progress_is_told_once_at_0_and_at_1_before_anything_is_loaded(
    desk: HostDesk, local: FakeLocalTask, options: Mapping[str, Any]
) -> None:
    desk.allow()
    desk.link.failure = local.failure = OperationError("It did not load.")
    assert name_of(await desk.call(make(options=options))) == "OperationError"
    assert [event.loaded for event in desk.said.all(Progress)] == [0, 1]


async def test_create_that_is_not_supported_tells_no_progress(desk: HostDesk, task: FakeTask) -> None:
    desk.allow()
    task.serves = False
    assert name_of(await desk.call(make())) == "NotSupportedError"
    assert desk.said.all(Progress) == []


@pytest.mark.parametrize(
    ("options", "stamp", "name"),
    [
        (UNSERVED, {"allowed": False, "activated": False}, "NotAllowedError"),
        (UNSERVED, {"activated": False}, "NotSupportedError"),
        (WRITER, {"activated": False}, "NotSupportedError"),
        (SUMMARIZER, {"activated": False}, "NotAllowedError"),
        (SUMMARIZER, {"origin": "null"}, "NotAllowedError"),
    ],
)
async def test_create_is_refused_for_the_policy_first_then_for_its_options_then_for_want_of_activation(
    desk: HostDesk, options: Mapping[str, Any], stamp: dict[str, Any], name: str
) -> None:
    assert name_of(await desk.call(make(options=options), **stamp)) == name
    assert desk.said.all(Ask) == []


@pytest.mark.parametrize(
    ("options", "activated", "active", "asks"),
    [
        (SUMMARIZER, True, False, True),
        (SUMMARIZER, False, False, False),
        (TRANSLATOR, True, False, False),
        (TRANSLATOR, True, True, True),
        (DETECTOR, True, False, False),
        (DETECTOR, True, True, True),
    ],
)
async def test_question_needs_an_activation_that_lasts_and_of_two_interfaces_one_that_does_not(
    desk: HostDesk, options: Mapping[str, Any], activated: bool, active: bool, asks: bool
) -> None:
    desk.page(make(options=options), activated=activated, active=active)
    if asks:
        await desk.answer("allow")
        assert isinstance(await desk.said.terminal(1, 1), TaskResult)
    else:
        assert name_of(await desk.said.terminal(1, 1)) == "NotAllowedError"
    assert [ask.interface for ask in desk.said.all(Ask)] == [options["type"]] * asks


async def test_create_with_a_grant_needs_no_activation(desk: HostDesk) -> None:
    desk.allow()
    for number, options in enumerate((SUMMARIZER, TRANSLATOR, DETECTOR), 1):
        end = await desk.call(make(number, options), activated=False, active=False)
        assert isinstance(end, TaskResult)


async def test_shared_context_that_leaves_no_room_names_its_size_and_the_quota(desk: HostDesk) -> None:
    desk.allow()
    end = await desk.call(make(shared="x" * 2000))
    assert end == ErrorInfo(name="QuotaExceededError", message="It is too long.", requested=2001, quota=1000)


@pytest.mark.parametrize(
    ("failure", "name"),
    [
        (OperationError("It is damaged."), "OperationError"),
        (UnknownError("The model stopped working."), "OperationError"),
        (InvalidStateError("The Host is leaving."), "OperationError"),
        (NotSupportedError("The model cannot be used."), "NotSupportedError"),
    ],
)
async def test_create_whose_model_does_not_load_fails_as_the_standard_says(
    desk: HostDesk, failure: WindowsillError, name: str
) -> None:
    desk.allow()
    desk.link.failure = failure
    assert name_of(await desk.call(make())) == name
    assert name_of(await desk.call(perform(2))) == "UnknownError"


@pytest.mark.parametrize("ending", ["abort", "gone", "revoked"])
async def test_create_that_ends_while_the_model_loads_leaves_no_object(desk: HostDesk, ending: str) -> None:
    desk.allow()
    desk.link.hold()
    desk.page(make())
    await desk.link.describing.wait()
    if ending == "abort":
        desk.page({"type": "abort", "id": 1})
    elif ending == "gone":
        desk.gone()
    else:
        desk.store.put(PROFILE, ORIGIN, "block")
        desk.dispatch.recheck_grants()
    assert name_of(await desk.said.terminal(1, 1)) == ("NotAllowedError" if ending == "revoked" else "AbortError")
    desk.link.release()
    desk.store.put(PROFILE, ORIGIN, "allow")
    assert name_of(await desk.call(perform(2))) == "UnknownError"


async def test_open_object_keeps_the_model_and_the_seed_that_it_was_made_with(desk: HostDesk, tmp_path: Path) -> None:
    await opened(desk)
    desk.dispatch.use(Settings(model=make_tiny_gguf(tmp_path / "other.gguf"), sampling_seed=7))
    await opened(desk, 2)
    for number, session, seed in ((3, 1, None), (4, 2, 7)):
        desk.page(perform(number, session=session))
        generation = await desk.link.generation()
        assert generation.sampling is not None
        assert generation.sampling.seed == seed
        generation.end()
        await desk.said.terminal(1, number)


# ---- run and measure


async def test_run_brings_the_job_to_its_task_and_the_text_to_the_page(desk: HostDesk, task: FakeTask) -> None:
    made = await opened(desk, shared="About ducks.")
    desk.page(perform(2, "Quack.", context="A pond."))
    generation = await desk.link.generation()
    assert generation.turns == (Turn(role="system", content=INSTRUCTIONS), Turn(role="user", content="Quack."))
    generation.write("They ", "quack.")
    generation.end()
    assert await desk.said.terminal(1, 2) == WrittenResult()
    assert desk.said.text(1, 2) == "They quack."
    assert task.jobs == [Job(made.options, "About ducks.", "Quack.", "A pond.")]


async def test_runs_of_one_object_do_not_wait_for_each_other(desk: HostDesk) -> None:
    await opened(desk)
    for number in range(2, 22):
        desk.page(perform(number, f"Text {number}"))
    generations = [await desk.link.generation() for _ in range(20)]
    for generation in reversed(generations):
        generation.write(generation.turns[1].content)
        generation.end()
    for number in range(2, 22):
        assert await desk.said.terminal(1, number) == WrittenResult()
        assert desk.said.text(1, number) == f"Text {number}"


async def test_measuring_counts_what_the_task_says_and_needs_no_answer(desk: HostDesk) -> None:
    await opened(desk)
    assert await desk.call(measure(2, "four", context="two")) == MeasureResult(usage=len("four") + len("two") + 2)
    assert not desk.link.asked


@pytest.mark.parametrize(
    ("options", "failure", "name"),
    [
        (SUMMARIZER, OperationError("The model could not go on."), "UnknownError"),
        (SUMMARIZER, InvalidStateError("The Host is leaving."), "UnknownError"),
        (SUMMARIZER, NotSupportedError("In which language?"), "NotSupportedError"),
        (TRANSLATOR, NotSupportedError("In which language?"), "UnknownError"),
        (SUMMARIZER, QuotaExceededError("Too long.", requested=9, quota=5), "QuotaExceededError"),
    ],
)
@pytest.mark.parametrize("verb", [perform, measure])
async def test_call_fails_with_what_the_standard_has_for_its_interface_only(
    desk: HostDesk, task: FakeTask, options: Mapping[str, Any], failure: BaseException, name: str, verb: Any
) -> None:
    await opened(desk, options=options)
    task.failure = failure
    assert name_of(await desk.call(verb(2, "Hi"))) == name


async def test_defect_of_a_task_is_logged_and_told_as_no_more_than_that(
    desk: HostDesk, task: FakeTask, caplog: pytest.LogCaptureFixture
) -> None:
    await opened(desk)
    task.failure = ExceptionGroup("parts", [UnknownError("One."), ZeroDivisionError()])
    with caplog.at_level(logging.ERROR):
        end = await desk.call(perform(2))
    assert end == ErrorInfo(name="UnknownError", message="Something went wrong.")
    assert "failed by a defect" in caplog.text


async def test_object_answers_to_its_own_interface_only(desk: HostDesk) -> None:
    await desk.session(1)
    await opened(desk, 2)
    lost = ErrorInfo(name="UnknownError", message="The session was lost.")
    assert await desk.call(perform(3, session=1)) == lost
    assert await desk.call(measure(4, "Hi", session=1)) == lost
    assert await desk.call(prompt(5, session=2)) == lost
    assert await desk.call({"type": "clone", "id": 6, "session": 2}) == lost
    assert await desk.call({"type": "append", "id": 7, "session": 2, "input": []}) == lost
    assert await desk.call({"type": "measure", "id": 8, "session": 2, "input": []}) == lost


async def test_document_cannot_reach_another_s_object(desk: HostDesk) -> None:
    await opened(desk)
    assert name_of(await desk.call(perform(2), client=2)) == "UnknownError"
    desk.page({"type": "destroy", "session": 1}, client=2)
    assert await desk.call(measure(3, "Hi")) == MeasureResult(usage=4)


async def test_reader_that_stops_reading_pauses_the_answer_until_it_goes_on(desk: HostDesk) -> None:
    await opened(desk)
    desk.page(perform(2))
    generation = await desk.link.generation()
    for _ in range(STREAM_CREDITS + 2):
        generation.write("x" * 20_000)
        await anyio.sleep(1)
    assert not generation.running
    desk.page({"type": "credit", "id": 2, "chunks": STREAM_CREDITS})
    await anyio.sleep(1)
    assert generation.running


async def test_run_for_a_document_that_comes_on_screen_is_shown_as_such(desk: HostDesk) -> None:
    await opened(desk)
    desk.page(perform(2), visible=False)
    generation = await desk.link.generation()
    assert not generation.visible
    desk.dispatch.hear(Visible(client=1, visible=True))
    assert generation.visible


# ---- ends


async def test_abort_of_one_run_leaves_the_others(desk: HostDesk) -> None:
    await opened(desk)
    for number in (2, 3):
        desk.page(perform(number))
    one, other = [await desk.link.generation() for _ in range(2)]
    desk.page({"type": "abort", "id": 2})
    assert name_of(await desk.said.terminal(1, 2)) == "AbortError"
    assert (one.left.is_set(), other.left.is_set()) == (True, False)
    other.end()
    assert await desk.said.terminal(1, 3) == WrittenResult()


async def test_destroy_ends_the_runs_of_its_object_and_no_others(desk: HostDesk) -> None:
    await opened(desk, 1)
    await opened(desk, 2)
    desk.page(perform(3, session=1))
    desk.page(perform(4, session=1))
    desk.page(perform(5, session=2))
    *ended, stays = [await desk.link.generation() for _ in range(3)]
    desk.page({"type": "destroy", "session": 1})
    for number in (3, 4):
        assert name_of(await desk.said.terminal(1, number)) == "AbortError"
    assert [one.left.is_set() for one in (*ended, stays)] == [True, True, False]
    assert name_of(await desk.call(perform(6, session=1))) == "UnknownError"
    assert desk.said.terminals(1, 5) == []


async def test_document_that_is_gone_loses_its_runs_and_its_objects(desk: HostDesk) -> None:
    await opened(desk)
    desk.page(perform(2))
    generation = await desk.link.generation()
    desk.gone()
    await generation.left.wait()
    assert name_of(await desk.call(perform(3))) == "UnknownError"


async def test_suspended_document_finds_its_objects_for_a_while(desk: HostDesk) -> None:
    await opened(desk)
    desk.gone(suspended=True)
    await anyio.sleep(SUSPENDED_SECONDS - 1)
    assert await desk.call(measure(2, "Hi")) == MeasureResult(usage=4)
    desk.gone(suspended=True)
    await anyio.sleep(SUSPENDED_SECONDS + 1)
    assert name_of(await desk.call(measure(3, "Hi"))) == "UnknownError"


async def test_withdrawn_grant_ends_runs_and_a_new_one_does_not_bring_the_object_back(desk: HostDesk) -> None:
    await opened(desk)
    desk.page(perform(2))
    await desk.link.generation()
    desk.store.put(PROFILE, ORIGIN, "block")
    desk.dispatch.recheck_grants()
    assert name_of(await desk.said.terminal(1, 2)) == "NotAllowedError"
    desk.allow()
    assert name_of(await desk.call(perform(3))) == "NotAllowedError"
    await opened(desk, 4)
    assert await desk.call(measure(5, "Hi", session=4)) == MeasureResult(usage=4)


# ---- bounds


async def test_shared_contexts_count_in_what_the_origin_holds(desk: HostDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SESSION_BYTES_PER_ORIGIN", 10_000)
    await opened(desk, 1, DETECTOR, shared="x" * 9_000)
    assert name_of(await desk.call(make(2, DETECTOR))) == "UnknownError"
    assert name_of(await desk.call(create(3))) == "UnknownError"
    desk.page({"type": "destroy", "session": 1})
    assert isinstance(await desk.call(make(4, DETECTOR)), TaskResult)


async def test_runs_beyond_those_that_ask_at_once_wait_for_their_turn_and_hold_up_no_other_document(
    desk: HostDesk,
) -> None:
    await opened(desk)
    assert isinstance(await desk.call(make(), client=2), TaskResult)
    more = 3
    for number in range(2, AT_ONCE + more + 2):
        desk.page(perform(number, f"Text {number}"))
    asking = [await desk.link.generation() for _ in range(AT_ONCE)]
    await settled()
    assert not desk.link.asked
    desk.page(perform(2, "Mine"), client=2)
    assert (await desk.link.generation()).turns[1].content == "Mine"
    desk.page({"type": "abort", "id": AT_ONCE + 2})
    assert name_of(await desk.said.terminal(1, AT_ONCE + 2)) == "AbortError"
    asking[0].end()
    asking[1].end()
    turns = [(await desk.link.generation()).turns[1].content for _ in range(more - 1)]
    assert turns == [f"Text {AT_ONCE + 3}", f"Text {AT_ONCE + 4}"]


async def test_measures_have_turns_of_their_own(desk: HostDesk) -> None:
    await opened(desk)
    for number in range(2, AT_ONCE + 3):
        desk.page(perform(number))
    await settled()
    for number in range(1000, 1000 + 2 * AT_ONCE):
        desk.page(measure(number, "Hi"))
    assert await desk.said.terminal(1, 1000 + 2 * AT_ONCE - 1) == MeasureResult(usage=4)


async def test_two_thousand_runs_of_one_document_are_all_answered(desk: HostDesk) -> None:
    await opened(desk)
    numbers = range(2, 2002)
    for number in numbers:
        desk.page(perform(number, f"Text {number}"))
    for _ in numbers:
        generation = await desk.link.generation()
        generation.write(generation.turns[1].content)
        generation.end()
    await settled()
    said = {chunk.id: chunk.text for chunk in desk.said.all(Chunk)}
    assert said == {number: f"Text {number}" for number in numbers}


async def test_origin_may_have_only_so_much_text_in_flight(desk: HostDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_table, "REQUEST_BYTES_PER_ORIGIN", 10_000 + 2 * REQUEST_BYTES)
    await opened(desk)
    desk.page(perform(2, "x" * 9_000))
    generation = await desk.link.generation()
    assert name_of(await desk.call(perform(3, "x" * 2_000))) == "UnknownError"
    generation.end()
    await desk.said.terminal(1, 2)
    desk.page(perform(4, "x" * 2_000))
    await desk.link.generation()
