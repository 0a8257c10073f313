"""One page in a Chromium that nothing watches, with the Host installed and the page's origin allowed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from bench.reporting_site import serving
from windowsill.demo import chromium, throwaway
from windowsill.demo.throwaway import Place
from windowsill.grant_store import EVERY_PROFILE, GrantStore

REPORT_SECONDS: Final = 900.0


def report(extension: Path, model: Path | None, page: str, steps: Mapping[str, Callable[[Place], None]]) -> Any:
    """What ``page`` reports. ``steps`` run while the page waits for them."""
    with throwaway.place(model) as here:
        bound = {name: _bind(step, here) for name, step in steps.items()}
        with serving(page, bound) as site:
            GrantStore(here.paths).put(EVERY_PROFILE, site.origin, "allow")
            command = [str(chromium.find()), "--headless=new", "--disable-gpu", *chromium.switches(extension)]
            command += [f"--user-data-dir={here.user_data}", site.origin]
            quiet = subprocess.DEVNULL
            browser = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
            try:
                return site.reports.get(timeout=REPORT_SECONDS)
            finally:
                browser.terminate()
                browser.wait()


def _bind(step: Callable[[Place], None], here: Place) -> Callable[[], None]:
    return lambda: step(here)
