"""``make bench-engine``: the Engine beside llama-server, on the same model with the same threads, taking turns.

The first run builds llama-server (8 minutes on two cores) and makes the model (a minute); both are kept.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
from pathlib import Path
from typing import Final

import anyio
from rich.console import Console

from bench import engine_measures as measures
from bench import report
from bench.engine_contender import running_engine
from bench.figures import Finding
from bench.known_models import LARGE_WORDS, large_model
from bench.llama_source import CACHE, llama_source
from bench.match import Match
from bench.peer import Capacity, built_peer, running_peer
from bench.prompts import Prompts
from bench.server_contender import ServerContender
from bench.shapes import SHAPES, shaped_model
from support.tiny_gguf import FTYPES
from windowsill.engine import bounds, processors

MEASURES: Final = {
    "streams": measures.streams,
    "schema": measures.schema,
    "second-turn": measures.second_turn,
    "fairness": measures.fairness,
    "abort": measures.abort,
}
REWRITE: Final = "rewrite"
BESIDE_DECODE: Final = "python"


def main() -> int:
    """Measure and print; an exit status: 0 when no goal is missed."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who ends it early ends Engine and peer as well
    source = llama_source(arguments.cache)
    model = shaped_model(arguments.cache, source, arguments.shape, arguments.type)
    program = None if arguments.alone else built_peer(arguments.cache, source)
    print("Measuring; other work on this machine spoils the figures.", flush=True)
    findings = anyio.run(_findings, model, program, arguments)
    told = report.Report(
        report.conditions(f"{SHAPES[arguments.shape].name} {arguments.type}", arguments.threads, arguments.runs),
        findings,
    )
    Console(width=report.WIDTH, highlight=False).print(str(told.conditions), report.table(findings), sep="\n")
    if arguments.json is not None:
        arguments.json.write_bytes(report.json(told))
    if arguments.markdown is not None:
        arguments.markdown.write_text(report.markdown(told), encoding="utf-8")
    return 1 if any(finding.met is False for finding in findings) else 0


async def _findings(model: Path, program: Path | None, arguments: argparse.Namespace) -> list[Finding]:
    findings: list[Finding] = []
    async with contextlib.AsyncExitStack() as stack:
        peer = None
        if program is not None:
            capacity = Capacity(arguments.threads, bounds.SLOTS, bounds.CACHE_TOKENS)
            peer = ServerContender(await stack.enter_async_context(running_peer(program, model, capacity)))
        engine = await stack.enter_async_context(running_engine(model, arguments.threads))
        match = Match(engine, peer, Prompts(), arguments.runs)
        await measures.warm_up(match)
        for name, measure in MEASURES.items():
            if name in arguments.only:
                print(f"{name} ...", flush=True)
                findings += await measure(match)
    if REWRITE in arguments.only:
        print(f"{REWRITE} ...", flush=True)
        large = large_model(arguments.cache)
        findings += await measures.rewrite(large, LARGE_WORDS, arguments.threads, arguments.runs)
    if BESIDE_DECODE in arguments.only:
        findings += await measures.beside_decode(model, arguments.threads, Prompts())
    return findings


def _arguments() -> argparse.Namespace:
    names = [*MEASURES, REWRITE, BESIDE_DECODE]
    parser = argparse.ArgumentParser(prog="bench.engine_bench", description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="qwen2.5-0.5b", help="sizes of the model")
    parser.add_argument("--type", choices=FTYPES, default="Q4_0", help="its quantization")
    parser.add_argument("--threads", type=int, default=processors.usable(), help="that compute, for both")
    parser.add_argument("--runs", type=int, default=5, help="of each measure, whose median counts")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="MEASURE", help=", ".join(names))
    parser.add_argument("--alone", action="store_true", help="measure the Engine without llama-server")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where models and llama-server are kept")
    parser.add_argument("--json", type=Path, help="also write the findings to this file")
    parser.add_argument("--markdown", type=Path, help="also write the table to this file")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
