"""What ``LanguageDetector`` does: asks CLD2, in this process. docs/language-detection.md says why it is that one.

Rules this file keeps: the library comes with the first ``create()``, so that a Host that detects nothing stays small;
it gets plain text, a bounded part of what the page gave, and no hints from a page.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Final

import anyio

from windowsill.errors import OperationError
from windowsill.protocol import DetectionResult, LanguageDetectorOptions, TaskOptions
from windowsill.tasks.language_confidence import Finding, ranked, sampled
from windowsill.tasks.languages import all_served, canonical
from windowsill.tasks.task import Job, Write

LANGUAGES: Final = frozenset(
    """
    aa ab af ak am ar as ay az ba be bg bi bn bo br bs ca ceb chr co crs cs cy da de dv dz el en eo es et eu fa fi fil
    fj fo fr fy ga gd gl gn gu gv ha haw he hi hmn hr ht hu hy ia id ie ig ik is it iu ja jv ka kha kk kl km kn ko ks
    ku ky la lb lg lif ln lo lt lv mfe mg mi mk ml mn mr ms mt my na ne nl nn no nr nso ny oc om or pa pl ps pt qu rm
    rn ro ru rw sa sco sd sg si sk sl sm sn so sq sr ss st su sv sw syr ta te tg th ti tk to tn tr ts tt ug uk ur uz ve
    vi vo war wo xh yi yo za zh zh-Hant zu
    """.split()  # noqa: SIM905 - one tag a line would take three pages
)
"""What CLD2's tables tell apart, as canonical tags. Its Klingon, Pig Latin, Gothic and Buginese, and Bihari, which is a
group of languages, are left out: texts found to be in these are in none that is known."""

Detect = Callable[[str], tuple[bool, int, tuple[tuple[str, str, int, float], ...]]]
"""Whether the finding is reliable, bytes that were text, and up to three languages: name, code, per cent, score."""


class LanguageDetector:
    """The task's row."""

    def matched(self, options: TaskOptions) -> TaskOptions | None:
        """Each expected language as one of those that are told apart; None when one of them is not."""
        if not isinstance(options, LanguageDetectorOptions):
            raise TypeError("these are options of another interface")
        inputs = all_served(options.expected_input_languages, LANGUAGES)
        return None if inputs is None else LanguageDetectorOptions(expected_input_languages=inputs)

    async def load(self) -> None:
        """Raises OperationError when the library cannot be loaded."""
        try:
            await anyio.to_thread.run_sync(lambda: self._detect)
        except (ImportError, AttributeError) as error:
            raise OperationError(
                "The language detector cannot be loaded.", detail=f"pycld2 cannot be loaded: {error}"
            ) from error

    async def run(self, job: Job, write: Write) -> DetectionResult:
        """The languages of the input, likeliest first."""
        sample = sampled(job.input)
        reliable, _, details = self._detect(sample.text)
        found = [(canonical(code), per_cent, score) for _, code, per_cent, score in details]
        whole = max(1, sum(per_cent for _, per_cent, _ in found))
        findings = [Finding(tag, per_cent / whole, score) for tag, per_cent, score in found if tag in LANGUAGES]
        return DetectionResult(languages=ranked(findings, sample, reliable=reliable))

    @functools.cached_property
    def _detect(self) -> Detect:
        """Raises ImportError or AttributeError."""
        detect = importlib.import_module("pycld2").detect
        return functools.partial(detect, isPlainText=True, bestEffort=True)
