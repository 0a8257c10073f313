"""No origin uses the model without the user's word; the word is kept, limited and taken back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from support.desk import Desk
from support.framed import frames_in
from support.worker_counts import worker_of
from windowsill.demo import browser

CREATE = "() => LanguageModel.create().then(() => 'created', error => error.name)"
AVAILABILITY = "() => LanguageModel.availability()"
WATCH_RAISED = """() => {
  const update = chrome.windows.update;
  globalThis.raised = new Promise((resolve) => {
    chrome.windows.update = async (id, change) => {
      const done = await update.call(chrome.windows, id, change);
      const [tab] = await chrome.tabs.query({windowId: id});
      resolve([tab.url, change.focused]);
      return done;
    };
  });
}"""
"""A browser without a screen has no focus to look at: this is the address of the window that was asked to the front."""
STREAM = """async () => {
  const session = await LanguageModel.create();
  const chunks = [];
  for await (const chunk of session.promptStreaming('Tell me a story about a cat.')) chunks.push(chunk);
  return {chunks, usage: session.contextUsage, window: session.contextWindow};
}"""


def asks(desk: Desk) -> list[Page]:
    return [page for page in desk.context.pages if browser.is_ask_window(page)]


def test_availability_shows_downloadable_and_never_asks_without_a_grant(desk: Desk) -> None:
    page = desk.page()
    assert page.evaluate(AVAILABILITY) == "downloadable"
    assert asks(desk) == []


def test_page_streams_an_answer_after_the_user_allowed_it(desk: Desk) -> None:
    answer = desk.answer(desk.page(), STREAM, "allow")
    text = "".join(answer["chunks"])
    assert len(answer["chunks"]) >= 2
    assert len(text.split()) >= 5
    assert 0 < answer["usage"] < answer["window"]


def test_allow_is_remembered_for_that_origin_alone(desk: Desk) -> None:
    page = desk.page()
    assert desk.answer(page, CREATE, "allow") == "created"
    page.reload()
    assert page.evaluate(AVAILABILITY) == "available"
    assert page.evaluate(CREATE) == "created"
    assert desk.page(name="other").evaluate(AVAILABILITY) == "downloadable"


def test_allow_this_time_ends_with_the_document(desk: Desk) -> None:
    page = desk.page()
    assert desk.answer(page, CREATE, "once") == "created"
    assert page.evaluate(AVAILABILITY) == "available"
    page.reload()
    assert page.evaluate(AVAILABILITY) == "downloadable"


def test_block_is_remembered_and_asks_no_more(desk: Desk) -> None:
    page = desk.page()
    assert desk.answer(page, CREATE, "block") == "NotAllowedError"
    page.reload()
    assert page.evaluate(CREATE) == "NotAllowedError"
    assert asks(desk) == []


def test_closing_the_question_refuses_this_once(desk: Desk) -> None:
    page = desk.page()
    with desk.context.expect_page(browser.is_ask_window) as ask:
        page.evaluate(f"() => {{ globalThis.asked = ({CREATE})(); }}")
    ask.value.close()
    assert page.evaluate("() => globalThis.asked") == "NotAllowedError"
    assert desk.answer(page, CREATE, "allow") == "created"


def test_the_toolbar_popup_leads_back_to_a_question_that_waits(desk: Desk) -> None:
    page = desk.page()
    with desk.context.expect_page(browser.is_ask_window) as raised:
        page.evaluate(f"() => {{ globalThis.asked = ({CREATE})(); }}")
    ask = raised.value
    popup = desk.context.new_page()
    popup.goto(ask.url.split("/ask.html")[0] + "/popup.html")
    popup.bring_to_front()
    assert "www.localhost" in popup.inner_text(".waiting")
    worker = worker_of(desk.context)
    worker.evaluate(WATCH_RAISED)
    popup.click(".waiting button")
    assert worker.evaluate("() => globalThis.raised") == [ask.url, True]
    browser.answer(ask, "allow")
    assert page.evaluate("() => globalThis.asked") == "created"
    popup.wait_for_selector(".waiting", state="detached")


def test_create_without_a_gesture_is_refused_and_asks_nothing(desk: Desk) -> None:
    desk.site.pages["/eager"] = """<!doctype html><script>
      globalThis.outcome = LanguageModel.create().then(() => 'created', error => error.name);
      globalThis.outcome.then(name => { document.title = name; });
    </script>"""
    page = desk.page("/eager")
    page.wait_for_function("document.title !== ''")
    assert page.title() == "NotAllowedError"
    assert asks(desk) == []


def test_page_of_an_allowed_origin_needs_no_gesture(desk: Desk) -> None:
    desk.allow()
    desk.site.pages["/eager"] = """<!doctype html><script>
      LanguageModel.create().then(() => 'created', error => error.name)
        .then((said) => { console.log(`${said}, ${navigator.userActivation.hasBeenActive}`); });
    </script>"""
    page = desk.context.new_page()
    with page.expect_console_message(lambda message: message.type == "log") as said:
        page.goto(desk.site.url("/eager"))
    assert said.value.text == "created, false"


def test_two_tabs_of_one_origin_share_one_question(desk: Desk) -> None:
    first, second = desk.page(), desk.page()
    with desk.context.expect_page(browser.is_ask_window) as ask:
        first.evaluate(f"() => {{ globalThis.asked = ({CREATE})(); }}")
    second.evaluate(f"() => {{ globalThis.asked = ({CREATE})(); }}")
    assert second.evaluate(AVAILABILITY) == "downloadable"  # behind the create on the same road, so the Host has it
    assert len(asks(desk)) == 1
    browser.answer(ask.value, "allow")
    assert [page.evaluate("() => globalThis.asked") for page in (first, second)] == ["created", "created"]


def test_revoking_on_the_command_line_stops_work_in_flight(desk: Desk) -> None:
    desk.allow()
    page = desk.page()
    page.evaluate("""async () => {
      const session = await LanguageModel.create();
      const reader = session.promptStreaming('Tell me a story about a cat.').getReader();
      await reader.read();
      globalThis.outcome = (async () => {
        for (;;) {
          await session.prompt('Tell me a story about a dog.');
        }
      })().catch(error => error.name);
    }""")
    revoked = subprocess.run(
        [Path(sys.executable).with_name("windowsill"), "grants", "revoke", desk.site.origin()],
        env={"WINDOWSILL_HOME": str(desk.where.data.parent), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert revoked.returncode == 0, revoked.stderr
    assert page.evaluate("() => globalThis.outcome") == "NotAllowedError"
    assert page.evaluate(AVAILABILITY) == "downloadable"


def test_cross_origin_frame_needs_delegation_and_then_its_own_grant(desk: Desk) -> None:
    desk.allow("www")
    desk.site.pages["/outer"] = (
        f"<!doctype html><iframe src='{desk.site.url(name='inner')}'></iframe>"
        f"<iframe allow=language-model src='{desk.site.url(name='inner')}'></iframe>"
        "<iframe sandbox=allow-scripts allow=language-model srcdoc='boxed'></iframe>"
    )
    plain, delegated, boxed = frames_in(desk.page("/outer"))
    assert plain.evaluate(AVAILABILITY) == "unavailable"
    assert plain.evaluate(CREATE) == "NotAllowedError"
    assert delegated.evaluate(AVAILABILITY) == "downloadable"
    assert boxed.evaluate(AVAILABILITY) == "unavailable"
    with desk.context.expect_page(browser.is_ask_window) as ask:
        delegated.evaluate(f"() => {{ globalThis.asked = ({CREATE})(); }}")
    ask.value.wait_for_selector("#allow:enabled")
    assert "inner.localhost" in ask.value.inner_text("h1")
    assert "www.localhost" in ask.value.inner_text(".embedder")
    browser.answer(ask.value, "allow")
    assert delegated.evaluate("() => globalThis.asked") == "created"
