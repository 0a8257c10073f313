"""A visit to the playground: does there what a user would, and prints what the page shows.

It is the same in a window, which then is the user's until he closes it, and without one.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from playwright.sync_api import BrowserContext, Error, Page
from playwright.sync_api import TimeoutError as Late

from windowsill.demo import browser
from windowsill.demo.throwaway import DemoError, Place

ANSWER_MILLISECONDS: Final = 600_000
"""A large model may take minutes to load and to answer on a small machine."""

PANEL: Final = "#panel-LanguageModel"
"""The tab that the page opens with."""

WATCH: Final = """() => {
  globalThis.windowsillWatch = new MutationObserver((records) => {
    for (const { addedNodes } of records)
      for (const node of addedNodes)
        if (node instanceof Text && node.parentElement.matches('.assistant')) windowsillShows(node.data);
  });
  windowsillWatch.observe(document.body, { childList: true, subtree: true });
}"""
"""Reports every piece of text that the page puts into an answer."""


def in_window(extension: Path, here: Place, address: str) -> None:
    """Visit in a window, and return when the user has closed it. Raises DemoError, or NoWindow before anything."""
    closed: list[BrowserContext] = []
    try:
        with browser.windowed(extension, here.user_data) as context:
            context.on("close", lambda gone: closed.append(gone))  # Playwright marks its handlers
            print("Opened a Chromium window with the extension and a throw-away profile.")
            _visit(context, address)
            print("The window is yours now: ask on. Close it to end the demo.", flush=True)
            if not closed:
                context.wait_for_event("close", timeout=0)
    except Error as error:
        if not closed:
            raise DemoError(f"Chromium did not do what was asked: {error.message}") from error
    print("The window was closed.")


def without_window(extension: Path, here: Place, address: str, screenshot: Path) -> None:
    """Visit without a screen, and leave ``screenshot``. Raises DemoError."""
    print("Starting Chromium without a screen, with the extension and a throw-away profile.")
    try:
        with browser.headless(extension, here.user_data) as context:
            _visit(context, address).screenshot(path=screenshot)
    except Error as error:
        raise DemoError(f"Chromium did not do what was asked: {error.message}") from error
    print(f"Screenshot: {screenshot}")


def _visit(context: BrowserContext, address: str) -> Page:
    """Open the playground, send its prompt, allow the page, print the answer as it comes."""
    page = context.pages[0]
    page.goto(address)
    page.bring_to_front()  # the extension's own page opened in front of it
    page.expose_function("windowsillShows", _print_piece)
    page.evaluate(WATCH)
    print(f"> {page.input_value(f'{PANEL} [name=input]')}")
    try:
        with context.expect_page(browser.is_ask_window, timeout=browser.ASK_MILLISECONDS) as ask:
            page.click(f"{PANEL} .run")
    except Late as error:
        raise DemoError(f"No question came up. The page says: {_trouble(page)}") from error
    browser.answer(ask.value, "allow")
    page.wait_for_selector(f"{PANEL}:is([data-state=done], [data-state=failed])", timeout=ANSWER_MILLISECONDS)
    page.evaluate("() => { windowsillWatch.disconnect(); }")
    print()
    if page.get_attribute(PANEL, "data-state") == "failed":
        raise DemoError(f"The page says: {_trouble(page)}")
    first, rate = (page.inner_text(f"{PANEL} [data-figure={name}]") for name in ("first", "rate"))
    print(f"\nTime to first chunk: {first}. Chunks per second: {rate}.")
    return page


def _print_piece(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _trouble(page: Page) -> str:
    return page.inner_text(f"{PANEL} .fault") or "nothing"
