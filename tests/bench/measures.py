"""What is measured: one function per row or two of the table. Each takes the built extension's folder."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import msgspec
from msgspec import Struct
from playwright.sync_api import BrowserContext, Page, Worker

from bench import pages
from bench.plain_chromium import report
from bench.prompts import Prompts
from support.host_pids import hosts
from support.worker_counts import count, counts, worker_of
from windowsill import bench, settings
from windowsill.demo import browser, throwaway
from windowsill.demo.throwaway import Place
from windowsill.engine_link import EngineLink
from windowsill.models import chosen
from windowsill.protocol import PROTOCOL_MAX, PROTOCOL_MIN

Shape = TypeVar("Shape")

RUNS: Final = 5
CALLS: Final = 2000
STARTS: Final = 15
WHOLE_ANSWER: Final = 4000
"""Tokens; more than any of the known answers has."""
LONG_ANSWER: Final = 256
"""Tokens of an answer that would not end by itself."""
HISTORY: Final = 1990
"""Words; with a chat template's own tokens a conversation of 2,000."""
BRIEF: Final = 20
CLONES: Final = 100
LOADS: Final = 20
SCRIPTS: Final = ("relay.js", "page.js")


class Row(Struct, frozen=True):
    """One line of the table. ``goal``: the bound; ``at_most``: whether it is an upper one; None: only to know."""

    what: str
    measured: float
    unit: str
    goal: float | None = None
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.goal is None or (self.measured <= self.goal if self.at_most else self.measured >= self.goal)


def stream_rate(extension: Path, label: str, model: Path, tokens: int = WHOLE_ANSWER) -> list[Row]:
    """Text rate at the page beside llama.cpp alone, on the same model and threads, taking turns."""

    def bare(_: Place, probe: bench.Answer) -> float:
        return bench.bare_rate(model, 0, probe.finished.prompt_tokens, probe.finished.completion_tokens)

    page, alone, first = _page_beside(bare, extension, model, tokens, rendered=False)
    return [
        Row(f"{label}: llama.cpp alone", alone, "tokens/s"),
        Row(f"{label}: at the page", page, "tokens/s"),
        Row(f"{label}: page / alone", page / alone, "", 0.95, at_most=False),
        Row(f"{label}: first chunk", first * 1000, "ms"),
    ]


def rendered_rate(extension: Path, label: str, model: Path, tokens: int) -> list[Row]:
    """Text rate at a page that shows the text as it comes beside the very same Engine without a browser's work."""

    def engine(here: Place, _: bench.Answer) -> float:
        rate = anyio.run(_engine_answer, here, tokens).rate
        assert rate is not None
        return rate

    page, alone, _ = _page_beside(engine, extension, model, tokens, rendered=True)
    return [
        Row(f"{label}: Engine alone", alone, "tokens/s"),
        Row(f"{label}: at a page that renders", page, "tokens/s"),
        Row(f"{label}: page that renders / Engine alone", page / alone, "", 0.85, at_most=False),
    ]


def _page_beside(
    peer: Callable[[Place, bench.Answer], float], extension: Path, model: Path, tokens: int, *, rendered: bool
) -> tuple[float, float, float]:
    """Medians of the page's and the ``peer``'s rate (tokens/s), and of the page's first chunk (seconds)."""
    with throwaway.place(model) as here:
        probe = anyio.run(_engine_answer, here, tokens)
    tokens_per_character = probe.finished.completion_tokens / probe.characters
    rates: list[float] = []
    script = pages.stream(bench.PROMPT, runs=RUNS, characters=probe.characters, rendered=rendered)
    steps = {"peer": lambda here: rates.append(peer(here, probe))}
    answers = reported(report(extension, model, script, steps), pages.Streamed).answers
    page = [bench.rate(each, round(sum(length for _, length in each) * tokens_per_character)) for each in answers]
    return (
        statistics.median(rate for rate in page if rate is not None),
        statistics.median(rates),
        statistics.median(each[0][0] for each in answers),
    )


async def _engine_answer(here: Place, tokens: int) -> bench.Answer:
    """The page's greedy answer without the page: what it says, and how many tokens its characters are."""
    current = settings.load(here.paths)
    link = EngineLink(here.paths, current)
    try:
        return await bench.answer(link, chosen.chosen(current).ref, tokens)
    finally:
        await link.aclose()


def clone_time(extension: Path, label: str, model: Path) -> list[Row]:
    """``clone()`` of a long session that has been read, and what the Engine reads for it."""
    read: list[int] = []

    def look_at_engine(here: Place) -> None:
        read.append(anyio.run(_tokens_read, here))

    prompts = Prompts()
    script = pages.clone(prompts.text(HISTORY), prompts.text(BRIEF), runs=CLONES)
    steps = {"before": look_at_engine, "after": look_at_engine}
    cloned = reported(report(extension, model, script, steps), pages.Cloned)
    return [
        Row(f"{label}: clone() of {cloned.usage} tokens, p50", statistics.median(cloned.took) * 1000, "ms", 5.0),
        Row(f"{label}: read for {CLONES} clones", read[1] - read[0], "tokens", 0),
    ]


