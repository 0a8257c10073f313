"""The playground beside interfaces that write down what they are asked: every option, and code that does the same."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from windowsill.demo import chromium, playground

STAND_INS: Final = (Path(__file__).parents[1] / "support" / "stand_ins.js").read_text(encoding="utf-8")

NAMES: Final = ("LanguageModel", "Summarizer", "Writer", "Rewriter", "Proofreader", "Translator", "LanguageDetector")
STREAMING: Final = ("LanguageModel", "Summarizer", "Writer", "Rewriter", "Translator")

WRITING: Final = {
    "sharedContext": 'for "our" readers\' eyes',
    "expectedInputLanguages": ["en", "de"],
    "expectedContextLanguages": ["fr"],
    "outputLanguage": "ja",
}
CHOSEN: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "LanguageModel": (
        {
            "initialPrompts": [{"role": "system", "content": "Be brief."}],
            "samplingMode": "creative",
            "expectedInputs": [{"type": "text", "languages": ["en", "ja"]}],
            "expectedOutputs": [{"type": "text", "languages": ["en"]}],
        },
        {"responseConstraint": {"type": "object", "required": ["a-b"]}, "omitResponseConstraintInput": True},
    ),
    "Summarizer": (
        {"type": "headline", "format": "plain-text", "length": "long", "preference": "speed", **WRITING},
        {"context": "of today"},
    ),
    "Writer": ({"tone": "casual", "format": "plain-text", "length": "medium", **WRITING}, {"context": "of today"}),
    "Rewriter": ({"tone": "more-formal", "format": "markdown", "length": "longer", **WRITING}, {"context": "of today"}),
    "Proofreader": (
        {
            "includeCorrectionTypes": True,
            "includeCorrectionExplanations": True,
            "expectedInputLanguages": ["en"],
            "correctionExplanationLanguage": "de",
        },
        {},
    ),
    "Translator": ({"sourceLanguage": "fr", "targetLanguage": "zh-Hant"}, {}),
    "LanguageDetector": ({"expectedInputLanguages": ["en", "de"]}, {}),
}
"""All options of each interface, for ``create()`` and for its calls, none of them as it is by default."""

FIRST: Final = {
    "Proofreader": {"includeCorrectionTypes": True, "includeCorrectionExplanations": True},
    "Translator": {"sourceLanguage": "en", "targetLanguage": "de"},
}
"""What is chosen when the page opens, where that is anything."""

WRITTEN: Final = {
    "initialPrompts": "Be brief.",
    "expectedInputs": "en, ja",
    "expectedOutputs": "en",
    "responseConstraint": '{"type": "object", "required": ["a-b"]}',
}
"""What a user types for options that have a shape of their own."""

RUN: Final = """async (code) => {
  const AsyncFunction = (async () => {}).constructor;
  calls.length = 0;
  await new AsyncFunction(code)();
  return calls;
}"""
"""Runs code as a console or a module does."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=["--disable-gpu", *sandbox])
        yield started
        started.close()


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with playground.serving() as served:
        yield served


@pytest.fixture
def page(browser: Browser, origin: str) -> Iterator[Page]:
    """The playground beside the stand-ins; whatever it throws and nobody catches fails the test."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(f"({STAND_INS})()")
    made = context.new_page()
    errors: list[str] = []
    made.on("pageerror", lambda error: errors.append(error.message))
    made.goto(origin)
    yield made
    context.close()
    assert errors == []


def opened(page: Page, name: str) -> Locator:
    page.click(f"#tab-{name}")
    panel = page.locator(f"#panel-{name}")
    expect(panel).to_be_visible()
    return panel


def ran(panel: Locator, text: str, state: str = "done") -> Locator:
    """The panel after a call on ``text`` that ended in ``state``."""
    panel.locator("[name=input]").fill(text)
    panel.locator(".run").click()
    expect(panel).to_have_attribute("data-state", state)
    return panel


def choose(panel: Locator, name: str, value: object) -> None:
    control = panel.locator(f".fields [name={name}]")
    kind = control.first.evaluate("control => control.type")
    if kind == "radio":
        panel.get_by_role("radio", name=str(value), exact=True).check()
    elif kind == "checkbox":
        control.set_checked(bool(value))
    elif kind == "select-one":
        control.select_option(str(value))
    else:
        written = WRITTEN.get(name) or (", ".join(value) if isinstance(value, list) else str(value))
        control.fill(written)
        control.blur()


def asked(page: Page) -> list[dict[str, Any]]:
    """The calls that the last run made, oldest first, beginning with the object's making."""
    calls: list[dict[str, Any]] = page.evaluate("() => calls")
    last = max(at for at, call in enumerate(calls) if call["method"] == "create")
    return calls[last:]


def copied(page: Page, panel: Locator) -> str:
    panel.get_by_role("button", name="Copy").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    return str(page.evaluate("() => navigator.clipboard.readText()"))


@pytest.mark.parametrize("name", NAMES)
def test_code_does_what_the_page_does_when_it_opens(page: Page, name: str) -> None:
    panel = ran(opened(page, name), "some input")
    made = page.evaluate(RUN, copied(page, panel))
    assert made == asked(page)
    assert [call["options"] for call in made] == [FIRST.get(name, {}), {}]


