"""A user of the playground who has read enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import expect

from support.counting_gguf import counted, make_counting_gguf
from support.desk import Desk, set_up
from windowsill.demo import playground

WORDS: Final = 95
"""Fewer than a short text may have; with so many layers they are written long after the user has read the first."""

WHOLE: Final = counted(WORDS).strip()


@pytest.fixture(scope="module")
def slow_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("playground_stop")
    with set_up(model=make_counting_gguf(folder / "slow.gguf", WORDS, layers=16, feed_forward=2048)) as desk:
        yield desk


@pytest.mark.parametrize("name", ["LanguageModel", "Writer"])
def test_answer_stops_where_the_user_stops_it_and_the_next_one_comes_whole(slow_desk: Desk, name: str) -> None:
    with playground.serving() as origin:
        slow_desk.allow_origin(origin)
        page = slow_desk.context.new_page()
        page.goto(f"{origin}#{name}")
        page.bring_to_front()
        panel = page.locator(f"#panel-{name}")
        panel.locator("[name=input]").fill("numbers")
        panel.locator(".run").click()
        answer = panel.locator(".assistant, .prose").last
        expect(answer).to_contain_text("w3")
        panel.get_by_role("button", name="Stop").click()
        expect(panel).to_have_attribute("data-state", "stopped")
        told = answer.inner_text().strip()
        assert WHOLE.startswith(told)
        assert told != WHOLE
        panel.locator("[name=input]").fill("numbers")
        panel.locator(".run").click()
        expect(panel).to_have_attribute("data-state", "done")
        assert panel.locator(".assistant, .prose").last.inner_text().strip() == WHOLE
        page.close()
