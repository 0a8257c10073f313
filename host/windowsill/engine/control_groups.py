"""The control groups that this process is in, whose limits are its own: those of containers and of services (Linux).

https://docs.kernel.org/admin-guide/cgroup-v2.html, and https://docs.kernel.org/admin-guide/cgroup-v1/cgroups.html
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

OWN_GROUPS: Final = Path("/proc/self/cgroup")
GROUPS: Final = Path("/sys/fs/cgroup")


def around(controller: str = "") -> Iterator[Path]:
    """Folders of the groups around this process, the innermost first: those of version 2, or of version 1's
    ``controller``. A container does not show all of them, so that any may be missing."""
    lines = OWN_GROUPS.read_text(encoding="utf-8").splitlines() if OWN_GROUPS.exists() else []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            own = Path(path.lstrip("/"))
            yield from [GROUPS / controller / group for group in (own, *own.parents)]
