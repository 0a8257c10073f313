"""``windowsill grants``: what was answered, and the user's other way to answer. The rules of ``cli.py`` hold."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from windowsill.grant_store import GrantStore

app = typer.Typer(help="Which origins may use the model.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_grants() -> None:
    """Show every remembered answer."""
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    with _grant_store() as store:
        grants, notice = store.list(), store.notice()
    if notice is not None:
        print(f"windowsill: {notice}", file=sys.stderr)
    if not grants:
        print("no origin was answered yet")
        return
    table = Table(Column("origin", overflow="fold"), "answer", "profile", "since", box=None, pad_edge=False)
    for grant in grants:
        since = datetime.fromtimestamp(grant.since, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        table.add_row(Text(grant.origin), grant.state, Text(grant.profile), since)
    Console(soft_wrap=True, highlight=False).print(table)


@app.command("allow")
def allow(
    origin: str,
    profile: Annotated[str, typer.Option(help="A browser profile, as `grants list` shows it; * is every one.")] = "*",
) -> None:
    """Let an origin use the model without asking."""
    named = _origin(origin)
    with _grant_store() as store:
        store.put(profile, named, "allow")
    print(f"{named} may use the model")


@app.command("revoke")
def revoke(
    origin: str,
    profile: Annotated[str | None, typer.Option(help="Only of this browser profile.")] = None,
) -> None:
    """Forget the answers for an origin, which stops its work at once."""
    named = _origin(origin)
    with _grant_store() as store:
        gone = store.remove(named, profile)
    if not gone:
        print(f"windowsill: there is no answer for {named} to forget", file=sys.stderr)
        raise typer.Exit(1)
    print(f"{named} will have to ask again")


def _grant_store() -> AbstractContextManager[GrantStore]:
    from windowsill import settings
    from windowsill.grant_store import GrantStore

    return closing(GrantStore(settings.paths()))


def _origin(text: str) -> str:
    from windowsill.origins import OriginError, serialized

    try:
        return serialized(text)
    except OriginError as error:
        raise typer.BadParameter(str(error), param_hint="ORIGIN") from error
