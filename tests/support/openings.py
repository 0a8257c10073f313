"""Does something at the moment when another process opens a file. Linux."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from watchdog.events import FileClosedNoWriteEvent, FileOpenedEvent, FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer


class _Openings(FileSystemEventHandler):
    def __init__(self, path: str, left: int, then: Callable[[], None]) -> None:
        self.over = threading.Event()
        self._path = path
        self._left = left
        self._then = then

    def on_opened(self, event: FileSystemEvent) -> None:
        if event.src_path == self._path:
            self._left -= 1
            if self._left == 0:
                self._then()
                self.over.set()


@contextmanager
def at_opening(path: str, number: int, then: Callable[[], None]) -> Iterator[threading.Event]:
    """Calls ``then`` when the file at ``path`` is opened for the ``number``-th time; the event is set after that."""
    openings = _Openings(path, number, then)
    observer = Observer()
    # With the closings between them: the system joins openings that nothing stands between.
    filter_ = [FileOpenedEvent, FileClosedNoWriteEvent]
    observer.schedule(openings, path.rpartition("/")[0], event_filter=filter_)
    observer.start()
    try:
        yield openings.over
    finally:
        observer.stop()
        observer.join()
