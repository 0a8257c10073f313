"""Notices that files changed while we run. Owns the watching of folders, not what a change means.

Rules this file keeps: reading a file is no change (else whoever reads on a change would never rest); folders below
the watched ones are not looked into; every change is told of after it, and a burst of them once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver

BURST_SECONDS: Final = 0.01
"""Seconds that events of one file are joined: SQLite writes a file several times within a millisecond or two, and
nobody sees that a revoked answer stops a hundredth of a second later."""


class Bursts:
    """Events of one file become one call of ``changed``, BURST_SECONDS after the first. For the event loop only."""

    def __init__(self, changed: Callable[[Path], None]) -> None:
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._due: dict[Path, asyncio.TimerHandle] = {}
        self._open = True

    def report(self, path: Path) -> None:
        """``path`` changed, perhaps not for the last time."""
        if self._open and path not in self._due:
            self._due[path] = self._loop.call_later(BURST_SECONDS, self._tell, path)

    def close(self) -> None:
        """Forget what is due; ``changed`` is not called any more."""
        self._open = False
        for timer in self._due.values():
            timer.cancel()
        self._due.clear()

    def _tell(self, path: Path) -> None:
        del self._due[path]
        self._changed(path)


class FileWatch:
    """Calls ``changed`` with every file in ``folders`` that was made, written, renamed or removed.

    It is called in the event loop that this was made in, and must not raise.
    """

    def __init__(self, folders: Iterable[Path], changed: Callable[[Path], None]) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._loop = asyncio.get_running_loop()
        self._bursts = Bursts(changed)
        self._observer: BaseObserver | None = None

    def start(self) -> None:
        """Watch from now on; folders that are missing are made, for this user alone. Any thread. Raises OSError."""
        # Costs 60 ms: only once the Host has answered its first message.
        from watchdog import events
        from watchdog.observers import Observer

        class Handler(events.FileSystemEventHandler):
            on_any_event = staticmethod(self._report)

        kinds = [events.FileCreatedEvent, events.FileModifiedEvent, events.FileMovedEvent, events.FileDeletedEvent]
        observer = Observer()
        for folder in self._folders:
            folder.parent.mkdir(parents=True, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            observer.schedule(Handler(), str(folder), event_filter=kinds)
        observer.start()
        self._observer = observer

    def close(self) -> None:
        """Stop; ``changed`` is not called any more once this returns. In the event loop."""
        self._bursts.close()
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()

    def _report(self, event: FileSystemEvent) -> None:
        """In a thread of ``watchdog``'s."""
        for path in (event.src_path, event.dest_path):
            if path:
                self._loop.call_soon_threadsafe(self._bursts.report, Path(os.fsdecode(path)))
