"""Serves the playground page on localhost, a secure context, for as long as a block runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

FOLDER: Final = Path(__file__).resolve().parent / "playground"


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the terminal belongs to the answer."""


@contextmanager
def serving(folder: Path = FOLDER) -> Iterator[str]:
    """The origin at which ``folder`` is served, on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, name="playground")
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def address(origin: str, prompt: str) -> str:
    """The page with ``prompt`` written into its box."""
    return f"{origin}/?{urlencode({'prompt': prompt})}"