@pytest.mark.parametrize("name", NAMES)
def test_every_option_reaches_the_interface_and_the_code(page: Page, name: str) -> None:
    panel = opened(page, name)
    create, call = CHOSEN[name]
    for option, value in {**create, **call}.items():
        choose(panel, option, value)
    long = 'some \\ "input"\n it\'s long </script> ${a} `b` 🌱 ' * 20
    ran(panel, long)
    made = asked(page)
    assert [made[0]["options"], made[-1]["options"]] == [create, call]
    assert made[-1]["input"] == long
    assert page.evaluate(RUN, copied(page, panel)) == [made[0], made[-1]]


@pytest.mark.parametrize("name", NAMES)
def test_table_knows_every_option_that_is_tried_here(page: Page, name: str) -> None:
    names = opened(page, name).locator(".fields [name]").evaluate_all("all => all.map(control => control.name)")
    create, call = CHOSEN[name]
    assert set(names) - {"stream"} == {*create, *call}


@pytest.mark.parametrize("name", STREAMING)
def test_answers_stream_or_come_whole(page: Page, name: str) -> None:
    panel = ran(opened(page, name), "some input")
    assert asked(page)[-1]["method"].endswith("Streaming")
    assert panel.locator("[data-figure=characters]").inner_text() == "21"
    panel.get_by_label("streaming").uncheck()
    assert "Streaming" not in panel.locator("pre").inner_text()
    ran(panel, "some input")
    assert not asked(page)[-1]["method"].endswith("Streaming")
    assert panel.locator("[data-figure=characters]").inner_text() == "21"


@pytest.mark.parametrize("name", STREAMING)
def test_stopped_answer_keeps_what_came_and_the_object_serves_on(page: Page, name: str) -> None:
    panel = opened(page, name)
    panel.locator("[name=input]").fill("endless")
    panel.locator(".run").click()
    output = panel.locator(".output, .assistant").last
    expect(output).to_contain_text("one")
    panel.get_by_role("button", name="Stop").click()
    expect(panel).to_have_attribute("data-state", "stopped")
    expect(panel.locator(".fault")).to_be_hidden()
    assert "one" in output.inner_text()
    ran(panel, "some input")
    assert [call["method"] for call in asked(page)].count("create") == 1
    assert "destroyed" not in [call["method"] for call in page.evaluate("() => calls")]


@pytest.mark.parametrize("name", NAMES)
def test_error_is_shown_in_its_own_words_and_plain_ones(page: Page, name: str) -> None:
    panel = ran(opened(page, name), "broken", "failed")
    expect(panel.get_by_role("alert")).to_contain_text("UnknownError: The model went away.")
    ran(panel, "long", "failed")
    expect(panel.get_by_role("alert")).to_contain_text("QuotaExceededError: Too long. (5000 of at most 1000)")
    expect(panel.get_by_role("alert")).to_contain_text("longer than what one call takes")
    ran(panel, "some input")
    expect(panel.get_by_role("alert")).to_be_hidden()


def test_creation_can_be_stopped(page: Page) -> None:
    panel = opened(page, "Writer")
    choose(panel, "sharedContext", "pending")
    panel.locator(".run").click()
    expect(panel).to_have_attribute("data-state", "starting")
    panel.get_by_role("button", name="Stop").click()
    expect(panel).to_have_attribute("data-state", "stopped")
    choose(panel, "sharedContext", "")
    ran(panel, "some input")


def test_creation_that_fails_is_tried_again(page: Page) -> None:
    panel = opened(page, "Writer")
    choose(panel, "sharedContext", "refused")
    ran(panel, "some input", "failed")
    expect(panel.get_by_role("alert")).to_contain_text("NotAllowedError: Not here.")
    choose(panel, "sharedContext", "")
    ran(panel, "some input")


def test_other_options_make_another_object_and_end_the_one_before(page: Page) -> None:
    panel = ran(opened(page, "Summarizer"), "some input")
    choose(panel, "type", "teaser")
    ran(panel, "some input")
    methods = [(call["method"], call["options"]) for call in page.evaluate("() => calls")]
    assert ("destroyed", {}) in methods
    assert methods[-2:] == [("create", {"type": "teaser"}), ("summarizeStreaming", {})]


def test_usage_is_measured_as_one_types_where_that_asks_nobody(page: Page) -> None:
    panel = opened(page, "Writer")
    panel.locator("[name=input]").fill("w" * 250)
    expect(panel.locator(".meter")).to_have_text("Input: 250 of 1,000")
    panel.locator("[name=input]").fill("w" * 1001)
    expect(panel.locator(".meter")).to_have_text("Input: 1,001 of 1,000, too long")
    panel = opened(page, "LanguageModel")
    panel.locator("[name=input]").fill("w" * 20)
    expect(panel.locator(".meter")).to_have_text("Context: 120 of 1,000")
    expect(opened(page, "LanguageDetector").locator(".meter")).to_have_text("Input: no quota")


