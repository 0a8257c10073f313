"""A Chromium that no debugger is attached to, and pages in it that report by themselves.

Playwright turns the back/forward cache off and has every page believe that it is in front.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any, Final

from support.desk import EXTENSION
from support.site import Site, serving
from windowsill.demo import chromium, throwaway
from windowsill.grant_store import EVERY_PROFILE, GrantStore
from windowsill.settings import Paths

SECONDS: Final = 60.0
"""For everything that one page does, on a slow machine too."""

SCRIPT: Final = """<!doctype html><script type="module">
const post = (path, body = null) => fetch(path, { method: 'POST', body: JSON.stringify(body) });
try {
  await (async () => { %s })();
} catch (error) {
  await post('/report', { failed: `${error.name}: ${error.message}` });
}
</script>"""
"""A page that does this, and reports what went wrong."""


class Visit:
    """``where``: Windowsill's folders; ``site``: the pages, whose origin is allowed."""

    def __init__(self, here: throwaway.Place, site: Site) -> None:
        self.site = site
        self.where: Paths = here.paths
        self._user_data = here.user_data
        self._reports: Queue[Any] = Queue()
        site.posts["/report"] = lambda body: self._reports.put(json.loads(body))

    def report(self) -> Any:
        """What the page at ``/`` or one that it leads to reports."""
        command = [str(chromium.find()), "--headless=new", "--disable-gpu", *chromium.switches(EXTENSION)]
        quiet = subprocess.DEVNULL
        browser = subprocess.Popen(
            [*command, "--disable-popup-blocking", f"--user-data-dir={self._user_data}", self.site.url()],
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
        )
        try:
            return self._reports.get(timeout=SECONDS)
        finally:
            browser.terminate()
            browser.wait()


@contextmanager
def visiting(pages: Mapping[str, str], model: Path | None = None) -> Iterator[Visit]:
    """A visit to ``pages`` (path to HTML) that is over after the block; ``model`` None: the built-in one."""
    with throwaway.place(model) as here, serving() as site:
        site.pages.update(pages)
        GrantStore(here.paths).put(EVERY_PROFILE, site.origin(), "allow")
        yield Visit(here, site)
