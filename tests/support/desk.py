"""A user's whole set-up for one test: a home for Windowsill, a browser profile with the extension, a site."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page

from support.site import Site, serving
from windowsill import install, settings
from windowsill.demo import browser
from windowsill.demo.throwaway import end_engine
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Stats
from windowsill.grant_store import GrantStore
from windowsill.models import chosen
from windowsill.settings import Paths

PATIENCE: Final = 60_000.0
"""Milliseconds that Playwright waits for anything: only what hangs takes as long, on a busy machine too."""

EXTENSION: Final = Path(__file__).resolve().parents[2] / "extension" / "dist"


class Desk:
    """``where``: Windowsill's folders; ``context``: the browser; ``site``: its pages."""

    def __init__(self, folder: Path, where: Paths, context: BrowserContext, site: Site) -> None:
        self.folder = folder
        self.where = where
        self.context = context
        self.site = site

    def page(self, path: str = "/", name: str = "www") -> Page:
        """A new tab on one of the site's origins, in front."""
        page = self.context.new_page()
        page.goto(self.site.url(path, name))
        page.bring_to_front()
        return page

    def allow(self, name: str = "www") -> None:
        """Grant one of the site's origins."""
        self.allow_origin(self.site.origin(name))

    def allow_origin(self, origin: str) -> None:
        """Grant the origin as ``windowsill grants allow`` does."""
        store = GrantStore(self.where)
        store.put("*", origin, "allow")
        store.close()

    def answer(self, page: Page, script: str, button: str) -> Any:
        """Run ``script`` (an async function), press ``button`` in the question it raises, return its result."""
        with self.context.expect_page(browser.is_ask_window) as ask:
            page.evaluate(f"() => {{ globalThis.asked = ({script})(); globalThis.asked.catch(() => 0); }}")
        browser.answer(ask.value, button)
        return page.evaluate("() => globalThis.asked")

    def stats(self) -> Stats | None:
        """What the Engine of this home is doing; None when there is none."""

        async def ask() -> Stats | None:
            link = EngineLink(self.where, settings.load(self.where))
            try:
                return await link.stats()
            finally:
                await link.aclose()

        with ThreadPoolExecutor(1) as aside:  # Playwright keeps a loop running in this thread
            return aside.submit(asyncio.run, ask()).result()


@contextmanager
def set_up(
    *,
    model: Path | None = None,
    installed: bool = True,
    host: Callable[[Path, Path], None] | None = None,
    switches: Sequence[str] = (),
) -> Iterator[Desk]:
    """A desk that is gone after the block: Engine, browser, files. WINDOWSILL_HOME must be unset or be the caller's.

    ``host`` puts another Host in place of Windowsill's, before the browser starts one: its launcher, a folder for it.
    """
    folder = Path(tempfile.mkdtemp(prefix="windowsill-test-"))
    home = folder / "home"
    where = Paths(home / "config", home / "data", home / "cache", home / "run")
    try:
        if model:
            chosen.use(where, model)
            with where.config_file.open("a", encoding="utf-8") as config:
                config.write("threads = 1\n")  # two would wait for each other whenever the machine has other work
        if installed:
            install.install(where, install.plan(where, [folder / "profile"], python=Path(sys.executable), home=home))
        if host:
            host(where.launcher, folder / "record")
        with serving() as site, browser.headless(EXTENSION, folder / "profile", switches) as context:
            context.set_default_timeout(PATIENCE)
            yield Desk(folder, where, context, site)
    finally:
        end_engine(where)
        shutil.rmtree(folder)
