"""What is measured of the Engine beside its peer: one function for each part of the table.

Every figure is the median of all runs, but where it says percentile, and but for what the Engine alone can tell.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from msgspec import structs

from bench import timed_engine
from bench.contender import Ask, Contender, Streaming, Trace, answer, answers
from bench.engine_contender import running_engine
from bench.figures import (
    Finding,
    Goal,
    crowd_rate,
    decode_rate,
    longest_pause,
    median,
    percentile,
    read_again,
    share_of,
)
from bench.match import ANSWER, QUESTION, Match
from bench.prompts import Prompts
from windowsill.engine_protocol import Turn

CROWD: Final = 8
HISTORY: Final = 1968
"""Words; the answer to them makes 2,000 tokens of history."""
NEXT: Final = 20
"""Words of the next question."""
BRIEF: Final = 24
"""Tokens of an answer of which only the beginning counts."""
SCHEMA: Final = (
    '{"type":"object","properties":{"title":{"type":"string","maxLength":40},'
    '"category":{"enum":["article","product","discussion","profile"]},'
    '"summary":{"type":"string","maxLength":80},"is_advertisement":{"type":"boolean"},'
    '"keywords":{"type":"array","items":{"type":"string","maxLength":12},"minItems":3,"maxItems":3},'
    '"needs_review":{"type":"boolean"}},'
    '"required":["title","category","summary","is_advertisement","keywords","needs_review"],'
    '"additionalProperties":false}'
)
"""Bounded, so that a model that never closes a string by itself comes to an end."""
SCHEMA_TOKENS: Final = 400
"""More than such an answer can take."""
GREEDY_ORIGIN: Final = "https://greedy.example"
LONG: Final = 600
"""Tokens of answers that others run beside."""
CORRECTED: Final = 32
"""Of so many words of a text that is rewritten, one is another in the answer (count)."""
SETTLED: Final = 20
"""Chunks of a stream that are watched before an abort, and after it."""


async def warm_up(match: Match) -> None:
    """Load the models, and let every slot be used once. Raises RuntimeError when prompts are not read alike."""
    asks = [match.question(BRIEF) for _ in range(CROWD)]
    contenders = [contender for contender in (match.ours, match.peer) if contender is not None]
    read = [[trace.usage.prompt for trace in await answers(contender, asks)] for contender in contenders]
    if any(tokens != read[0] for tokens in read):
        raise RuntimeError(f"the same prompts have other tokens: {read}")


async def streams(match: Match) -> list[Finding]:
    """One stream, and eight that start together."""
    one = await match.play(match.question, answer)
    eight = await match.play(lambda: [match.question() for _ in range(CROWD)], answers)
    single, single_peer = (median([decode_rate(trace) for trace in traces]) for traces in one)
    crowd, crowd_peer = (median([crowd_rate(traces) for traces in runs]) for runs in eight)
    waits, waits_peer = ([trace.first_seconds for traces in runs for trace in traces] for runs in eight)
    alone, alone_peer = ([trace.first_seconds for trace in traces] for traces in one)
    sooner = Goal(0.8, at_most=True, ratio=True)
    return [
        _finding("one stream, decode", "tokens/s", single, single_peer, Goal(1.0, at_most=False, ratio=True)),
        _finding("eight streams, decode in all", "tokens/s", crowd, crowd_peer, Goal(1.1, at_most=False, ratio=True)),
        _finding(
            "eight streams / one",
            "×",
            _quotient(crowd, single),
            _quotient(crowd_peer, single_peer),
            Goal(3.0, at_most=False),
        ),
        _finding("one stream, first text", "ms", _ms(median(alone)), _ms(median(alone_peer))),
        _finding("eight streams, first text, p50", "ms", _ms(_at(waits, 0.5)), _ms(_at(waits_peer, 0.5)), sooner),
        _finding("eight streams, first text, p95", "ms", _ms(_at(waits, 0.95)), _ms(_at(waits_peer, 0.95)), sooner),
    ]


async def schema(match: Match) -> list[Finding]:
    """An answer that a JSON Schema binds, and one as long a prompt without it, which tells what reading takes."""

    async def once(contender: Contender, asks: tuple[Ask, Ask]) -> tuple[float, float]:
        plain, bound = asks
        reading = (await answer(contender, plain)).first_seconds
        trace = await answer(contender, bound)
        return trace.usage.answer / (trace.seconds - reading), trace.seconds

    def case() -> tuple[Ask, Ask]:
        return match.question(BRIEF), match.question(SCHEMA_TOKENS, schema=SCHEMA)

    both = await match.play(case, once)
    rates, times = ([median([found[place] for found in side]) for side in both] for place in range(2))
    return [
        _finding("JSON Schema, the answer", "tokens/s", rates[0], rates[1], Goal(2.0, at_most=False, ratio=True)),
        _finding("JSON Schema, whole answer", "s", times[0], times[1]),
    ]


async def second_turn(match: Match) -> list[Finding]:
    """A conversation of 2,000 tokens goes on; and it is cloned while it goes on."""

    async def once(contender: Contender, case: tuple[Ask, str, str]) -> tuple[Trace, Trace, Trace]:
        ask, question, other = case
        first = await answer(contender, ask)
        second = await answer(contender, _next(ask, first, question, BRIEF))
        async with Streaming(contender, _next(ask, first, question, LONG)) as original:
            await original.writing()
            clone = await answer(contender, _next(ask, first, other, BRIEF))
        return first, second, clone

    def case() -> tuple[Ask, str, str]:
        return match.question(BRIEF, words=HISTORY), match.prompts.text(NEXT), match.prompts.text(NEXT)

    both = await match.play(case, once)
    again = [median([read_again(first, second) for first, second, _ in side]) for side in both]
    again_clone = [median([read_again(first, clone) for first, _, clone in side]) for side in both]
    waits = [_ms(median([second.first_seconds for _, second, _ in side])) for side in both]
    waits_clone = [_ms(median([clone.first_seconds for _, _, clone in side])) for side in both]
    nothing = Goal(1, at_most=True)  # the answer's last token was written and not read yet
    return [
        _finding("second turn, history read again", "tokens", again[0], again[1], nothing),
        _finding("second turn, first text", "ms", waits[0], waits[1], Goal(1.0, at_most=True, ratio=True)),
        _finding("clone of a busy session, history read again", "tokens", again_clone[0], again_clone[1], nothing),
        _finding("clone of a busy session, first text", "ms", waits_clone[0], waits_clone[1]),
    ]


async def fairness(match: Match) -> list[Finding]:
    """One origin holds seven streams, another starts one."""

    async def once(contender: Contender, case: tuple[Ask, Ask, list[Ask]]) -> tuple[float, float, float]:
        before, ask, greedy = case
        alone = await answer(contender, before)
        async with contextlib.AsyncExitStack() as stack:
            others = [await stack.enter_async_context(Streaming(contender, one)) for one in greedy]
            for other in others:
                await other.writing()
            late = await answer(contender, ask)
            share = share_of(late, [other.trace for other in others])
        return late.first_seconds, late.first_seconds / alone.first_seconds, share

    def case() -> tuple[Ask, Ask, list[Ask]]:
        greedy = [
            Ask(turns=match.prompts.question(QUESTION), max_tokens=LONG, origin=GREEDY_ORIGIN) for _ in range(CROWD - 1)
        ]
        return match.question(BRIEF), match.question(), greedy

    both = await match.play(case, once)
    waits, slower, shares = ([median([found[place] for found in side]) for side in both] for place in range(3))
    return [
        _finding("beside seven of another origin, first text", "ms", _ms(waits[0]), _ms(waits[1])),
        _finding("the same / alone", "×", slower[0], slower[1], Goal(2.0, at_most=True)),
        _finding(
            "beside seven of another origin, share of all text", "", shares[0], shares[1], Goal(0.5, at_most=False)
        ),
    ]


async def abort(match: Match) -> list[Finding]:
    """One of two streams is aborted: whether the other one notices. (That compute stops is counted by a test.)"""
    pauses: list[float] = []
    for _ in range(match.runs):
        async with Streaming(match.ours, match.question(LONG)) as stays:
            async with Streaming(match.ours, match.question(LONG)) as leaves:
                await leaves.writing(SETTLED)
                await stays.writing(SETTLED)
            aborted = time.perf_counter()
            await stays.writing(len(stays.trace.arrivals) + SETTLED)
            times = [when for when, _ in stays.trace.arrivals]
        usual = longest_pause([when for when in times if when < aborted][-SETTLED:])
        pauses.append(longest_pause(times[-SETTLED - 1 :]) / usual)
    return [
        _finding("abort, the other stream's longest pause, after / before", "×", median(pauses), None),
    ]


async def beside_decode(model: Path, threads: int, prompts: Prompts) -> list[Finding]:
    """What of a step is not llama.cpp's decode: scheduling, sampling, text and its way to the clients."""
    with tempfile.TemporaryDirectory(prefix="windowsill-bench-") as folder:
        report = Path(folder) / "steps"
        program = (sys.executable, "-I", timed_engine.__file__, str(report))
        async with running_engine(model, threads, program=program) as engine:
            await answers(engine, [Ask(turns=prompts.question(QUESTION), max_tokens=ANSWER) for _ in range(CROWD)])
            share = timed_engine.other_share(timed_engine.read(report), CROWD)
    percent = None if share is None else share * 100
    return [_finding("eight streams, Python's share of a step", "%", percent, None, Goal(5, at_most=True))]


