"""Notices that files changed while we run. Owns the watching of folders, not what a change means.

Rules this file keeps: reading a file is no change (else whoever reads on a change would never rest); folders below
the watched ones are not looked into.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver


class FileWatch:
    """Calls ``changed`` with every file in ``folders`` that was made, written, renamed or removed.

    It is called from a thread of ``watchdog``'s, perhaps several times for one change, and must not raise.
    """

    def __init__(self, folders: Iterable[Path], changed: Callable[[Path], None]) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._changed = changed
        self._observer: BaseObserver | None = None

    def start(self) -> None:
        """Watch from now on; folders that are missing are made, for this user alone. Raises OSError."""
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
        """Stop; ``changed`` is not called any more once this returns."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join()

    def _report(self, event: FileSystemEvent) -> None:
        for path in (event.src_path, event.dest_path):
            if path:
                self._changed(Path(os.fsdecode(path)))
