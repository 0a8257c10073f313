"""One page in a Chromium that nothing watches, with the Host installed and the page's origin allowed.

The page measures by itself: it calls named steps on its site, and reports there at its end. A debugger attached to the
browser would cost more than what is measured. It is a tab in front: the extension's page of welcome, which shows up by
itself and draws what goes on in the Engine, is left behind.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from queue import Queue
from types import MappingProxyType
from typing import Any, Final

from support.site import serving
from windowsill.demo import chromium, throwaway
from windowsill.demo.throwaway import Place
from windowsill.grant_store import EVERY_PROFILE, GrantStore

REPORT_SECONDS: Final = 900.0
"""Every measurement of one page, on a small machine."""

ISOLATED: Final = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}
"""Gives the page a clock with steps of 5 microseconds."""


COVERED: Final = """<!doctype html><title>covered by the page of welcome</title><script>
const covered = () => { if (document.visibilityState === 'hidden') open('/measuring', '', 'noopener'); };
document.addEventListener('visibilitychange', covered);
covered();
</script>"""


def report(
    extension: Path,
    model: Path | None,
    page: str,
    steps: Mapping[str, Callable[[Place], None]],
    files: Mapping[str, Path] = MappingProxyType({}),
) -> Any:
    """What ``page`` posts to ``/report``. ``steps`` run while the page waits for its ``POST /step/NAME``; it may load
    ``files`` (by path)."""
    reports: Queue[bytes] = Queue()
    with throwaway.place(model) as here, serving() as site:
        site.pages["/"] = COVERED
        site.pages["/measuring"] = page
        site.headers |= dict.fromkeys(["/measuring", *files], ISOLATED)
        site.files |= files
        site.posts["/report"] = reports.put
        site.posts |= {f"/step/{name}": _bound(step, here) for name, step in steps.items()}
        GrantStore(here.paths).put(EVERY_PROFILE, site.origin(), "allow")
        command = [str(chromium.find()), "--headless=new", "--disable-gpu", *chromium.switches(extension)]
        command += [f"--user-data-dir={here.user_data}", "--disable-popup-blocking", site.origin()]
        quiet = subprocess.DEVNULL
        browser = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        try:
            return json.loads(reports.get(timeout=REPORT_SECONDS))
        finally:
            browser.terminate()
            browser.wait()


def _bound(step: Callable[[Place], None], here: Place) -> Callable[[bytes], None]:
    return lambda _: step(here)
