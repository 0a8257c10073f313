"""``windowsill bench``: how fast this machine writes with the user's model, bare and through the Engine.

Bare and Engine take turns, and the median of each counts, so that a busy moment of the machine hits both.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import anyio
from msgspec import Struct

from windowsill import settings
from windowsill.engine_environment import engine_environment
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Finished, ModelRef, Turn
from windowsill.models.chosen import chosen
from windowsill.settings import Paths, Settings
from windowsill.tasks.sampling import SAMPLING_MODES

ORIGIN: Final = "windowsill:bench"
PROMPT: Final = "Tell me a story."
RUNS: Final = 5
"""Measurements of each figure (count), whose median is shown: one that something disturbed does not count."""

ANSWER_TOKENS: Final = 256
"""Tokens of one measured answer: seconds of decoding on a small machine, so that starting it does not show."""


class Answer(Struct, frozen=True):
    """What one answer took. ``first_seconds``: to its first text; ``rate``: tokens a second from then on, if any."""

    first_seconds: float
    rate: float | None
    characters: int
    finished: Finished


class Figures(Struct, frozen=True):
    """Medians. ``bare``, ``engine``: tokens a second."""

    bare: float
    engine: float
    first_seconds: float


def run() -> int:
    """Measure with the model that answers now and print what was found; an exit status."""
    where = settings.paths()
    current = settings.load(where)
    model = chosen(current)
    print(f"Measuring {model.name} ({RUNS} answers each way) ...")
    figures = anyio.run(measure, where, current, model.ref)
    print(f"llama.cpp alone     {figures.bare:9.1f} tokens a second")
    print(f"through the Engine  {figures.engine:9.1f} tokens a second ({figures.engine / figures.bare:.2f} of it)")
    print(f"time to first text  {figures.first_seconds * 1000:9.1f} ms")
    return 0


async def measure(where: Paths, current: Settings, model: ModelRef) -> Figures:
    """The Engine beside bare llama.cpp. Raises WindowsillError."""
    link = EngineLink(where, current)
    try:
        await answer(link, model)  # loads the model
        answers: list[Answer] = []
        bare: list[float] = []
        for _ in range(RUNS):
            answers.append(await answer(link, model))
            finished = answers[-1].finished
            bare.append(
                await anyio.to_thread.run_sync(
                    bare_rate, Path(model.path), current.threads, finished.prompt_tokens, finished.completion_tokens
                )
            )
    finally:
        await link.aclose()
    return Figures(
        bare=statistics.median(bare),
        engine=statistics.median(one.rate for one in answers if one.rate is not None),
        first_seconds=statistics.median(one.first_seconds for one in answers),
    )


async def answer(link: EngineLink, model: ModelRef, max_tokens: int = ANSWER_TOKENS) -> Answer:
    """One greedy answer, timed. Raises WindowsillError."""
    turns = (Turn(role="user", content=PROMPT),)
    greedy = SAMPLING_MODES["most-predictable"]
    started = time.perf_counter()
    async with link.generate(
        model=model,
        origin=ORIGIN,
        visible=True,
        turns=turns,
        sampling=greedy,
        max_tokens=max_tokens,
        continues=False,
    ) as generation:
        arrivals = [(time.perf_counter(), len(piece)) async for piece in generation]
    finished = generation.finished
    first = arrivals[0][0] if arrivals else time.perf_counter()
    return Answer(
        first_seconds=first - started,
        rate=rate(arrivals, finished.completion_tokens),
        characters=sum(length for _, length in arrivals),
        finished=finished,
    )


def rate(arrivals: list[tuple[float, int]], tokens: int) -> float | None:
    """Tokens a second after the first arrival (seconds, characters), whose share of the text counts as waiting time."""
    if len(arrivals) < 2:
        return None
    seconds = arrivals[-1][0] - arrivals[0][0]
    characters = sum(length for _, length in arrivals)
    return tokens * (1 - arrivals[0][1] / characters) / seconds


def bare_rate(path: Path, threads: int, prompt_tokens: int, tokens: int) -> float:
    """Tokens a second of llama.cpp alone, measured in a process of its own."""
    command = [sys.executable, "-m", "windowsill.engine.bare_decode", str(path), "--threads", str(threads)]
    command += ["--prompt-tokens", str(prompt_tokens), "--tokens", str(tokens)]
    environment = engine_environment()  # what helps the Engine helps llama.cpp alone
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    return float(ran.stdout)