async def rewrite(model: Path, words: int, threads: int, runs: int) -> list[Finding]:
    """A text is corrected: what ``model`` answers, which counts ``words``, is the question but for some words of it."""
    spoilt = [f" w{number}" if (number + 1) % CORRECTED else " other" for number in range(words)]
    turns = (Turn(role="user", content="Correct this:" + "".join(spoilt)),)
    plain = Ask(turns=turns, max_tokens=words)
    rates: dict[bool, list[float | None]] = {False: [], True: []}
    async with running_engine(model, threads) as engine:
        await answer(engine, plain)  # loads the model and reads the question
        for run in range(runs):
            for copies in (False, True) if run % 2 else (True, False):
                rates[copies].append(decode_rate(await answer(engine, structs.replace(plain, copies=copies))))
    guessing, plainly = median(rates[True]), median(rates[False])
    return [
        _finding("rewrite that copies, decode without speculation", "tokens/s", plainly, None),
        _finding("rewrite that copies, decode", "tokens/s", guessing, None),
        _finding("the same / without", "×", _quotient(guessing, plainly), None, Goal(2.0, at_most=False)),
    ]


def _next(ask: Ask, before: Trace, question: str, tokens: int) -> Ask:
    turns = (*ask.turns, Turn(role="assistant", content=before.text), Turn(role="user", content=question))
    return Ask(turns=turns, max_tokens=tokens, origin=ask.origin)


def _finding(what: str, unit: str, ours: float | None, peer: float | None, goal: Goal | None = None) -> Finding:
    return Finding(what=what, unit=unit, ours=ours, peer=peer, goal=goal)


def _quotient(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _at(values: list[float], share: float) -> float | None:
    return percentile(values, share) if values else None


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
