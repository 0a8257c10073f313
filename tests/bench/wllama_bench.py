"""``make bench-wllama``: a page's own model, as WebAssembly, beside the same model through Windowsill, in one page.

They are asked the same questions, one after the other: Windowsill; wllama with two threads; wllama with one, as in a
page that is not isolated from other origins.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench import pages, table
from bench.llama_source import CACHE, llama_source
from bench.match import QUESTION
from bench.measures import Row, reported
from bench.plain_chromium import report
from bench.prompts import Prompts
from bench.shapes import shaped_model
from bench.wllama import wllama
from windowsill import bench, shipped

THREADS: Final = 2
"""Of wllama where it has several; the goals are held against these."""

ANSWER: Final = 48
"""Tokens: ten seconds of wllama's."""

FASTER: Final = 4.0
SOONER: Final = 20.0


def main() -> int:
    """Measure and print; an exit status: 0 when no goal is missed."""
    parser = argparse.ArgumentParser(prog="bench.wllama_bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of each, whose median counts")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where model and wllama are kept")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    arguments = parser.parse_args()
    extension = shipped.extension()
    if extension is None:
        raise SystemExit("bench measures a checkout")
    model = shaped_model(arguments.cache, llama_source(arguments.cache), "qwen2.5-0.5b", "Q4_0")
    peer = wllama(arguments.cache)
    print("Measuring for some minutes; other work on this machine spoils the figures.", flush=True)
    prompts = Prompts()
    questions = [prompts.text(QUESTION) for _ in range(arguments.runs + 1)]
    files = {pages.WLLAMA_SCRIPT: peer.script, pages.WLLAMA_PROGRAM: peer.program, pages.MODEL: model}
    script = pages.beside_wllama(questions, threads=THREADS, tokens=ANSWER)
    raced = reported(report(extension, model, script, {}, files), pages.Raced)
    rows = _rows(raced)
    table.show(rows)
    if arguments.json is not None:
        table.write(arguments.json, rows)
    return 0 if all(row.met for row in rows) else 1


def _rows(raced: pages.Raced) -> list[Row]:
    ours, several, one = (_medians(answers) for answers in (raced.windowsill, raced.several, raced.one))
    rows: list[Row] = []
    for label, (rate, first) in (
        ("Windowsill", ours),
        (f"wllama, {THREADS} threads", several),
        ("wllama, 1 thread", one),
    ):
        rows += [Row(f"{label}: decode", rate, "tokens/s"), Row(f"{label}: first text", first, "s")]
    return [
        *rows,
        Row("decode / wllama's", ours[0] / several[0], "×", FASTER, at_most=False),
        Row("wllama's first text / ours", several[1] / ours[1], "×", SOONER, at_most=False),
    ]


def _medians(answers: Sequence[pages.Written]) -> tuple[float, float]:
    """Tokens a second, and seconds to the first text."""
    rates = [bench.rate(answer.arrivals, answer.words) for answer in answers]
    return (
        statistics.median(rate for rate in rates if rate is not None),
        statistics.median(answer.arrivals[0][0] for answer in answers),
    )


if __name__ == "__main__":
    raise SystemExit(main())
