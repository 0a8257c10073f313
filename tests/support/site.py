"""A small web server on loopback with many secure origins: every ``NAME.localhost`` is one."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "<!doctype html><title>test page</title>"


class Site:
    """Serves ``pages`` (path to HTML) under every host name; ``headers`` go with each answer to the path."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, str] = {"/": PAGE}
        self.headers: dict[str, Mapping[str, str]] = {}

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
            body = (page or "no such page").encode()
            self.send_response(404 if page is None else 200)
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