async def _tokens_read(here: Place) -> int:
    """By the Engine, since it started."""
    link = EngineLink(here.paths, settings.load(here.paths))
    try:
        stats = await link.stats()
    finally:
        await link.aclose()
    if stats is None:
        raise RuntimeError("no Engine runs")
    return stats.prefilled_tokens


def round_trip(extension: Path) -> list[Row]:
    """``availability()`` of a granted origin, and the Host that answered, once it is idle."""
    memory: list[float] = []
    strangers: list[str] = []

    def look_at_host(here: Place) -> None:
        (host,) = hosts(here.folder / "home")
        process = Path(f"/proc/{host}")
        memory.append(_resident_megabytes(process))
        maps = (process / "maps").read_text(encoding="utf-8")
        strangers.extend(name for name in ("numpy", "llama_cpp") if f"/{name}/" in maps)

    script = pages.AVAILABILITY.replace("CALLS", str(CALLS))
    took = sorted(reported(report(extension, None, script, {"idle": look_at_host}), pages.RoundTrips).took)
    return [
        Row("availability() round trip, p50", statistics.median(took) * 1000, "ms", 3.0),
        Row("availability() round trip, p99", took[len(took) * 99 // 100] * 1000, "ms"),
        Row("idle Host, resident", memory[0], "MB", 45.0),
        Row("numpy or llama_cpp in the Host", len(strangers), "", 0),
    ]


def in_the_extension(extension: Path) -> list[Row]:
    """What needs a look inside the browser: the Host's start, and what a page that uses nothing pays."""
    with throwaway.place(None) as here, browser.headless(extension, here.user_data) as context:
        worker = worker_of(context)
        starts = [_start_milliseconds(worker, here) for _ in range(STARTS)]
        return [
            Row("connectNative to hello, p50", statistics.median(starts), "ms", 150.0),
            *_unused_page(extension, context, worker),
        ]


CONNECT: Final = """(hello) => new Promise((resolve, reject) => {
  const started = performance.now();
  const port = chrome.runtime.connectNative(hello.name);
  port.onDisconnect.addListener(() => { reject(new Error(chrome.runtime.lastError?.message)); });
  port.onMessage.addListener(() => { port.disconnect(); resolve(performance.now() - started); });
  port.postMessage(hello.message);
})"""


def _start_milliseconds(worker: Worker, here: Place) -> float:
    """From ``connectNative`` to ``hello``, with no other Host of this profile starting or leaving meanwhile."""
    while hosts(here.folder / "home"):
        worker.evaluate("() => 0")  # each round trip gives the last one time to leave
    return float(worker.evaluate(CONNECT, _hello()))


def _hello() -> dict[str, object]:
    protocol = {"min": PROTOCOL_MIN, "max": PROTOCOL_MAX}
    message = {"type": "hello", "protocol": protocol, "version": "0", "profile": "bench"}
    return {"name": settings.NATIVE_HOST_NAME, "message": message}


def _unused_page(extension: Path, context: BrowserContext, worker: Worker) -> list[Row]:
    count(worker)
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<!doctype html><p>text", content_type="text/html"))
    costs = [_script_milliseconds(context, page, f"http://localhost/{number}") for number in range(LOADS)]
    size = sum((extension / name).stat().st_size for name in SCRIPTS)
    return [
        Row("injected script, minified", size / 1000, "KB", 40.0),
        Row("injected script, run in a page that uses nothing, p50", statistics.median(costs), "ms", 1.0),
        Row("ports opened by such pages", float(counts(worker).ports), "", 0),
    ]


def _script_milliseconds(context: BrowserContext, page: Page, address: str) -> float:
    """Milliseconds that the two scripts took in one load, by the browser's own trace."""
    session = context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    complete: list[object] = []
    session.on("Tracing.tracingComplete", lambda end: complete.append(end))  # Playwright marks its handlers
    session.on("Tracing.dataCollected", lambda found: events.extend(found["value"]))
    session.send("Tracing.start", {"transferMode": "ReportEvents", "categories": "devtools.timeline"})
    page.goto(address)
    session.send("Tracing.end")
    while not complete:
        page.evaluate("() => 0")  # each round trip lets events in
    session.detach()
    ours = f"chrome-extension://{settings.EXTENSION_ID}/"
    return sum(
        float(event["dur"]) / 1000
        for event in events
        if event["name"] == "EvaluateScript" and event["args"].get("data", {}).get("url", "").startswith(ours)
    )


def reported(said: Any, shape: type[Shape]) -> Shape:
    """What a measuring page posted. Raises SystemExit when it failed."""
    if "failed" in said:
        raise SystemExit(f"the measuring page failed: {said['failed']}")
    return msgspec.convert(said, shape)


def _resident_megabytes(process: Path) -> float:
    status = (process / "status").read_text(encoding="utf-8")
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kibibytes) * 1024 / 1e6
