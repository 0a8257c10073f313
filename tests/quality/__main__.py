"""``make quality-baseline``: measures the built-in model and writes its figures, for the tests and for the document."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from quality import baseline, builtin


def main() -> None:
    """Print what fell, and write."""
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    with tempfile.TemporaryDirectory(prefix="ws") as home:
        report = builtin.measured(Path(home))
    for line in baseline.fallen(baseline.read() if baseline.FILE.exists() else (), report.figures):
        print(line)
    baseline.write(report.figures)
    baseline.DOCUMENT.write_text(baseline.document(report.figures), encoding="utf-8")
    print(f"{len(report.figures)} figures, measured in {report.seconds:.0f} seconds, are in {baseline.FILE}")


if __name__ == "__main__":
    main()
