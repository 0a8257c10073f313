"""Cases go through the tasks of the table, each by itself."""

from __future__ import annotations

from collections.abc import Callable

import anyio
import pytest
from msgspec import structs

from support.fake_link import FakeLink
from windowsill.engine_protocol import ModelRef
from windowsill.errors import OperationError, QuotaExceededError, UnknownError, WindowsillError
from windowsill.models.chosen import Chosen
from windowsill.protocol import (
    DetectedLanguage,
    DetectionResult,
    LanguageDetectorOptions,
    Result,
    TaskOptions,
    TranslatorOptions,
    WriterOptions,
    WrittenResult,
)
from windowsill.quality import run
from windowsill.quality.cases import Case
from windowsill.quality.checks import Check
from windowsill.quality.judging import Judgement
from windowsill.quality.report import Figure, Pair
from windowsill.tasks import table
from windowsill.tasks.model import TaskModel
from windowsill.tasks.task import Abilities, Job, Write

pytestmark = pytest.mark.anyio

MODEL = Chosen("A model", ModelRef(path="/nowhere.gguf", version="1"))
OPTIONS = WriterOptions(tone="neutral", format="plain-text", length="short")


class Echo:
    """Writes its input in two pieces. ``meets``: how many have to be at it before one goes on."""

    def __init__(self, meets: int = 1) -> None:
        self.jobs: list[Job] = []
        self.contexts: list[str] = []
        self._meets = meets
        self._met = anyio.Event()

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        return options

    async def quota(self, options: TaskOptions, shared_context: str, model: TaskModel) -> int:
        self.contexts.append(shared_context)
        await anyio.lowlevel.checkpoint()
        return model.context_window

    async def run(self, job: Job, model: TaskModel, write: Write) -> Result:
        self.jobs.append(job)
        if len(self.jobs) == self._meets:
            self._met.set()
        await self._met.wait()
        write(job.input[:3])
        write(job.input[3:])
        return WrittenResult()


class Failing(Echo):
    """Answers ``fine`` and nothing else."""

    def __init__(self, error: WindowsillError) -> None:
        super().__init__()
        self._error = error

    async def run(self, job: Job, model: TaskModel, write: Write) -> Result:
        if job.input != "fine":
            raise self._error
        return await super().run(job, model, write)


class Particular(Echo):
    """Has no model for these options."""

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        return None


class Knowing(Echo):
    """Translates between languages of the model's."""

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        assert isinstance(options, TranslatorOptions)
        assert abilities is not None
        return options if options.target_language in abilities.languages else None


class Detector:
    """Takes every text for German."""

    def matched(self, options: TaskOptions) -> TaskOptions | None:
        return options

    async def load(self) -> None:
        await anyio.lowlevel.checkpoint()

    async def run(self, job: Job, write: Write) -> Result:
        await anyio.lowlevel.checkpoint()
        tags = (("de", 0.9), ("und", 0.1))
        return DetectionResult(tuple(DetectedLanguage(detected_language=tag, confidence=c) for tag, c in tags))


