"""``Translator``: which pairs a model serves, and those that need none."""

from __future__ import annotations

from anyio.lowlevel import checkpoint

from windowsill.protocol import Result, TaskOptions, TranslatorOptions, WrittenResult
from windowsill.tasks import translation
from windowsill.tasks.blank import is_blank
from windowsill.tasks.languages import alike, best_fit, plausible
from windowsill.tasks.model import TaskModel
from windowsill.tasks.task import Abilities, Job, Write
from windowsill.tasks.translation import Translation


class Translator:
    """Between languages that the model declares."""

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        """The languages as the model declares them; None for a pair that it does not, or was measured not to do."""
        own = _own(options)
        if abilities is None:
            return own if plausible(own.source_language) and plausible(own.target_language) else None
        source = best_fit(own.source_language, abilities.languages)
        target = best_fit(own.target_language, abilities.languages)
        if source is None or target is None:
            return None
        if any(alike(source, failed) and alike(target, other) for failed, other in abilities.failed_pairs):
            return None
        return TranslatorOptions(source_language=source, target_language=target)

    async def quota(self, options: TaskOptions, shared_context: str, model: TaskModel) -> int:
        """The same for all. Raises NotSupportedError where not even a sentence has room."""
        await translation.room_for_piece(_own(options), model)
        return translation.QUOTA

    async def measure(self, job: Job, model: TaskModel) -> int:
        """Tokens of what would be sent, but for the instructions."""
        return await Translation(job.input, _own(job.options), model).usage()

    async def run(self, job: Job, model: TaskModel, write: Write) -> Result:
        """Raises as ``Translation.run``."""
        if is_blank(job.input):
            write(job.input)
            return WrittenResult()
        await Translation(job.input, _own(job.options), model).run(write)
        return WrittenResult()


class SameLanguage:
    """Between variants of one language, which is no task for a model: the translation is the input (web-ai-apis 6)."""

    def matched(self, options: TaskOptions) -> TaskOptions | None:
        """The tags as they were asked for."""
        return options

    async def load(self) -> None:
        """Nothing is needed."""
        await checkpoint()

    async def run(self, job: Job, write: Write) -> Result:
        """The input."""
        await checkpoint()
        write(job.input)
        return WrittenResult()


def is_same_language(options: TranslatorOptions) -> bool:
    """Whether nothing has to be translated."""
    return alike(options.source_language, options.target_language)


def _own(options: TaskOptions) -> TranslatorOptions:
    if not isinstance(options, TranslatorOptions):
        raise TypeError("these are options of another interface")
    return options
