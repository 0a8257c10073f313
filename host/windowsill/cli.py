"""The ``windowsill`` command: reads arguments, calls one module, prints what it says.

Rules this file keeps: nothing is decided here; a command imports what it needs when it runs, so that ``--help`` is
quick; a foreseen error is one line on standard error: exit code 2 for a wrong command line, 1 for the rest.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from windowsill import __version__, engine_commands, grant_commands, quality_command

if TYPE_CHECKING:
    from windowsill.checks import Check
    from windowsill.install import Plan
    from windowsill.models.chosen import Chosen

FAILED = 1

app = typer.Typer(
    help="The browser's standard AI interfaces, answered by a model on this machine.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="Which model answers.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(engine_commands.app)
app.add_typer(quality_command.app)
app.add_typer(grant_commands.app, name="grants")
app.add_typer(models_app, name="models")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Print every write and write nothing.")]
ModelFile = Annotated[Path | None, typer.Option(help="A GGUF file, instead of the chosen model.", resolve_path=True)]


def main() -> None:
    """Entry point of the ``windowsill`` script."""
    from windowsill.errors import WindowsillError
    from windowsill.registration import RegistrationError
    from windowsill.settings import SettingsError

    try:
        app()
    except WindowsillError as error:
        _fail(error.detail)
    except (RegistrationError, SettingsError, OSError) as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    print(f"windowsill: {text}", file=sys.stderr)
    raise SystemExit(FAILED)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"windowsill {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command; ``--version`` acts in its callback."""


# ---- registering with browsers


@app.command("install")
def install_command(
    browser: Annotated[list[str] | None, typer.Option(help="chromium, chrome, edge, ... (default: all found).")] = None,
    user_data_dir: Annotated[
        Path | None, typer.Option(help="For a browser that is started with --user-data-dir.", resolve_path=True)
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Let browsers on this machine start Windowsill."""
    from windowsill import browsers, install, settings
    from windowsill.registration import RegistrationError

    try:
        wanted = [install.named(name) for name in browser or ()]
    except RegistrationError as error:
        raise typer.BadParameter(str(error), param_hint="--browser") from error
    folders = [user_data_dir] if user_data_dir else [one.user_data for one in wanted or browsers.found()]
    if not folders:
        raise RegistrationError("no browser was found; name one with --browser or --user-data-dir")
    where = settings.paths()
    plan = install.plan(where, folders, python=Path(sys.executable), home=settings.home())
    if not dry_run:
        install.install(where, plan)
    _print_plan(plan, "would write" if dry_run else "wrote", where.install_record)


def _print_plan(plan: Plan, verb: str, record: Path) -> None:
    for folder in plan.folders:
        print(f"{verb} folder {folder}")
    print(f"{verb} {record}")
    for file in plan.files:
        print(f"{verb} {file.path}")


@app.command("uninstall")
def uninstall_command(dry_run: DryRun = False) -> None:
    """Remove what `install` wrote; settings and grants stay."""
    from windowsill import install, settings

    where = settings.paths()
    if dry_run:
        for path in install.removable(where):
            print(f"would remove {path}")
        return
    removed = install.uninstall(where)
    for path in removed:
        print(f"removed {path}")
    if not removed:
        print("nothing was installed")


@app.command("doctor")
def doctor_command(
    json: Annotated[bool, typer.Option("--json", help="For programs: a list of checks.")] = False,
) -> None:
    """Check every part and say what to do about what is wrong."""
    import anyio
    import msgspec

    from windowsill import doctor, settings

    checks = anyio.run(doctor.examine, settings.paths())
    if json:
        print(msgspec.json.format(msgspec.json.encode(checks), indent=2).decode())
    else:
        _print_checks(checks)
    raise typer.Exit(FAILED if doctor.any_failed(checks) else 0)


def _print_checks(checks: tuple[Check, ...]) -> None:
    from rich.console import Console
    from rich.text import Text

    marks = {"pass": ("✓", "green"), "note": ("·", "yellow"), "fail": ("✗", "red")}
    console = Console(soft_wrap=True, highlight=False)
    for check in checks:
        mark, colour = marks[check.state]
        console.print(Text.assemble((mark, colour), " ", (check.name, "bold"), ": ", check.says))
        if check.remedy is not None:
            console.print(Text.assemble("    → ", (check.remedy, "cyan")))


# ---- models


@models_app.command("list")
def models_list() -> None:
    """Show the model that answers, and the built-in one."""
    from windowsill import settings, shipped
    from windowsill.errors import WindowsillError
    from windowsill.models import chosen

    current = settings.load(settings.paths()).model or shipped.model()
    for path in dict.fromkeys([current, shipped.model()]):
        mark = "*" if path == current else " "
        try:
            print(f"{mark} {chosen.at(path).name}  {path}")
        except WindowsillError as error:
            print(f"{mark} (unusable)  {error.detail}")


@models_app.command("use")
def models_use(path: Annotated[str, typer.Argument(help="A GGUF file, or `builtin`.")]) -> None:
    """Choose the model that answers."""
    from windowsill import settings
    from windowsill.models import chosen

    choice = chosen.use(settings.paths(), None if path == "builtin" else Path(path))
    print(f"{choice.name} answers from now on")


# ---- answers


@app.command("prompt")
def prompt_command(
    text: Annotated[str, typer.Argument(help="What to ask.")],
    model: ModelFile = None,
) -> None:
    """Ask the model, with the same Engine that pages use."""
    import anyio

    from windowsill import settings, terminal

    where = settings.paths()
    current = settings.load(where)
    choice = _choice(model, current.model)
    finished = anyio.run(terminal.answer, where, current, choice.ref, text, _write_piece)
    print()
    if finished.reason == "length":
        _fail("the answer was cut off: the model's context window is full")


def _choice(named: Path | None, configured: Path | None) -> Chosen:
    from windowsill import shipped
    from windowsill.models import chosen

    return chosen.at(named or configured or shipped.model())


def _write_piece(piece: str) -> None:
    print(piece, end="", flush=True)


@app.command("demo")
def demo_command(
    model: ModelFile = None,
    prompt: Annotated[str | None, typer.Option(help="What the demo page asks.")] = None,
) -> None:
    """Show a page in Chromium that streams an answer from this machine."""
    from windowsill import demo

    raise typer.Exit(demo.run(model, prompt))


@app.command("bench")
def bench_command() -> None:
    """Measure speed and memory on this machine."""
    from windowsill import bench

    raise typer.Exit(bench.run())
