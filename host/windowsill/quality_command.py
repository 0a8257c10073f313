"""``windowsill quality``: the cases run, and what came of them is printed. The rules of ``cli.py`` hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from windowsill.models.chosen import Chosen
    from windowsill.quality.cases import Case
    from windowsill.quality.report import Report
    from windowsill.settings import Paths, Settings

app = typer.Typer(rich_markup_mode=None)


@app.command("quality")
def quality_command(
    model: Annotated[
        Path | None, typer.Argument(help="A GGUF file, instead of the chosen model.", resolve_path=True)
    ] = None,
    task: Annotated[list[str] | None, typer.Option(help="summarizer, writer, ... (default: all).")] = None,
    language: Annotated[list[str] | None, typer.Option(help="en, es, ... (default: all).")] = None,
    failures: Annotated[bool, typer.Option("--failures", help="Also print each example that failed.")] = False,
    json: Annotated[
        Path | None, typer.Option(help="Also write all of it to this file.", dir_okay=False, writable=True)
    ] = None,
) -> None:
    """Measure how well a model does the tasks; pages are not offered translations that fail."""
    import anyio
    import msgspec
    from rich.console import Console

    from windowsill import settings, shipped
    from windowsill.models import chosen
    from windowsill.models.measured_pairs import MeasuredPairs

    where = settings.paths()
    current = settings.load(where)
    choice = chosen.at(model or current.model or shipped.model())
    cases = _cases(task or (), language or ())
    if json is not None and not json.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {json.parent}", param_hint="--json")
    report = anyio.run(_measured, where, current, choice, cases)
    _print(Console(highlight=False, soft_wrap=True), report, failures=failures)
    if json is not None:
        json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    if report.pairs:
        outcomes = {(pair.source, pair.target): pair.translated for pair in report.pairs}
        MeasuredPairs(where.measured_pairs).record(choice.ref, outcomes)


def _cases(tasks: Sequence[str], languages: Sequence[str]) -> tuple[Case, ...]:
    from windowsill.quality import cases

    known = cases.load()
    for given, there, option in (
        (tasks, {one.task for one in known}, "--task"),
        (languages, {one.language for one in known}, "--language"),
    ):
        if unknown := set(given) - there:
            message = f"{', '.join(sorted(unknown))} is none of {', '.join(sorted(there))}"
            raise typer.BadParameter(message, param_hint=option)
    return cases.chosen(known, tasks, languages)


async def _measured(where: Paths, current: Settings, model: Chosen, cases: Sequence[Case]) -> Report:
    """With a bar on standard error while it lasts."""
    from contextlib import aclosing

    from rich.console import Console
    from rich.progress import Progress

    from windowsill.engine_link import EngineLink
    from windowsill.quality import run

    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(f"{len(cases)} cases", total=len(cases))
        async with aclosing(EngineLink(where, current)) as link:
            return await run.measure(link, model, cases, lambda _: progress.advance(bar))


def _print(console: Console, report: Report, *, failures: bool) -> None:
    from rich.table import Column, Table
    from rich.text import Text

    from windowsill.quality.checks import MACHINERY
    from windowsill.terminal import printable

    table = Table("task", "check", "of", Column("passed", justify="right"), "", box=None, pad_edge=False)
    for one in report.figures:
        whose = "Windowsill" if one.check in MACHINERY else "model"
        table.add_row(one.task, one.check, whose, f"{one.passed} of {one.asked}", f"{one.passed / one.asked:.0%}")
    console.print(table)
    console.print(Text(f"{report.model}: {report.seconds:.0f} seconds"))
    if report.unserved:
        console.print(f"{len(report.unserved)} cases have options that this model is not offered for")
    for pair in report.pairs:
        if not pair.translated:
            console.print(f"does not translate from {pair.source} to {pair.target}: pages are not offered it any more")
    for failure in report.failures if failures else ():
        heading = f"{failure.task}: {failure.case} ({failure.language}): {failure.check}: {failure.fault}"
        console.print(Text(printable(heading), "bold"))
        console.print(Text(f"    {printable(failure.shown)}"))
