"""What the user chooses for a site is there from its page's first script on, in its frames too, and there alone."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, expect

from support.desk import Desk
from support.framed import documents_of
from support.worker_counts import worker_of
from windowsill.demo import browser

LOOK: Final = """<!doctype html><script>
  globalThis.found = [
    typeof ai === 'undefined' ? 'no ai' : 'generateText' in ai ? 'every ai' : `ai of today with ${Object.keys(ai)[0]}`,
    'measureInputUsage' in LanguageModel.prototype ? 'ours' : "the browser's",
  ];
</script>"""
"""Notes what its first script finds. The alias is one that the browser's own class does not have."""

PAGE: Final = f"""{LOOK}<iframe srcdoc="{LOOK.replace('"', "&quot;")}"></iframe>"""

STARTS_WITH_A_MODEL: Final = """async (availability) => {
  globalThis.LanguageModel = {availability: () => Promise.resolve(availability)};
  chrome.runtime.onStartup.dispatch();
  await navigator.locks.request('the browser’s own model', () => undefined);
}"""
"""The browser starts, and has a model of its own that is as available as said."""

OLD_WORDS: Final = {"unavailable": "no", "downloadable": "after-download", "downloading": "after-download"}


def visit(desk: Desk, name: str = "www") -> Page:
    desk.site.pages["/look"] = PAGE
    return desk.page("/look", name)


def found(page: Page) -> list[str]:
    """What the first script found, in the page and in its frame alike."""
    page.reload()
    outer, inner = (frame.evaluate("() => found") for frame in documents_of(page))
    assert outer == inner
    return [str(word) for word in outer]


def popup(desk: Desk, page: Page) -> Page:
    """The toolbar popup as it is over ``page``: opened in a tab, it would speak of itself."""
    worker = worker_of(desk.context)
    (tab,) = worker.evaluate("(url) => chrome.tabs.query({url})", page.url.replace(f":{desk.site.port}", ""))
    opened = desk.context.new_page()
    opened.add_init_script(f"chrome.tabs.query = () => Promise.resolve([{{id: {tab['id']}, url: '{page.url}'}}])")
    opened.goto(worker.url.rsplit("/", 1)[0] + "/popup.html")
    return opened


def choose(opened: Page, position: str) -> None:
    """Put a switch of the popup into a position, and wait until that holds."""
    opened.click(f".positions >> text='{position}'")
    opened.evaluate("() => navigator.locks.request('choices', () => undefined)")
    opened.wait_for_selector(".changed")


def test_window_ai_can_be_of_today_only_or_off_for_a_site(desk: Desk) -> None:
    page, other = visit(desk), visit(desk, "other")
    assert found(page) == ["every ai", "ours"]
    switches = popup(desk, page)
    choose(switches, "Today’s")
    assert found(page) == ["ai of today with languageModel", "ours"]
    choose(switches, "Off")
    assert found(page) == ["no ai", "ours"]
    assert found(other) == ["every ai", "ours"]
    choose(switches, "On")
    assert found(page) == ["every ai", "ours"]


def test_page_gets_the_browsers_own_where_it_works_unless_the_user_says_otherwise(desk: Desk) -> None:
    page, other = visit(desk), visit(desk, "other")
    assert found(page) == ["every ai", "ours"]
    worker_of(desk.context).evaluate(STARTS_WITH_A_MODEL, "downloadable")
    assert found(page) == ["every ai", "the browser's"]
    choose(popup(desk, page), "Windowsill")
    assert found(page) == ["every ai", "ours"]
    assert found(other) == ["every ai", "the browser's"]
    worker_of(desk.context).evaluate(STARTS_WITH_A_MODEL, "unavailable")
    assert found(other) == ["every ai", "ours"]


def test_window_ai_is_an_adapter_over_the_browsers_own_too(desk: Desk) -> None:
    worker_of(desk.context).evaluate(STARTS_WITH_A_MODEL, "available")
    page = desk.page()
    before, today, old, after = page.evaluate("""async () => [
      await LanguageModel.availability(),
      await ai.languageModel.availability(),
      (await ai.assistant.capabilities()).available,
      await LanguageModel.availability(),
    ]""")
    # The browser may find out meanwhile that it could download a model.
    assert today in {before, after}
    assert old in {OLD_WORDS[before], OLD_WORDS[after]}


def test_site_set_to_ask_asks_anew_and_the_question_offers_the_browsers_own(desk: Desk) -> None:
    page = visit(desk)
    assert desk.answer(page, "() => LanguageModel.create().then(() => 'created')", "allow") == "created"
    worker_of(desk.context).evaluate(STARTS_WITH_A_MODEL, "available")
    switches = popup(desk, page)
    choose(switches, "Ask")
    switches.wait_for_selector("text=has to ask first")
    page.bring_to_front()
    assert found(page) == ["every ai", "ours"]
    with desk.context.expect_page(browser.is_ask_window) as raised:
        page.evaluate("() => { globalThis.asked = LanguageModel.create().catch((error) => error.name); }")
    ask = raised.value
    ask.click("#browsers:enabled")
    browser.answer(ask, "close")
    assert page.evaluate("() => asked") == "NotAllowedError"
    assert found(page) == ["every ai", "the browser's"]


def test_what_was_chosen_for_sites_is_listed_with_the_settings_and_can_be_taken_back_there(desk: Desk) -> None:
    page, other = visit(desk), visit(desk, "other")
    choose(popup(desk, page), "Off")
    choose(popup(desk, other), "Today’s")
    settings = desk.context.new_page()
    settings.goto(worker_of(desk.context).url.rsplit("/", 1)[0] + "/options.html")
    listed = settings.locator(".chosen li")
    expect(listed).to_have_text(
        [f"{desk.site.origin('other')}window.ai: Today’sReset", f"{desk.site.origin()}window.ai: OffReset"]
    )
    listed.last.get_by_role("button").click()
    expect(listed).to_have_count(1)
    settings.evaluate("() => navigator.locks.request('choices', () => undefined)")
    assert found(page) == ["every ai", "ours"]
    assert found(other) == ["ai of today with languageModel", "ours"]
