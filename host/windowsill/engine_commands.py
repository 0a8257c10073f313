"""``windowsill devices``, ``status`` and ``stop``: what computes, and for whom. The rules of ``cli.py`` hold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from windowsill.device_report import Report
    from windowsill.engine_usage import Usage

app = typer.Typer(rich_markup_mode=None)

NOT_RUNNING = "the Engine does not run; the next request of a page, or `windowsill prompt`, starts it"

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command("devices")
def devices_command(
    check: Annotated[bool, typer.Option("--check", help="Decode a little on each, in a process of its own.")] = False,
    json: AsJson = False,
) -> None:
    """Show what can compute on this machine, and what will."""
    import msgspec

    from windowsill import device_report, settings

    where = settings.paths()
    report = device_report.make(where, settings.load(where), check=check)
    if json:
        print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        _print_devices(report)
    raise typer.Exit(1 if report.broken else 0)


def _print_devices(report: Report) -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    from windowsill import device_report

    console = Console(soft_wrap=True, highlight=False)
    table = Table(
        "used", "device", "kind", "back end", Column("free", justify="right"), "what it is", box=None, pad_edge=False
    )
    for one in report.devices:
        device = one.device
        memory = f"{_size(device.memory_free)} of {_size(device.memory_total)}" if device.memory_total else "-"
        mark = "yes" if one.used else "no"
        what = Text(device.description)
        table.add_row(mark, Text(device.name), device.kind.replace("_", " "), Text(device.backend), memory, what)
    console.print(table)
    for one in report.devices:
        if one.device.features:
            features = Text.assemble((one.device.name, "bold"), " has ", " ".join(one.device.features))
            console.print(features, soft_wrap=False)
    console.print(device_report.summary(report))
    for one in report.devices:
        if one.verdict is not None:
            said = "decodes" if one.verdict.works else f"does not decode: {one.verdict.reason}"
            console.print(Text.assemble((one.device.name, "bold"), ": ", said))
    for line in report.remarks:
        console.print(Text.assemble("→ ", (line, "cyan")))


@app.command("status")
def status_command(
    watch: Annotated[bool, typer.Option("--watch", help="Go on until interrupted.")] = False,
    json: AsJson = False,
) -> None:
    """Show what the Engine does, for whom, and how fast."""
    import anyio

    try:
        anyio.run(_status, watch, json)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


async def _status(watch: bool, json: bool) -> None:
    """``watch``: for ever."""
    from contextlib import aclosing

    import msgspec
    from rich.console import Console
    from rich.live import Live

    from windowsill import settings, terminal
    from windowsill.engine_link import EngineLink

    where = settings.paths()
    console = Console(highlight=False)
    async with aclosing(EngineLink(where, settings.load(where))) as link, aclosing(terminal.usages(link)) as usages:
        if json:
            async for usage in usages:
                print(msgspec.json.encode(usage).decode(), flush=True)
                if not watch:
                    return
        elif watch:
            with Live(console=console, auto_refresh=False) as live:
                async for usage in usages:
                    live.update(_picture(usage), refresh=True)
        else:
            console.print(_picture(await anext(usages)), soft_wrap=True)


def _picture(usage: Usage | None) -> RenderableType:
    """Tables of models and origins, and a line of totals."""
    from rich.console import Group
    from rich.table import Column, Table
    from rich.text import Text

    if usage is None:
        return Text(NOT_RUNNING)
    counts = [Column(name, justify="right") for name in ("memory", "cache", "conversations kept")]
    models = Table("model", "device", *counts, box=None, pad_edge=False)
    for model in usage.models:
        cache = f"{model.cells} of {model.cache} tokens"
        models.add_row(Text(model.name), Text(model.device), _size(model.memory), cache, str(model.kept))
    counts = [Column(name, justify="right") for name in ("running", "waiting", "paused", "hidden", "tokens/s")]
    origins = Table(Column("origin", overflow="fold"), *counts, box=None, pad_edge=False)
    for origin, used in sorted(usage.origins.items()):
        figures = (used.running, used.waiting, used.paused, used.hidden, f"{used.tokens_per_second:.1f}")
        origins.add_row(Text(origin), *map(str, figures))
    shown: list[RenderableType] = [models, Text()] if usage.models else [Text("no model is in memory")]
    shown += [origins, Text()] if usage.origins else [Text("nothing is under way")]
    totals = f"process {usage.stats.pid}, {_size(usage.stats.memory)}, {usage.tokens_per_second:.1f} tokens/s"
    return Group(*shown, Text(totals))


@app.command("stop")
def stop_command(origin: Annotated[str, typer.Argument(help="As `windowsill status` shows it.")]) -> None:
    """End what an origin has under way; it may ask again."""
    import anyio

    count = anyio.run(_stop, origin)
    if count is None:
        print(f"windowsill: {NOT_RUNNING}", file=sys.stderr)
        raise typer.Exit(1)
    if not count:
        print(f"windowsill: {origin} has nothing under way", file=sys.stderr)
        raise typer.Exit(1)
    print(f"stopped {count} answer{'s' if count > 1 else ''} for {origin}")


async def _stop(origin: str) -> int | None:
    from contextlib import aclosing

    from windowsill import engine_usage, settings
    from windowsill.engine_link import EngineLink
    from windowsill.engine_usage import Look

    where = settings.paths()
    async with aclosing(EngineLink(where, settings.load(where))) as link:
        stats = await link.stats()
        if stats is None:
            return None
        used = engine_usage.usage(None, Look(0.0, stats)).origins.get(origin)
        await link.stop_origin(origin)
        return 0 if used is None else used.running + used.waiting + used.paused


def _size(count: int) -> str:
    """Bytes, for eyes."""
    return f"{count / 2**30:.1f} GiB" if count >= 2**30 else f"{count / 2**20:.0f} MiB"
