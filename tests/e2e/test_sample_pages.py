"""Pages as web developers write them, used as people use them: what the user does and what the user sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from support.answering_gguf import make_answering_gguf
from support.bundle import bundle
from support.desk import Desk, set_up
from windowsill.demo import browser

PAGES: Final = Path(__file__).with_name("pages")

ANSWERS: Final = ("Hello there, dear visitor!", "Gladly; ask me anything.", "That is all I know.")
"""Of a conversation: what the model says depends on how often it has spoken, so pages show whether history counts."""


@pytest.fixture(scope="module")
def sample_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with the sample pages; ``www`` has a grant."""
    folder = tmp_path_factory.mktemp("sample_pages")
    script = bundle("note_limit.ts", folder)
    with set_up(model=make_answering_gguf(folder / "answering.gguf", ANSWERS, context=2048)) as desk:
        for page in PAGES.glob("*.html"):
            desk.site.pages[f"/{page.stem}"] = page.read_text(encoding="utf-8")
        desk.site.pages["/note"] = "<!doctype html><title>Note</title><body><script src=/note_limit.js></script>"
        desk.site.files["/note_limit.js"] = script
        desk.allow()
        yield desk


def say(page: Page, text: str, answers: int) -> None:
    """Send ``text`` in the chat and wait until its answer, the ``answers``-th on the page, is there."""
    page.fill("input[name=text]", text)
    page.click("text=Send")
    expect(page.locator(".assistant[data-finished]")).to_have_count(answers)


def test_first_visit_asks_on_a_click_shows_the_download_and_greets(sample_desk: Desk) -> None:
    page = sample_desk.page("/first_visit", "newcomer")
    expect(page.locator("#support")).to_have_text("The model is downloadable.")
    with sample_desk.context.expect_page(browser.is_ask_window) as ask:
        page.click("text=Enable AI features")
    browser.answer(ask.value, "allow")
    expect(page.locator("#status")).to_have_text(ANSWERS[0])
    assert page.locator("#download").evaluate("bar => bar.value") == 1


def test_first_visit_takes_a_no(sample_desk: Desk) -> None:
    page = sample_desk.page("/first_visit", "declined")
    with sample_desk.context.expect_page(browser.is_ask_window) as ask:
        page.click("text=Enable AI features")
    ask.value.close()
    expect(page.locator("#status")).to_have_text("You said no.")
    expect(page.locator("#enable")).to_be_enabled()


def test_later_visit_starts_by_itself(sample_desk: Desk) -> None:
    page = sample_desk.page("/first_visit")
    expect(page.locator("#support")).to_have_text("The model is available.")
    expect(page.locator("#status")).to_have_text(ANSWERS[0])
    expect(page.locator("#enable")).to_be_hidden()


def test_story_streams_into_the_page(sample_desk: Desk) -> None:
    page = sample_desk.page("/story")
    page.fill("input[name=topic]", "a whale")
    page.click("text=Tell")
    expect(page.locator("output")).to_have_text("The end.")
    expect(page.locator("article")).to_have_text(ANSWERS[0])


def test_every_caption_comes_from_a_clone_of_its_own(sample_desk: Desk) -> None:
    page = sample_desk.page("/captions")
    page.click("button")
    expect(page.locator("[role=status]")).to_have_text("Done.")
    expect(page.locator("li p")).to_have_text([ANSWERS[0]] * 3)


def test_review_is_rated_within_the_bounds_of_its_schema(sample_desk: Desk) -> None:
    """The model's own words are no JSON, and neither yes nor no."""
    page = sample_desk.page("/review")
    page.click("text=Rate it")
    expect(page.locator("dl")).to_be_visible()
    assert page.inner_text("#stars") in {"★" * stars for stars in range(1, 6)}
    assert page.inner_text("#mood") in {"positive", "negative", "neutral"}
    assert page.inner_text("#spam") in {"yes", "no"}
    assert page.inner_text("[role=alert]") == ""


def test_chat_remembers_what_was_said_before_a_reload(sample_desk: Desk) -> None:
    page = sample_desk.page("/chat", "www")
    expect(page.locator("body")).to_have_attribute("data-ready", "true")
    say(page, "Who are you?", 1)
    used = page.inner_text("#used")
    page.reload()
    expect(page.locator("#log li")).to_have_text(["Who are you?", ANSWERS[0]])
    expect(page.locator("#used")).to_have_text(used)
    say(page, "May I ask you something?", 1)
    expect(page.locator("#log li").last).to_have_text(ANSWERS[1])
    page.click("text=New conversation")
    expect(page.locator("#log li")).to_have_count(0)
    say(page, "Who are you?", 1)
    expect(page.locator("#log li").last).to_have_text(ANSWERS[0])
    expect(page.locator("#used")).to_have_text(used)


def test_long_chat_says_that_its_oldest_messages_are_forgotten(sample_desk: Desk) -> None:
    page = sample_desk.page("/chat", "www")
    expect(page.locator("body")).to_have_attribute("data-ready", "true")
    page.click("text=New conversation")
    window = int(page.inner_text("#window"))
    question = "And what then? " * 30
    rounds = 0
    while page.locator("#forgot").is_hidden():
        rounds += 1
        assert rounds * len(question) < 4 * window, "the session has no end"
        say(page, question, rounds)
    assert int(page.inner_text("#used")) <= window


def test_widgets_answer_where_the_embedder_lets_them(sample_desk: Desk) -> None:
    page = sample_desk.page("/embedder")
    frames = {name: page.frame_locator(f"iframe[name={name}]") for name in ("own", "denied", "inline")}
    expect(frames["own"].locator("#answer")).to_have_text(ANSWERS[0])
    expect(frames["denied"].locator("#answer")).to_have_text("No AI here.")
    expect(frames["inline"].locator("#answer")).to_have_text(ANSWERS[0])


def test_typescript_page_counts_what_a_note_may_still_hold(sample_desk: Desk) -> None:
    page = sample_desk.page("/note")
    left = page.locator("output")
    expect(left).to_contain_text("tokens left")
    before = int(left.inner_text().split()[0])
    page.fill("textarea", "word " * 20)
    expect(left).not_to_have_text(f"{before} tokens left")
    assert 0 < int(left.inner_text().split()[0]) < before
    page.click("text=Summarize")
    expect(page.locator("p")).to_have_text(ANSWERS[0])
    page.fill("textarea", "word " * 2000)
    expect(left).to_contain_text("tokens too many")
    page.click("text=Summarize")
    expect(page.locator("p")).to_have_text("The note is too long.")
