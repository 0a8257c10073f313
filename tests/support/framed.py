"""Pages made of frames, and what each of their documents is told."""

from __future__ import annotations

from typing import Final

from support.desk import Desk

ASK: Final = """() => Promise.all([
  LanguageModel.availability(),
  LanguageModel.create().then(() => 'created', (error) => `${error.name}, ${error instanceof DOMException}`),
])"""

YES: Final = ["available", "created"]
NO: Final = ["unavailable", "NotAllowedError, true"]


def show(desk: Desk, *frames: str, path: str = "/outer", name: str = "www", **headers: str) -> list[list[str]]:
    """What each document says of a page with these frames, first the page, then its frames as they load."""
    desk.site.pages[path] = "<!doctype html>" + "".join(f"<iframe {frame}></iframe>" for frame in frames)
    desk.site.headers[path] = {header.replace("_", "-"): value for header, value in headers.items()}
    page = desk.page(path, name)
    said: list[list[str]] = [frame.evaluate(ASK) for frame in page.frames]
    page.close()
    return said


def source(desk: Desk, path: str = "/", name: str = "other") -> str:
    return f"src='{desk.site.url(path, name)}'"