Offer = Callable[[Echo], None]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Puts one task into the table for all cases here; the detector is ``Detector``."""

    monkeypatch.setattr(table, "LOCAL_TASKS", {"language-detector": Detector()})

    def offer(task: Echo) -> None:
        monkeypatch.setattr(table, "TASKS", {"writer": task, "translator": task})

    return offer


def case(name: str, input: str) -> Case:
    return Case(task="writer", name=name, language="en", options=OPTIONS, input=input, context="c", shared_context="s")


async def test_a_case_is_what_the_task_gets_and_its_text_is_judged(offer: Offer) -> None:
    writer, heard = Echo(), list[Judgement]()
    offer(writer)
    report = await run.measure(FakeLink().as_link, MODEL, [case("a", "Some *text*")], heard.append)
    assert writer.jobs == [Job(OPTIONS, "s", "Some *text*", "c")]
    assert writer.contexts == ["s"]
    assert [one.text for one in heard] == ["Some *text*"]
    assert Figure("writer", "format", 0, 1) in report.figures
    assert report.model == "A model"


async def test_cases_run_side_by_side_and_are_reported_in_order(offer: Offer) -> None:
    offer(Echo(meets=run.AT_ONCE))
    cases = [case(str(number), "*no*") for number in range(run.AT_ONCE)]
    report = await run.measure(FakeLink().as_link, MODEL, cases, lambda _: None)
    assert [failure.case for failure in report.failures if failure.check == "format"] == [one.name for one in cases]


@pytest.mark.parametrize(
    ("error", "check"),
    [
        (UnknownError("Gone.", detail="the Engine died"), "answered"),
        (QuotaExceededError("Long.", requested=2, quota=1), "fits"),
    ],
)
async def test_a_call_that_fails_is_its_own_cases_failure_and_no_others(
    offer: Offer, error: WindowsillError, check: Check
) -> None:
    offer(Failing(error))
    report = await run.measure(FakeLink().as_link, MODEL, [case("a", "bad"), case("b", "fine")], lambda _: None)
    assert Figure("writer", check, 1, 2) in report.figures
    failures = [(one.case, one.check, one.fault) for one in report.failures if one.case == "a"]
    assert failures == [("a", check, f"{error.name}: {error.detail}")]


async def test_without_a_usable_model_nothing_begins(offer: Offer) -> None:
    writer, link = Echo(), FakeLink()
    offer(writer)
    link.failure = OperationError("No.")
    with pytest.raises(OperationError):
        await run.measure(link.as_link, MODEL, [case("a", "x")], lambda _: None)
    assert writer.jobs == []


async def test_options_that_the_model_is_not_offered_for_are_not_asked(offer: Offer) -> None:
    offer(Particular())
    report = await run.measure(FakeLink().as_link, MODEL, [case("a", "x")], lambda _: None)
    assert (report.figures, report.unserved) == ((), ("writer: a",))


async def test_the_language_of_what_was_written_is_the_detectors_word(offer: Offer) -> None:
    offer(Echo())
    report = await run.measure(FakeLink().as_link, MODEL, [case("a", "Some text"), case("b", " ")], lambda _: None)
    assert [(one.case, one.fault) for one in report.failures if one.check == "language"] == [("a", "de, not en")]


async def test_the_detector_is_measured_like_any_task(offer: Offer) -> None:
    offer(Echo())
    options = LanguageDetectorOptions()
    german = Case(task="language-detector", name="d", language="de", options=options, input="Hallo")
    report = await run.measure(FakeLink().as_link, MODEL, [german], lambda _: None)
    assert Figure("language-detector", "detected", 1, 1) in report.figures


async def test_between_variants_of_a_language_no_model_is_asked(offer: Offer) -> None:
    offer(Failing(UnknownError("Asked.")))
    options = TranslatorOptions(source_language="en-GB", target_language="en-US")
    same = Case(task="translator", name="s", language="en", options=options, input="Colour", exactly="Colour")
    report = await run.measure(FakeLink().as_link, MODEL, [same], lambda _: None)
    assert Figure("translator", "exact", 1, 1) in report.figures
    assert report.pairs == ()


async def test_a_model_is_measured_by_the_languages_that_it_declares(offer: Offer) -> None:
    offer(Knowing())
    declared = structs.replace(MODEL, languages=frozenset({"en", "es"}))
    pairs = [TranslatorOptions(source_language="en", target_language=target) for target in ("es", "fr")]
    cases = [
        Case(task="translator", name=pair.target_language, language="en", options=pair, input="This is the house.")
        for pair in pairs
    ]
    report = await run.measure(FakeLink().as_link, declared, cases, lambda _: None)
    assert report.unserved == ("translator: fr",)
    assert report.pairs == (Pair("en", "es", translated=False),)
