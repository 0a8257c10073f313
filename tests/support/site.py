"""A small web server on loopback with many secure origins: every ``NAME.localhost`` is one."""

from __future__ import annotations

import mimetypes
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = "<!doctype html><title>test page</title>"


class Site:
    """Serves ``pages`` (path to HTML) and ``files`` (path to file) under every host name; ``headers`` go with each
    answer to the path; ``posts`` (path to function) take what pages send, in a thread for each request."""

    def __init__(self, port: int, scheme: str) -> None:
        self.port = port
        self._scheme = scheme
        self.pages: dict[str, str] = {"/": PAGE}
        self.files: dict[str, Path] = {}
        self.headers: dict[str, Mapping[str, str]] = {}
        self.posts: dict[str, Callable[[bytes], None]] = {}

    def origin(self, name: str = "www") -> str:
        return f"{self._scheme}://{name}.localhost:{self.port}"

    def url(self, path: str = "/", name: str = "www") -> str:
        return self.origin(name) + path


@contextmanager
def serving(encryption: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site that is gone after the block; with ``encryption`` by https."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            file = site.files.get(self.path)
            if file is not None:
                self._send(file)
                return
            page = site.pages.get(self.path)
            self._answer(404 if page is None else 200, page or "no such page")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            take = site.posts.get(self.path)
            if take is not None:
                take(body)
            self._answer(404 if take is None else 200, "")

        def _answer(self, status: int, text: str) -> None:
            body = text.encode()
            self._head(status, "text/html; charset=utf-8", len(body))
            self.wfile.write(body)

        def _send(self, file: Path) -> None:
            kind, _ = mimetypes.guess_type(file)
            self._head(200, kind or "application/octet-stream", file.stat().st_size)
            with file.open("rb") as content:
                shutil.copyfileobj(content, self.wfile)

        def _head(self, status: int, kind: str, length: int) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(length))
            for name, value in site.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(server.server_port, "https" if encryption else "http")
        if encryption:
            server.socket = encryption.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
