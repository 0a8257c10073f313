"""``make bench``: speed and memory beside their goals. ``--json FILE`` also writes the table for programs."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

from bench import measures
from bench.known_models import large_model, realistic_model, small_model
from bench.measures import Row
from windowsill import shipped


def main() -> int:
    """Measure everything and print it; an exit status: 0 when every goal is met."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    arguments = parser.parse_args()
    extension = shipped.extension()
    if extension is None:
        raise SystemExit("bench measures a checkout")
    print("Measuring for about five minutes; other work on this machine spoils the figures.")
    rows = [
        *measures.in_the_extension(extension),
        *measures.round_trip(extension),
        *measures.stream_rate(extension, "small Q8_0", small_model()),
        *measures.stream_rate(extension, "160M Q4_0", large_model()),
        *measures.stream_rate(extension, "0.5B Q4_0", realistic_model(), measures.LONG_ANSWER),
        *measures.rendered_rate(extension, "0.5B Q4_0", realistic_model(), measures.LONG_ANSWER),
    ]
    Console(soft_wrap=True, highlight=False).print(_table(rows))
    if arguments.json is not None:
        arguments.json.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    return 0 if all(row.met for row in rows) else 1


def _table(rows: list[Row]) -> Table:
    table = Table("what", "measured", "goal", "", box=None, pad_edge=False)
    for row in rows:
        goal = "" if row.goal is None else f"{'≤' if row.at_most else '≥'} {row.goal:g} {row.unit}"
        table.add_row(row.what, f"{row.measured:.2f} {row.unit}", goal, "" if row.goal is None else "✓✗"[not row.met])
    return table


if __name__ == "__main__":
    raise SystemExit(main())
