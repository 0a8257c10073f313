"""What a model was measured at: figures for each task and check, and the examples that failed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from windowsill.protocol import Interface
from windowsill.quality import pairs
from windowsill.quality.cases import OPTIONS
from windowsill.quality.checks import MACHINERY, Check
from windowsill.quality.judging import Judgement

SHOWN_CHARACTERS: Final = 300
"""Of a failing example's text in the terminal: what is wrong shows in its first lines; the file has all of it."""


class Figure(Struct, frozen=True):
    """``passed`` of ``asked`` (count)."""

    task: Interface
    check: Check
    passed: int
    asked: int


class Failure(Struct, frozen=True):
    """An example of what did not pass."""

    task: Interface
    case: str
    language: str
    check: Check
    fault: str
    text: str

    @property
    def shown(self) -> str:
        """The text's beginning, in one line."""
        line = " ".join(self.text.split())
        return line if len(line) <= SHOWN_CHARACTERS else f"{line[:SHOWN_CHARACTERS]}…"


class Pair(Struct, frozen=True):
    """Tags as the model declares them, and whether it was measured to translate from one to the other."""

    source: str
    target: str
    translated: bool


class Report(Struct, frozen=True):
    """``seconds``: of all calls together; ``unserved``: names of cases whose options this model is not offered for;
    ``pairs``: of languages, that were tried."""

    model: str
    seconds: float
    figures: tuple[Figure, ...]
    failures: tuple[Failure, ...]
    unserved: tuple[str, ...]
    pairs: tuple[Pair, ...]


def made(model: str, seconds: float, judgements: Sequence[Judgement]) -> Report:
    """The report on ``model``, a name."""
    return Report(
        model=model,
        seconds=seconds,
        figures=_figures(judgements),
        failures=tuple(_failures(judgements)),
        unserved=tuple([f"{one.case.task}: {one.case.name}" for one in judgements if one.served is None]),
        pairs=tuple([Pair(*languages, translated) for languages, translated in pairs.measured(judgements).items()]),
    )


def machinery_failures(report: Report) -> tuple[Failure, ...]:
    """What no model can be blamed for."""
    return tuple([one for one in report.failures if one.check in MACHINERY])


def _figures(judgements: Iterable[Judgement]) -> tuple[Figure, ...]:
    passed: Counter[tuple[Interface, Check]] = Counter()
    asked: Counter[tuple[Interface, Check]] = Counter()
    for one in judgements:
        for outcome in one.outcomes:
            key = one.case.task, outcome.check
            passed[key] += outcome.passed
            asked[key] += outcome.asked
    tasks = list(OPTIONS)
    keys = sorted(asked, key=lambda key: (tasks.index(key[0]), key[1] not in MACHINERY, key[1]))
    return tuple([Figure(task, check, passed[task, check], asked[task, check]) for task, check in keys])


def _failures(judgements: Iterable[Judgement]) -> Iterable[Failure]:
    for one in judgements:
        for outcome in one.outcomes:
            if outcome.fault is not None:
                case = one.case
                yield Failure(case.task, case.name, case.language, outcome.check, outcome.fault, one.text)
