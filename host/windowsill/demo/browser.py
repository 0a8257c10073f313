"""Drives a Chromium, with a window or without, and answers the extension's questions in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

from windowsill.demo import chromium

ASK_MILLISECONDS: Final = 30_000
"""A question's window opens, and takes a click, within this time, on a slow machine too."""


class NoWindow(Exception):
    """Chromium did not start with a window: nothing is at the display that the environment names."""


@contextmanager
def headless(
    extension: Path, user_data: Path, more: Sequence[str] = (), environment: Mapping[str, str] | None = None
) -> Iterator[BrowserContext]:
    """A Chromium on the profile ``user_data``, gone after the block. Raises NoChromium, or Playwright's error."""
    with sync_playwright() as playwright:
        context = _launch(
            playwright,
            extension,
            user_data,
            headless=True,
            args=["--disable-gpu", *chromium.switches(extension), *more],
            env=None if environment is None else dict(environment),
            viewport={"width": 1040, "height": 940},
            device_scale_factor=2,
        )
        try:
            yield context
        finally:
            context.close()


@contextmanager
def windowed(extension: Path, user_data: Path) -> Iterator[BrowserContext]:
    """The same with a window that the user may close. Raises NoChromium, NoWindow, or Playwright's error."""
    with sync_playwright() as playwright:
        try:
            context = _launch(playwright, extension, user_data, headless=False, no_viewport=True)
        except Error as error:
            raise NoWindow(error.message) from error
        try:
            yield context
        finally:
            context.close()


def _launch(playwright: Playwright, extension: Path, user_data: Path, **options: Any) -> BrowserContext:
    return playwright.chromium.launch_persistent_context(
        user_data,
        executable_path=chromium.find(),
        chromium_sandbox="--no-sandbox" not in chromium.switches(extension),
        ignore_default_args=["--disable-extensions", "--enable-automation"],
        **{"args": chromium.switches(extension), **options},
    )


def is_ask_window(page: Page) -> bool:
    """Whether ``page`` is the extension's question to the user."""
    return page.url.startswith("chrome-extension://") and "/ask.html" in page.url


def answer(ask: Page, button: str) -> None:
    """Click ``allow``, ``once``, ``block`` or ``close``, which end the question, as soon as it takes clicks."""
    with ask.expect_event("close"):
        try:
            ask.click(f"#{button}:enabled", timeout=ASK_MILLISECONDS)
        except Error:
            if not ask.is_closed():  # the click itself closes the window, at times before Playwright has noted it
                raise
