"""A page with a button that stops its story, and a user who presses it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import expect

from support.counting_gguf import counted, make_counting_gguf
from support.desk import set_up

STORY: Final = Path(__file__).with_name("pages") / "story.html"

WORDS: Final = 500
"""With so many layers it takes many seconds to write them: long after the user has read the first ones."""


def test_story_stops_where_the_user_stops_it_and_can_be_told_again(tmp_path: Path) -> None:
    model = make_counting_gguf(tmp_path / "slow.gguf", WORDS, layers=16, feed_forward=2048)
    with set_up(model=model) as desk:
        desk.allow()
        desk.site.pages["/story"] = STORY.read_text(encoding="utf-8")
        page = desk.page("/story")
        page.fill("input[name=topic]", "numbers")
        page.click("text=Tell")
        expect(page.locator("article")).to_contain_text("w3")
        page.click("text=Stop")
        expect(page.locator("output")).to_have_text("Stopped.")
        told = page.locator("article").evaluate("article => article.textContent")
        assert counted(WORDS).startswith(told)
        assert told != counted(WORDS)
        page.click("text=Tell")
        expect(page.locator("output")).to_have_text("The end.")
        assert page.locator("article").evaluate("article => article.textContent") == counted(WORDS)
