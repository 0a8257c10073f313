"""Small tasks for the tables, that show what becomes of what a page asks."""

from __future__ import annotations

from typing import Final

from windowsill.errors import QuotaExceededError, WindowsillError
from windowsill.protocol import (
    DetectedLanguage,
    DetectionResult,
    LanguageDetectorOptions,
    Result,
    SummarizerOptions,
    TaskOptions,
    TranslatorOptions,
    WrittenResult,
)
from windowsill.tasks.model import Question, TaskModel
from windowsill.tasks.sampling import SAMPLING_MODES
from windowsill.tasks.task import Abilities, Job, LocalTask, Task, Write

INSTRUCTIONS: Final = "Do it."


class FakeTask(Task):
    """Serves any language but ``unk``, and of a model what ``serves`` says. ``failure`` is raised instead of asking."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.serves = True
        self.failure: BaseException | None = None

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        if isinstance(options, SummarizerOptions) and options.output_language == "unk":
            return None
        if isinstance(options, TranslatorOptions) and options.target_language == "unk":
            return None
        return options if abilities is None or self.serves else None

    async def quota(self, options: TaskOptions, shared_context: str, model: TaskModel) -> int:
        (taken,) = await model.count(shared_context)
        if taken >= model.context_window:
            raise QuotaExceededError("It is too long.", requested=taken, quota=model.context_window)
        return model.context_window - taken

    async def measure(self, job: Job, model: TaskModel) -> int:
        if self.failure:
            raise self.failure
        return sum(await model.count(job.context, job.input))

    async def run(self, job: Job, model: TaskModel, write: Write) -> Result:
        self.jobs.append(job)
        if self.failure:
            raise self.failure
        async with model.asked(question(job.input), streamed=True) as answer:
            async for text in answer:
                write(text)
        return WrittenResult()


class FakeLocalTask(LocalTask):
    """Takes every text for English. ``failure`` is raised by ``load``."""

    def __init__(self) -> None:
        self.loads = 0
        self.failure: WindowsillError | None = None

    def matched(self, options: TaskOptions) -> TaskOptions | None:
        languages = options.expected_input_languages if isinstance(options, LanguageDetectorOptions) else ()
        return None if "unk" in languages else options

    async def load(self) -> None:
        self.loads += 1
        if self.failure:
            raise self.failure

    async def run(self, job: Job, write: Write) -> Result:
        return DetectionResult(languages=(DetectedLanguage(detected_language="en", confidence=1.0),))


def question(data: str) -> Question:
    """What ``FakeTask`` asks."""
    return Question(instructions=INSTRUCTIONS, data=data, sampling=SAMPLING_MODES["balanced"])
