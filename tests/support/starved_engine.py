"""The real Engine while memory is short: ``starved_engine.py BYTES PLENTY`` before the Engine's own arguments.

It gets BYTES of address space beyond what it has when it could listen: its libraries, and not much more. An Engine that
starts when there is a file PLENTY gets all it wants, and so does one that ``relieve`` is called for.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

from windowsill.engine import __main__ as engine
from windowsill.engine import sandbox


def relieve(pid: int, plenty: Path) -> None:
    """Let this Engine, and those that start from now on, have what they want."""
    plenty.touch()
    _, most = resource.prlimit(pid, resource.RLIMIT_AS)
    resource.prlimit(pid, resource.RLIMIT_AS, (most, most))


def main() -> None:
    """Be an Engine that gets no more."""
    more = int(sys.argv.pop(1))
    plenty = Path(sys.argv.pop(1))
    enter = sandbox.enter

    def starve(*places: object) -> sandbox.Confinement:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if not plenty.exists():
            resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGE_SIZE") + more, most))
        return enter(*places)  # type: ignore[arg-type]

    sandbox.enter = starve  # type: ignore[assignment]
    engine.main()


if __name__ == "__main__":
    main()
