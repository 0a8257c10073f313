"""A site on localhost whose pages measure by themselves: they call named steps here, and report at their end.

No debugger is attached to the browser, because one would cost more than what is measured.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any, Final

ISOLATED: Final = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}
"""Gives the page a clock with steps of 5 microseconds."""


class ReportingSite:
    """``origin``: where the page is; ``reports``: what it reported, decoded."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://localhost:{port}"
        self.reports: Queue[Any] = Queue()


@contextmanager
def serving(page: str, steps: Mapping[str, Callable[[], None]]) -> Iterator[ReportingSite]:
    """Serve ``page``; ``steps``: what runs while the page waits for ``POST /step/NAME``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200 if self.path == "/" else 404, page.encode() if self.path == "/" else b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.path == "/report":
                site.reports.put(json.loads(body))
            else:
                steps[self.path.removeprefix("/step/")]()
            self._answer(200, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            for name, value in ISOLATED.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """The terminal belongs to the table."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = ReportingSite(server.server_port)
        thread = threading.Thread(target=server.serve_forever, name="reporting site")
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
