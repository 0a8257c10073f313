"""The demo's course: prepare, open the playground, and show an answer."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from windowsill import shipped
from windowsill.demo import chromium, playground, throwaway
from windowsill.demo.chromium import NoChromium
from windowsill.demo.throwaway import DemoError, Place

PROMPT: Final = "Tell me a story."
SCREENSHOT: Final = Path("demo-screenshot.png")


def run(model: Path | None, prompt: str | None) -> int:
    """Show an answer of ``model`` (None: the built-in one) to ``prompt`` (None: one that it knows); an exit status."""
    try:
        extension = _built_extension()
        chromium.find()
    except (DemoError, NoChromium) as error:
        return _failed(error)
    try:
        with throwaway.place(None if model is None else model.absolute()) as here, playground.serving() as origin:
            address = playground.address(origin, prompt or PROMPT)
            try:
                _show(extension, here, address)
            except DemoError:
                print(f"Logs are in {here.paths.cache} and {here.folder}.", file=sys.stderr)
                raise
    except DemoError as error:
        return _failed(error)
    return 0


def _built_extension() -> Path:
    folder = shipped.extension()
    if folder is None or not (folder / "manifest.json").is_file():
        raise DemoError("The extension is not built. In a checkout: make setup")
    return folder


def _show(extension: Path, here: Place, address: str) -> None:
    try:
        from windowsill.demo import browser, visit
    except ModuleNotFoundError as error:
        raise DemoError(f"The demo needs the Python package {error.name}, which is not installed.") from error
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        try:
            visit.in_window(extension, here, address)
        except browser.NoWindow:
            print("Chromium cannot open a window on this display, so the demo goes on without one.")
        else:
            return
    visit.without_window(extension, here, address, SCREENSHOT)


def _failed(error: Exception) -> int:
    print(f"The demo failed: {error}", file=sys.stderr)
    return 1
