"""``make bench``: speed and memory beside their goals. ``--json FILE`` also writes the table for programs."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import measures, table
from bench.known_models import large_model, realistic_model, small_model
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
        *measures.clone_time(extension, "0.5B Q4_0", realistic_model()),
        *measures.rendered_rate(extension, "0.5B Q4_0", realistic_model(), measures.LONG_ANSWER),
    ]
    table.show(rows)
    if arguments.json is not None:
        table.write(arguments.json, rows)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