def test_nothing_is_made_before_a_click_where_the_user_would_be_asked(page: Page) -> None:
    page.evaluate("() => { availabilityOf = 'downloadable'; }")
    panel = opened(page, "Writer")
    panel.locator("[name=input]").fill("some input")
    expect(panel.locator(".badge")).to_have_text("asks first")
    expect(panel.locator(".meter")).to_have_text("Usage is known once it has run")
    assert [call for call in page.evaluate("() => calls") if call["name"] == "Writer"] == []
    ran(panel, "some input")
    expect(panel.locator(".meter")).to_have_text("Input: 10 of 1,000")


def test_constraint_that_nobody_can_read_is_refused_before_any_call(page: Page) -> None:
    panel = opened(page, "LanguageModel")
    panel.locator(".fields [name=responseConstraint]").fill('{"type":')
    panel.locator("[name=input]").fill("some input")
    panel.locator(".run").click()
    expect(panel.get_by_role("alert")).to_contain_text("SyntaxError")
    expect(panel).to_have_attribute("data-state", "idle")
    panel.locator(".fields [name=responseConstraint]").fill("/yes|no/i")
    ran(panel, "some input")
    assert page.evaluate("() => String(calls.at(-1).options.responseConstraint)") == "/yes|no/i"
    assert "responseConstraint: /yes|no/i" in panel.locator("pre").inner_text()


def test_tabs_are_walked_with_the_keys_and_named_in_the_address(page: Page) -> None:
    page.click("#tab-LanguageModel")
    for key, name in (("ArrowRight", NAMES[1]), ("End", NAMES[-1]), ("ArrowRight", NAMES[0]), ("ArrowLeft", NAMES[-1])):
        page.keyboard.press(key)
        expect(page.locator(f"#tab-{name}")).to_be_focused()
        expect(page.get_by_role("tab", selected=True)).to_have_text(name)
        expect(page.get_by_role("tabpanel")).to_have_attribute("id", f"panel-{name}")
    page.keyboard.press("Home")
    assert page.url.endswith("#LanguageModel")
    page.goto(f"{page.url.split('#')[0]}#Translator")
    expect(page.get_by_role("tab", selected=True)).to_have_text("Translator")


def test_call_is_begun_and_stopped_with_the_same_key(page: Page) -> None:
    panel = opened(page, "Writer")
    panel.locator("[name=input]").fill("endless")
    panel.get_by_role("button", name="Write").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("button", name="Stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_have_attribute("data-state", "stopped")
    expect(panel.get_by_role("button", name="Write")).to_be_focused()


def test_proofreader_marks_corrections_and_says_why_on_focus(page: Page) -> None:
    panel = ran(opened(page, "Proofreader"), "a text")
    first = panel.locator("mark").first
    expect(first.get_by_role("tooltip")).to_be_hidden()
    first.focus()
    expect(first.get_by_role("tooltip")).to_be_visible()
    expect(first.get_by_role("tooltip")).to_contain_text("It is an X.")
    page.keyboard.press("Escape")
    expect(first.get_by_role("tooltip")).to_be_hidden()
    panel.get_by_role("button", name="Corrected text").click()
    expect(panel.locator(".corrections")).to_contain_text("a text!")


def test_detector_shows_a_bar_for_each_language(page: Page) -> None:
    panel = ran(opened(page, "LanguageDetector"), "Guten Tag")
    expect(panel.locator(".detections li")).to_have_text(["German de90%", "Unknown und5%"])


def test_markdown_is_laid_out_and_shown_as_written_on_demand(page: Page) -> None:
    panel = ran(opened(page, "Summarizer"), "some input")
    expect(panel.locator(".prose li")).to_have_text(["one two", "three"])
    panel.get_by_role("button", name="As written").click()
    expect(panel.locator(".prose")).to_have_text("* one **two**\n* three")


def test_text_from_right_to_left_is_shown_so(page: Page) -> None:
    panel = opened(page, "Translator")
    panel.get_by_role("button", name="Arabic to English").click()
    expect(panel.locator("[name=sourceLanguage]")).to_have_value("ar")
    assert panel.locator("[name=input]").evaluate("box => box.matches(':dir(rtl)')")


def test_conversation_says_where_another_session_begins(page: Page) -> None:
    panel = ran(opened(page, "LanguageModel"), "some input")
    choose(panel, "samplingMode", "creative")
    expect(panel.locator(".divider")).to_have_count(1)
    ran(panel, "some input")
    expect(panel.locator(".divider")).to_have_count(1)
    panel.get_by_role("button", name="New conversation").click()
    expect(panel.locator(".message, .divider")).to_have_count(0)


@pytest.mark.parametrize("name", NAMES)
def test_missing_interface_is_named(browser: Browser, origin: str, name: str) -> None:
    """Where a browser has some of the interfaces only, or none."""
    page = browser.new_page()
    page.add_init_script(f"({STAND_INS})(); delete globalThis.{name};")
    page.goto(origin)
    panel = opened(page, name)
    expect(panel.get_by_role("alert")).to_contain_text(f"This browser has no {name}.")
    expect(panel.locator(".badge")).to_have_text("unavailable")
    expect(panel.locator(".run")).to_be_disabled()
    page.close()
