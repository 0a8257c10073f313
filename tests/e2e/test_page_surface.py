"""What a page can see of us."""

from __future__ import annotations

import json
import subprocess

from support.desk import Desk
from support.framed import frames_in
from support.site import serving
from windowsill.demo import chromium

NAMES = "Object.getOwnPropertyNames(globalThis).sort()"

TOOLS = {"LanguageModelToolCall", "LanguageModelToolError", "LanguageModelToolSuccess"}

TASKS = {"Summarizer", "Writer", "Rewriter", "Proofreader", "Translator", "LanguageDetector"}

OURS = {"LanguageModel", "CreateMonitor", "ai"} | TOOLS | TASKS
"""Every name that the extension may add to a page's global: interfaces of the IDL, and the older ``ai``."""


def names_without_us(shared_desk: Desk) -> set[str]:
    """The names that a Chromium without the extension gives a page."""
    with serving() as site:
        site.pages["/"] = f"<!doctype html><body><script>document.body.textContent = JSON.stringify({NAMES})</script>"
        switches = [switch for switch in chromium.switches(shared_desk.folder) if "extension" not in switch]
        command = [str(chromium.find()), "--headless", "--disable-gpu", f"--user-data-dir={shared_desk.folder}/plain"]
        shown = subprocess.run(
            [*command, *switches, "--dump-dom", site.url()], capture_output=True, text=True, check=True
        )
    return set(json.loads(shown.stdout.split("<body>")[1].split("</body>")[0]))


def test_page_finds_only_the_interfaces_added_to_its_global(shared_desk: Desk) -> None:
    shared_desk.site.pages["/names"] = f"<!doctype html><script>globalThis.names = {NAMES}</script>"
    with_us = set(shared_desk.page("/names").evaluate("() => names"))
    assert with_us - names_without_us(shared_desk) <= OURS
    assert with_us >= OURS


def test_insecure_page_finds_nothing(shared_desk: Desk) -> None:
    page = shared_desk.context.new_page()
    page.goto("data:text/html,<iframe src='data:text/html,inner'></iframe>")
    (frame,) = frames_in(page)
    assert not frame.evaluate("() => isSecureContext")
    assert not frame.evaluate("() => 'ai' in globalThis")
