"""The playground on the whole road. The built-in model knows no tasks, so what counts is that an answer comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Locator, Page, expect

from support.desk import Desk
from windowsill.demo import browser, playground

NAMES: Final = ("LanguageModel", "Summarizer", "Writer", "Rewriter", "Proofreader", "Translator", "LanguageDetector")

RUN: Final = """async (code) => {
  const AsyncFunction = (async () => {}).constructor;
  await new AsyncFunction(code)();
  return document.body.lastChild instanceof Text;
}"""
"""Runs code as a console or a module does; whether it put text at the end of the page."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with playground.serving() as served:
        yield served


@pytest.fixture(scope="module")
def playground_desk(shared_desk: Desk, origin: str) -> Desk:
    shared_desk.allow_origin(origin)
    return shared_desk


@pytest.fixture
def opened(playground_desk: Desk, origin: str) -> Iterator[Page]:
    page = playground_desk.context.new_page()
    page.goto(origin)
    page.bring_to_front()
    yield page
    page.close()


def shown(page: Page, name: str) -> Locator:
    """The tab with an input, once it is ready."""
    page.click(f"#tab-{name}")
    panel = page.locator(f"#panel-{name}")
    if name == "Translator":
        panel.locator("[name=targetLanguage]").select_option("en")  # the one pair that needs no model
    expect(panel.locator(".badge")).to_have_attribute("data-value", "available")
    if name == "LanguageModel":
        panel.get_by_role("button", name="A story").click()
    return panel


def run(panel: Locator, state: str) -> None:
    panel.locator(".run").click()
    expect(panel).to_have_attribute("data-state", state)


@pytest.mark.parametrize("name", NAMES)
def test_tab_answers_and_its_code_does_so_too(opened: Page, name: str) -> None:
    panel = shown(opened, name)
    run(panel, "done")
    expect(panel.locator(".output, .assistant")).not_to_be_empty()
    streamed = panel.locator("[data-figure=first]")
    assert streamed.count() == 0 or streamed.inner_text().endswith("ms")
    if name != "Proofreader":
        expect(panel.locator(".meter")).to_have_text(re.compile("^(Context|Input): "))
    assert opened.evaluate(RUN, panel.locator("pre").inner_text())


def test_pair_that_the_model_does_not_translate_is_refused_plainly(opened: Page) -> None:
    opened.click("#tab-Translator")
    panel = opened.locator("#panel-Translator")
    panel.locator("[name=targetLanguage]").select_option("sw")
    expect(panel.locator(".badge")).to_have_text("unavailable")
    run(panel, "failed")
    expect(panel.get_by_role("alert")).to_contain_text("NotSupportedError")
    expect(panel.get_by_role("alert")).to_contain_text("No model here serves these options")


def test_message_that_is_too_long_is_measured_and_refused_with_its_size(opened: Page) -> None:
    panel = shown(opened, "LanguageModel")
    panel.locator("[name=input]").fill("a long story " * 1000)
    expect(panel.locator(".meter")).to_contain_text("too long")
    run(panel, "failed")
    expect(panel.get_by_role("alert")).to_contain_text("QuotaExceededError")
    expect(panel.get_by_role("alert")).to_contain_text("of at most 1012")


@pytest.mark.parametrize("name", ["Summarizer", "LanguageDetector"])
def test_user_who_says_no_is_named_as_the_reason(shared_desk: Desk, name: str) -> None:
    """From another origin, which has no grant."""
    with playground.serving() as elsewhere:
        page = shared_desk.context.new_page()
        page.goto(f"{elsewhere}#{name}")
        page.bring_to_front()
        panel = page.locator(f"#panel-{name}")
        expect(panel.locator(".badge")).to_have_text("asks first")
        with shared_desk.context.expect_page(browser.is_ask_window) as ask:
            panel.locator(".run").click()
        browser.answer(ask.value, "block")
        expect(panel).to_have_attribute("data-state", "failed")
        expect(panel.get_by_role("alert")).to_contain_text("NotAllowedError")
        page.close()
