"""Which stages an answer passes, by the options of the object that it is for. Pure."""

from __future__ import annotations

from typing import Final

from windowsill.protocol import SummarizerOptions
from windowsill.tasks.fence import Section, fenced
from windowsill.tasks.unfenced import Unfenced
from windowsill.tasks.writing import plans
from windowsill.tasks.writing.code_fences import ClosedFences
from windowsill.tasks.writing.limits import Limited
from windowsill.tasks.writing.opening import Opening
from windowsill.tasks.writing.plain_text import BULLET, PlainText
from windowsill.tasks.writing.plans import WritingOptions
from windowsill.tasks.writing.stages import Stage, Stages, Trim

KEY_POINT: Final = "* "
"""Before each key point, in plain text too (web-ai-apis 4.2)."""


class Filters:
    """For one answer to ``text``. A ``Stage`` of which nothing more is wanted once it is ``full``."""

    def __init__(self, options: WritingOptions, text: str) -> None:
        plan = plans.plan(options)
        original = "-" if isinstance(options, SummarizerOptions) else text
        stages: list[Stage] = [Unfenced(fenced([Section(plan.source, original)])), Opening(plan.labels, original)]
        if options.format == "plain-text":
            points = isinstance(options, SummarizerOptions) and options.kind == "key-points"
            stages.append(PlainText(KEY_POINT if points else BULLET))
        limits = plans.limits(options, text)
        self._limited = Limited(limits) if limits else None
        if self._limited:
            stages.append(self._limited)
        if options.format != "plain-text":
            stages.append(ClosedFences())
        self._stages = Stages([*stages, Trim()])

    @property
    def full(self) -> bool:
        """Whether the answer is as long as it may be."""
        return self._limited is not None and self._limited.full

    def push(self, text: str) -> str:
        """See ``Stage``."""
        return self._stages.push(text)

    def finish(self) -> str:
        """See ``Stage``."""
        return self._stages.finish()
