"""What the built-in model was last measured at, and which figures fall below it. Pure but for reading the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from windowsill.quality.checks import MACHINERY
from windowsill.quality.report import Figure

FILE: Final = Path(__file__).with_name("baseline.json")

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs/quality.md"
TABLE_BEGINS: Final = "| Task | Passed"

TOLERANCE: Final = 0.1
"""Of what was asked (share) that a model's figure may lie below the baseline: batches differ from run to run, with them
the rounding, and with it here and there a word. Those of the machinery may not differ at all."""

AT_LEAST: Final = 2
"""That a model's figure may always lie below it (count), or one word would be too many where little is asked."""

RENEWAL: Final = "`make quality-baseline` measures anew and writes it; say in the commit why a figure fell."


def read() -> tuple[Figure, ...]:
    """The committed one."""
    return msgspec.json.decode(FILE.read_bytes(), type=tuple[Figure, ...])


def write(figures: Sequence[Figure]) -> None:
    """One line for each figure, so that a commit shows what changed."""
    lines = ",\n".join([f"  {msgspec.json.encode(one).decode()}" for one in figures])
    FILE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def table(figures: Sequence[Figure]) -> str:
    """For ``DOCUMENT``, in Markdown."""
    tasks = list(dict.fromkeys(one.task for one in figures))
    rows = [f"| {task} | {', '.join(_shown(one) for one in figures if one.task == task)} |" for task in tasks]
    return "\n".join(["| Task | Passed, of what was asked |", "| --- | --- |", *rows]) + "\n"


def _shown(figure: Figure) -> str:
    return f"{figure.check}\u00a0{figure.passed}/{figure.asked}"


def document(figures: Sequence[Figure]) -> str:
    """The document's text with the table of ``figures``, which ends it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    before = text.partition(TABLE_BEGINS)[0]
    return before + table(figures)


def allowance(figure: Figure) -> int:
    """How far below ``figure`` another run may lie (count)."""
    return 0 if figure.check in MACHINERY else max(AT_LEAST, round(TOLERANCE * figure.asked))


def fallen(before: Iterable[Figure], now: Iterable[Figure]) -> list[str]:
    """What is worse than it was by more than the allowance, or is not asked any more."""
    known = {(one.task, one.check): one for one in now}
    worse: list[str] = []
    for one in before:
        figure = known.get((one.task, one.check))
        if figure is None:
            worse.append(f"{one.task}: {one.check}: not asked any more")
        elif figure.passed * one.asked < (one.passed - allowance(one)) * figure.asked:
            was = f"{one.passed} of {one.asked}, less {allowance(one)} allowed"
            worse.append(f"{one.task}: {one.check}: {figure.passed} of {figure.asked}; it was {was}")
    return worse
