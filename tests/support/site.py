"""A small web server on loopback with many secure origins: every ``NAME.localhost`` is one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "<!doctype html><title>test page</title>"


class Site:
    """Serves ``pages`` (path to HTML) under every host name; ``headers`` go with each answer to the path; ``posts``
    (path to function) take what pages send, in a thread for each request."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, str] = {"/": PAGE}
        self.headers: dict[str, Mapping[str, str]] = {}
        self.posts: dict[str, Callable[[bytes], None]] = {}

    def origin(self, name: str = "www") -> str:
        return f"http://{name}.localhost:{self.port}"

    def url(self, path: str = "/", name: str = "www") -> str:
        return self.origin(name) + path


@contextmanager
def serving() -> Iterator[Site]:
    """A site that is gone after the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
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
            self.send_response(status)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            for name, value in site.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = Site(server.server_port)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
