"""Drives a Chromium that has no screen, and answers the extension's questions in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright

from windowsill.demo import chromium

ASK_MILLISECONDS: Final = 30_000
"""A question's window opens, and takes a click, within this time, on a slow machine too."""


@contextmanager
def headless(
    extension: Path, user_data: Path, more: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[BrowserContext]:
    """A Chromium on the profile ``user_data``, gone after the block. Raises NoChromium, or Playwright's error."""
    found = chromium.find()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            user_data,
            executable_path=found,
            headless=True,
            chromium_sandbox="--no-sandbox" not in chromium.switches(extension),
            args=["--disable-gpu", *chromium.switches(extension), *more],
            ignore_default_args=["--disable-extensions"],
            env=None if environment is None else dict(environment),
            viewport={"width": 1040, "height": 940},
            device_scale_factor=2,
        )
        try:
            yield context
        finally:
            context.close()


def is_ask_window(page: Page) -> bool:
    """Whether ``page`` is the extension's question to the user."""
    return page.url.startswith("chrome-extension://") and "/ask.html" in page.url


def answer(ask: Page, button: str) -> None:
    """Click ``allow``, ``once`` or ``block`` in the question's window, as soon as it takes clicks."""
    with ask.expect_event("close"):
        try:
            ask.click(f"#{button}:enabled", timeout=ASK_MILLISECONDS)
        except Error:
            if not ask.is_closed():  # the click itself closes the window, at times before Playwright has noted it
                raise
