"""What is measured: one function per row or two of the table. Each takes the built extension's folder."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any, Final, TypeVar

import anyio
import msgspec
from msgspec import Struct
from playwright.sync_api import BrowserContext, Page, Worker

from bench import pages
from bench.plain_chromium import report
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


def stream_rate(extension: Path, label: str, model: Path) -> list[Row]:
    """Text rate at the page beside llama.cpp alone, on the same model and threads, taking turns."""
    probe = anyio.run(_engine_answer, model)
    tokens_per_character = probe.finished.completion_tokens / probe.characters
    bare: list[float] = []

    def run_bare(_: Place) -> None:
        bare.append(bench.bare_rate(model, 0, probe.finished.prompt_tokens, probe.finished.completion_tokens))

    script = pages.STREAM.replace("RUNS", str(RUNS)).replace("PROMPT", repr(bench.PROMPT))
    streamed = _reported(report(extension, model, script, {"bare": run_bare}), pages.Streamed)
    characters = [sum(length for _, length in arrivals) for arrivals in streamed.answers]
    rates = [
        rate
        for arrivals, length in zip(streamed.answers, characters, strict=True)
        if (rate := bench.rate(arrivals, round(length * tokens_per_character))) is not None
    ]
    page, alone = statistics.median(rates), statistics.median(bare)
    return [
        Row(f"{label}: llama.cpp alone", alone, "tokens/s"),
        Row(f"{label}: at the page", page, "tokens/s"),
        Row(f"{label}: page / alone", page / alone, "", 0.95, at_most=False),
        Row(f"{label}: first chunk", statistics.median(a[0][0] for a in streamed.answers) * 1000, "ms"),
    ]


async def _engine_answer(model: Path) -> bench.Answer:
    """The page's greedy answer without the page: how many tokens its characters are."""
    with throwaway.place(model) as here:
        current = settings.load(here.paths)
        link = EngineLink(here.paths, current)
        try:
            return await bench.answer(link, chosen.chosen(current).ref, WHOLE_ANSWER)
        finally:
            await link.aclose()


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
    took = sorted(_reported(report(extension, None, script, {"idle": look_at_host}), pages.RoundTrips).took)
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


def _reported(said: Any, shape: type[Shape]) -> Shape:
    if "failed" in said:
        raise SystemExit(f"the measuring page failed: {said['failed']}")
    return msgspec.convert(said, shape)


def _resident_megabytes(process: Path) -> float:
    status = (process / "status").read_text(encoding="utf-8")
    kibibytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kibibytes) * 1024 / 1e6
