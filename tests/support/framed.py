"""Pages made of frames, and what each of their documents is told."""

from __future__ import annotations

from functools import partial
from operator import eq
from typing import Final

from playwright.sync_api import Frame, Page

from support.desk import Desk

ASK: Final = """() => Promise.all([
  LanguageModel.availability(),
  LanguageModel.create().then(() => 'created', (error) => `${error.name}, ${error instanceof DOMException}`),
])"""

YES: Final = ["available", "created"]
NO: Final = ["unavailable", "NotAllowedError, true"]

ADDRESS: Final = "frame => frame.hasAttribute('srcdoc') ? 'about:srcdoc' : frame.src"
"""Where a frame's document comes from; empty for a frame that stays as it was made."""


def frames_in(document: Page | Frame) -> list[Frame]:
    """The frames of a document that has loaded, in its order.

    Playwright hears of a frame in another process, of its name, its address and its own frames, at its own time.
    """
    frames = []
    for element in document.query_selector_all("iframe"):
        frame, address = element.content_frame(), element.evaluate(ADDRESS)
        assert frame is not None
        if address:
            frame.wait_for_url(partial(eq, address))
        frames.append(frame)
    return frames


def documents_of(page: Page) -> list[Frame]:
    """The page's document, and behind each document those of its frames."""

    def within(document: Frame) -> list[Frame]:
        return [document, *(inner for frame in frames_in(document) for inner in within(frame))]

    return within(page.main_frame)


def show(desk: Desk, *frames: str, path: str = "/outer", name: str = "www", **headers: str) -> list[list[str]]:
    """What each document says of a page with these frames, each before its own frames."""
    desk.site.pages[path] = "<!doctype html>" + "".join(f"<iframe {frame}></iframe>" for frame in frames)
    desk.site.headers[path] = {header.replace("_", "-"): value for header, value in headers.items()}
    page = desk.page(path, name)
    said: list[list[str]] = [frame.evaluate(ASK) for frame in documents_of(page)]
    page.close()
    return said


def source(desk: Desk, path: str = "/", name: str = "other") -> str:
    return f"src='{desk.site.url(path, name)}'"
