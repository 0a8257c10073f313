"""A document that rests in the back/forward cache, and one that is prerendered.

No debugger is attached to these browsers: Playwright turns the back/forward cache off, and `go_back` hangs with it on.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping
from queue import Queue
from typing import Any, Final

from support.desk import EXTENSION
from support.site import serving
from windowsill.demo import chromium, throwaway
from windowsill.grant_store import EVERY_PROFILE, GrantStore

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

LEAVES: Final = (
    SCRIPT
    % """
  if (document.readyState !== 'complete') await new Promise((done) => { addEventListener('load', done); });
  if (performance.getEntriesByType('navigation')[0].type === 'back_forward') throw new Error('loaded again');
  const session = await LanguageModel.create();
  await session.append('Hello!');
  const before = session.contextUsage;
  const back = new Promise((shown) => { addEventListener('pageshow', shown); });
  setTimeout(() => { location.assign('/away'); });
  const { persisted } = await back;
  const answer = await session.prompt('How are you?');
  await post('/report', { persisted, answer, grown: session.contextUsage > before });
"""
)

COMES_BACK: Final = """<!doctype html><script>
addEventListener('load', () => { setTimeout(() => { history.back(); }); });
</script>"""

STEPS_IN_FRONT: Final = (
    SCRIPT
    % """
  if (document.visibilityState === 'visible') {
    await new Promise((hidden) => { document.addEventListener('visibilitychange', hidden, { once: true }); });
  }
  open('/in-front', '_blank', 'noopener');
"""
)
"""The extension's page of welcome comes to the front, and nothing is prerendered for a page behind another."""

PRERENDERS: Final = (
    SCRIPT
    % """
  const rules = document.createElement('script');
  rules.type = 'speculationrules';
  rules.textContent = JSON.stringify({ prerender: [{ source: 'list', urls: ['/next'] }] });
  document.head.append(rules);
  await post('/until-asked');
  await LanguageModel.availability();  // takes the same road as the question asked before it
  location.assign('/next');
"""
)

PRERENDERED: Final = (
    SCRIPT
    % """
  const prerendered = document.prerendering;
  const asked = LanguageModel.availability().then((value) => ({ value, early: document.prerendering }));
  await post('/asked');
  await post('/report', { prerendered, ...await asked });
"""
)


def report(pages: Mapping[str, str]) -> Any:
    """What the page at ``/`` or one that it leads to reports, in a Chromium where their origin is allowed."""
    reports: Queue[Any] = Queue()
    asked = threading.Event()
    with throwaway.place(None) as here, serving() as site:
        site.pages.update(pages)
        site.posts["/report"] = lambda body: reports.put(json.loads(body))
        site.posts["/asked"] = lambda _: asked.set()
        site.posts["/until-asked"] = lambda _: [asked.wait(SECONDS)].clear()
        GrantStore(here.paths).put(EVERY_PROFILE, site.origin(), "allow")
        command = [str(chromium.find()), "--headless=new", "--disable-gpu", *chromium.switches(EXTENSION)]
        quiet = subprocess.DEVNULL
        browser = subprocess.Popen(
            [*command, "--disable-popup-blocking", f"--user-data-dir={here.user_data}", site.url()],
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
        )
        try:
            return reports.get(timeout=SECONDS)
        finally:
            browser.terminate()
            browser.wait()


def test_session_goes_on_after_the_back_forward_cache() -> None:
    said = report({"/": LEAVES, "/away": COMES_BACK})
    assert said.pop("answer", None), said
    assert said == {"persisted": True, "grown": True}


def test_prerendered_page_is_answered_once_the_user_comes_to_it() -> None:
    said = report({"/": STEPS_IN_FRONT, "/in-front": PRERENDERS, "/next": PRERENDERED})
    assert said == {"prerendered": True, "value": "available", "early": False}
