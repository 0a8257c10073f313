"""``make quality-baseline``: measures the built-in model and writes its figures, for the tests and for the document."""

from __future__ import annotations

import os
import sys

from quality import baseline
from quality.measurement import measured
from windowsill import shipped
from windowsill.quality import cases


def main() -> None:
    """Print what fell, and write."""
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    report = measured(shipped.model(), cases.load())
    for line in baseline.fallen(baseline.read(), report.figures):
        print(line)
    baseline.write(report.figures)
    baseline.DOCUMENT.write_text(baseline.document(report.figures), encoding="utf-8")
    print(f"{len(report.figures)} figures, measured in {report.seconds:.0f} seconds, are in {baseline.FILE}")


if __name__ == "__main__":
    main()
