"""What ``Proofreader`` can serve, how much it takes, and what needs no model.

Rule: what corrects a text (``proofread_call.py``) is loaded when a page first wants it: the libraries that take text
apart are 6 MB, which a Host that nobody asks does without.
"""

from __future__ import annotations

from typing import Final

from msgspec import structs

from windowsill.errors import QuotaExceededError
from windowsill.protocol import ProofreaderOptions, ProofreadResult, TaskOptions
from windowsill.tasks.blank import is_blank
from windowsill.tasks.languages import all_served, served
from windowsill.tasks.model import TaskModel
from windowsill.tasks.task import Abilities, Job, Write

QUOTA_TOKENS: Final = 32_768
"""Tokens of one input: fifty pages, which keep two cores busy for some minutes, and whose result still fits a frame to
the browser with all the corrections that a text has. Pages are not told (web-ai-apis 5.4)."""


class Proofread:
    """See ``Task``. ``run`` writes nothing: the result holds all."""

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        """See ``Task``."""
        own, known = _own(options), abilities.languages if abilities else frozenset()
        inputs = all_served(own.expected_input_languages, known)
        wanted = own.correction_explanation_language
        explaining = None if wanted is None else served(wanted, known)
        if inputs is None or (wanted is not None and explaining is None):
            return None
        return structs.replace(own, expected_input_languages=inputs, correction_explanation_language=explaining)

    async def quota(self, options: TaskOptions, shared_context: str, model: TaskModel) -> int:
        """See ``Task``. Raises NotSupportedError when the model has no room for a sentence."""
        from windowsill.tasks.proofread_call import room_for_piece

        await room_for_piece(model)
        return QUOTA_TOKENS

    async def measure(self, job: Job, model: TaskModel) -> int:
        """See ``Task``."""
        return sum(await model.count(job.input))

    async def run(self, job: Job, model: TaskModel, write: Write) -> ProofreadResult:
        """See ``Task``."""
        from windowsill.tasks.proofread_call import ProofreadCall

        if is_blank(job.input):
            return ProofreadResult(corrected_input=job.input, corrections=None)
        requested = await self.measure(job, model)
        if requested > QUOTA_TOKENS:
            raise QuotaExceededError("The input is too long.", requested=requested, quota=QUOTA_TOKENS)
        return await ProofreadCall(job.input, _own(job.options), model).result()


def _own(options: TaskOptions) -> ProofreaderOptions:
    if not isinstance(options, ProofreaderOptions):
        raise TypeError("these are another interface's options")
    return options
