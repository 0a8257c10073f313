"""The real Engine with a bound on its memory: ``starved_engine.py BYTES`` before the Engine's own arguments.

BYTES of address space beyond what it has when it could listen: an Engine that has its libraries, and not much more.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from windowsill.engine import __main__ as engine
from windowsill.engine import sandbox


def main() -> None:
    """Be an Engine that gets no more."""
    more = int(sys.argv.pop(1))
    enter = sandbox.enter

    def starve(*places: object) -> sandbox.Confinement:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + more
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        return enter(*places)  # type: ignore[arg-type]

    sandbox.enter = starve  # type: ignore[assignment]
    engine.main()


if __name__ == "__main__":
    main()
