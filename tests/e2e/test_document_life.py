"""A document that rests in the back/forward cache, and one that is prerendered."""

from __future__ import annotations

import threading
from queue import Queue
from typing import Final

from support.host_pids import hosts, until_ended
from support.unwatched import SCRIPT, SECONDS, visiting

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

LOADED_ONCE: Final = """
  if (document.readyState !== 'complete') await new Promise((done) => { addEventListener('load', done); });
  if (performance.getEntriesByType('navigation')[0].type === 'back_forward') throw new Error('loaded again');
  const name = (error) => error.name;
"""

ASKS_ON_THE_WAY: Final = (
    SCRIPT
    % f"""{LOADED_ONCE}
  const session = await LanguageModel.create();
  const reader = session.promptStreaming('Tell me a story about a cat.').getReader();
  await reader.read();
  const underWay = (async () => {{ while (!(await reader.read()).done); }})().then(() => 'ended', name);
  let leaving, coming;
  addEventListener('pagehide', () => {{ leaving = LanguageModel.availability().catch(name); }});
  const back = new Promise((shown) => {{
    addEventListener('pageshow', () => {{
      coming = session.prompt('How are you?').then((text) => text !== '', name);
      shown();
    }});
  }});
  setTimeout(() => {{ location.assign('/away'); }});
  await back;
  await post('/report', {{ underWay: await underWay, leaving: await leaving, coming: await coming }});
"""
)

IS_WRITTEN_ANEW: Final = (
    SCRIPT
    % f"""{LOADED_ONCE}
  const session = await LanguageModel.create();
  document.open();
  document.write('<p>written</p><iframe></iframe>');
  document.close();
  const inner = await frames[0].LanguageModel.create();
  frames[0].document.open();
  await frames[0].LanguageModel.availability();
  const back = new Promise((shown) => {{ addEventListener('pageshow', shown); }});
  setTimeout(() => {{ location.assign('/away'); }});
  const {{ persisted }} = await back;
  const answered = (asked) => asked.prompt('How are you?').then((text) => text !== '', name);
  await post('/report', {{ persisted, outer: await answered(session), inner: await answered(inner) }});
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

OPENS_A_TAB: Final = (
    SCRIPT
    % """
  open('/rests', '_blank', 'noopener');
  await post('/until-let-go');
  await post('/report', { open: true });
"""
)

RESTS: Final = (
    SCRIPT
    % """
  if (document.readyState !== 'complete') await new Promise((done) => { addEventListener('load', done); });
  await LanguageModel.create();
  addEventListener('pagehide', ({ persisted }) => { navigator.sendBeacon('/rests-now', JSON.stringify(persisted)); });
  setTimeout(() => { location.assign('/closes'); });
"""
)

CLOSES: Final = SCRIPT % "await post('/until-resting'); close();"

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


def test_session_goes_on_after_the_back_forward_cache() -> None:
    with visiting({"/": LEAVES, "/away": COMES_BACK}) as visit:
        said = visit.report()
    assert said.pop("answer", None), said
    assert said == {"persisted": True, "grown": True}


def test_what_is_asked_on_the_way_into_that_cache_and_out_of_it_is_answered_and_what_was_under_way_fails() -> None:
    with visiting({"/": ASKS_ON_THE_WAY, "/away": COMES_BACK}) as visit:
        said = visit.report()
    assert said == {"underWay": "UnknownError", "leaving": "available", "coming": True}


def test_sessions_of_documents_that_were_written_anew_go_on_after_that_cache() -> None:
    with visiting({"/": IS_WRITTEN_ANEW, "/away": COMES_BACK}) as visit:
        said = visit.report()
    assert said == {"persisted": True, "outer": True, "inner": True}


def test_document_in_that_cache_keeps_nothing_once_its_tab_is_closed() -> None:
    resting: Queue[bytes] = Queue()
    host: Queue[int] = Queue()
    with visiting({"/": OPENS_A_TAB, "/rests": RESTS, "/closes": CLOSES}) as visit:

        def until_resting(_: bytes) -> None:
            assert resting.get(timeout=SECONDS) == b"true"
            (pid,) = hosts(visit.where.data.parent)
            host.put(pid)

        visit.site.posts["/rests-now"] = resting.put
        visit.site.posts["/until-resting"] = until_resting
        visit.site.posts["/until-let-go"] = lambda _: until_ended(host.get(timeout=SECONDS))
        assert visit.report() == {"open": True}


def test_prerendered_page_is_answered_once_the_user_comes_to_it() -> None:
    asked = threading.Event()
    with visiting({"/": STEPS_IN_FRONT, "/in-front": PRERENDERS, "/next": PRERENDERED}) as visit:
        visit.site.posts["/asked"] = lambda _: asked.set()
        visit.site.posts["/until-asked"] = lambda _: [asked.wait(SECONDS)].clear()
        said = visit.report()
    assert said == {"prerendered": True, "value": "available", "early": False}
