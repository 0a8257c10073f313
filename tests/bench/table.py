"""Rows beside their goals, for the terminal and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench.measures import Row


def show(rows: Sequence[Row]) -> None:
    """Print them."""
    table = Table("what", "measured", "goal", "", box=None, pad_edge=False)
    for row in rows:
        goal = "" if row.goal is None else f"{'≤' if row.at_most else '≥'} {row.goal:g} {row.unit}"
        table.add_row(row.what, f"{row.measured:.2f} {row.unit}", goal, "" if row.goal is None else "✓✗"[not row.met])
    Console(soft_wrap=True, highlight=False).print(table)


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write them as JSON."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
