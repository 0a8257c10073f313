"""The demo without a screen: does in the playground what a user would, and prints what the page shows."""

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

WATCH: Final = """() => new MutationObserver((records) => {
  for (const { addedNodes } of records)
    for (const node of addedNodes)
      if (node instanceof Text && node.parentElement.matches('.assistant')) windowsillShows(node.data);
}).observe(document.getElementById('conversation'), { childList: true, subtree: true })"""
"""Reports every piece of text that the page puts into an answer."""


def show(extension: Path, here: Place, address: str, screenshot: Path) -> None:
    """Open the playground at ``address``, ask, allow, print the answer, take ``screenshot``. Raises DemoError."""
    print("Starting Chromium without a screen, with the extension and a throw-away profile.")
    try:
        with browser.headless(extension, here.user_data) as context:
            page = context.new_page()
            page.goto(address)
            page.bring_to_front()  # the extension's own page opened in front of it
            _print_answer(context, page)
            page.screenshot(path=screenshot)
    except Error as error:
        raise DemoError(f"Chromium did not do what was asked: {error.message}") from error
    print(f"Screenshot: {screenshot}")


def _print_answer(context: BrowserContext, page: Page) -> None:
    page.expose_function("windowsillShows", _print_piece)
    page.evaluate(WATCH)
    print(f"> {page.input_value('#prompt')}")
    try:
        with context.expect_page(browser.is_ask_window, timeout=browser.ASK_MILLISECONDS) as ask:
            page.click("#send")
    except Late as error:
        raise DemoError(f"No question came up. The page says: {_trouble(page)}") from error
    browser.answer(ask.value, "allow")
    page.wait_for_selector("body:is([data-state=done], [data-state=failed])", timeout=ANSWER_MILLISECONDS)
    print()
    if page.get_attribute("body", "data-state") == "failed":
        raise DemoError(f"The page says: {_trouble(page)}")
    first, rate = page.inner_text("#first-chunk"), page.inner_text("#rate")
    print(f"\nTime to first chunk: {first}. Chunks per second: {rate}.")


def _print_piece(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _trouble(page: Page) -> str:
    return page.inner_text("#trouble") or "nothing"
