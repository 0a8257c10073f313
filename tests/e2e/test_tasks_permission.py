"""What the tasks' interfaces need of the user before an origin has a grant: a fresh enough gesture, and an answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from support.desk import Desk, set_up
from windowsill.demo import browser

STICKY: Final = ("Summarizer", "Writer", "Rewriter", "Proofreader")
FLEETING: Final = ("Translator", "LanguageDetector")

PAIR: Final = "{sourceLanguage: 'en', targetLanguage: 'en-GB'}"
"""Variants of one language, which every model serves."""

EAGER: Final = f"""<!doctype html><title></title><script>
  Promise.all([{", ".join((*STICKY, *FLEETING))}].map((Class) => Class.create({PAIR}).catch(({{name}}) => name)))
    .then((names) => {{ document.title = names.join(' '); }});
</script>"""

BUTTONS: Final = f"""<!doctype html><title></title><button id="spend">Spend</button>{
    "".join(f"<button id={name}>{name}</button>" for name in (*STICKY, *FLEETING))
}<script>
  for (const button of document.querySelectorAll('button')) {{
    button.onclick = () => {{
      if (button.id === 'spend') open('about:blank').close();  // which takes the transient activation
      document.title = '';
      globalThis.before = [navigator.userActivation.hasBeenActive, navigator.userActivation.isActive];
      const Class = globalThis[button.id === 'spend' ? 'Translator' : button.id];
      Class.create({PAIR}).then(String, ({{name}}) => name).then((said) => {{ document.title = said; }});
    }};
  }}
</script>"""

WORDS: Final = {
    "Summarizer": "summarize text",
    "Writer": "write text",
    "Rewriter": "rewrite text",
    "Proofreader": "proofread text",
    "Translator": "translate text",
    "LanguageDetector": "tell which language text is in",
}


@pytest.fixture(scope="module")
def asking() -> Iterator[Desk]:
    """A desk where no origin has a grant."""
    with set_up() as made:
        made.site.pages |= {"/eager": EAGER, "/buttons": BUTTONS}
        yield made


def questions(desk: Desk) -> list[Page]:
    return [page for page in desk.context.pages if browser.is_ask_window(page)]


def test_without_a_gesture_each_is_refused_and_nobody_is_asked(asking: Desk) -> None:
    page = asking.page("/eager", "eager")
    page.wait_for_function("document.title !== ''")
    assert page.title() == " ".join(["NotAllowedError"] * 6)
    assert questions(asking) == []


def test_a_gesture_that_is_spent_is_not_enough_for_a_translator(asking: Desk) -> None:
    page = asking.page("/buttons", "spent")
    page.click("#spend")
    page.wait_for_function("document.title !== ''")
    assert page.evaluate("() => before") == [True, False]
    assert page.title() == "NotAllowedError"
    assert questions(asking) == []


@pytest.mark.parametrize("name", WORDS)
def test_a_click_raises_the_question_which_says_what_the_site_wants(asking: Desk, name: str) -> None:
    page = asking.page("/buttons", name.lower())
    availability = f"() => {name}.availability({PAIR})"
    assert page.evaluate(availability) == "downloadable"
    with asking.context.expect_page(browser.is_ask_window) as raised:
        page.click(f"#{name}")
    raised.value.wait_for_selector(f".wants >> text={WORDS[name]}")
    browser.answer(raised.value, "allow")
    page.wait_for_function("document.title !== ''")
    assert page.title() == f"[object {name}]"
    assert page.evaluate(availability) == "available"


def test_a_blocked_origin_is_refused_by_each(asking: Desk) -> None:
    page = asking.page("/buttons", "blocked")
    with asking.context.expect_page(browser.is_ask_window) as raised:
        page.click("#Writer")
    browser.answer(raised.value, "block")
    page.wait_for_function("document.title !== ''")
    outcomes = page.evaluate(
        f"() => Promise.all([{', '.join(WORDS)}].map((Class) => Class.create({PAIR}).catch(({{name}}) => name)))"
    )
    assert outcomes == ["NotAllowedError"] * 6
    assert questions(asking) == []
