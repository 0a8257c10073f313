"""Documents that end, whichever way: the Host and the Engine let go of all that they had."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Error, Page

from support.counting_gguf import make_counting_gguf
from support.desk import Desk, set_up
from support.worker_counts import worker_of
from windowsill.demo import browser

ASK: Final = """async () => {
  const frame = document.body.appendChild(document.createElement('iframe'));
  for (const { LanguageModel } of [window, frame.contentWindow]) {
    const session = await LanguageModel.create();
    await session.promptStreaming('Count.').getReader().read();
  }
}"""
"""An answer without end for the page, and one for its frame."""

IN_USE: Final = ".activity li"


def crash(page: Page, _desk: Desk) -> None:
    with pytest.raises(Error, match="crash"):
        page.goto("chrome://crash")


def go_elsewhere(page: Page, desk: Desk) -> None:
    page.goto(desk.site.url(name="other"))


ENDS: Final[dict[str, Callable[[Page, Desk], None]]] = {
    "the tab closes": lambda page, _: page.close(),
    "the page is loaded again": lambda page, _: [page.reload()].clear(),
    "the page goes elsewhere": go_elsewhere,
    "the renderer crashes": crash,
}


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The origin ``www`` has a grant; its model counts on and on."""
    folder: Path = tmp_path_factory.mktemp("model")
    with set_up(model=make_counting_gguf(folder / "slow.gguf", 1500, layers=16, feed_forward=2048)) as made:
        made.allow()
        yield made


@pytest.fixture(scope="module")
def overview(counting: Desk) -> Page:
    """The extension's page, on which its user sees who uses the model."""
    page = counting.context.new_page()
    page.goto(worker_of(counting.context).url.rsplit("/", 1)[0] + "/options.html")
    return page


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_everything_of_a_page_and_its_frame_is_let_go_when(
    counting: Desk, overview: Page, end: Callable[[Page, Desk], None]
) -> None:
    page = counting.page()
    page.evaluate(ASK)
    overview.wait_for_selector(f"{IN_USE} >> text=2 answers under way")
    end(page, counting)
    overview.wait_for_selector(IN_USE, state="detached")
    until_at_rest(counting)
    page.close()


def test_a_frame_that_is_removed_takes_its_own_answer_with_it_and_no_other(counting: Desk, overview: Page) -> None:
    page = counting.page()
    page.evaluate(ASK)
    overview.wait_for_selector(f"{IN_USE} >> text=2 answers under way")
    page.evaluate("() => document.querySelector('iframe').remove()")
    overview.wait_for_selector(f"{IN_USE} >> text=1 answer under way")
    page.close()
    overview.wait_for_selector(IN_USE, state="detached")


def test_everything_of_a_page_is_let_go_when_its_window_closes(counting: Desk, overview: Page) -> None:
    worker = worker_of(counting.context)
    with counting.context.expect_page() as opened:
        window = worker.evaluate(
            "(url) => chrome.windows.create({url, type: 'popup'}).then(({id}) => id)", counting.site.url()
        )
    opened.value.evaluate(ASK)
    overview.wait_for_selector(f"{IN_USE} >> text=2 answers under way")
    worker.evaluate("(id) => chrome.windows.remove(id)", window)
    overview.wait_for_selector(IN_USE, state="detached")
    until_at_rest(counting)


def until_at_rest(desk: Desk) -> None:
    """Nothing tells when the Engine has heard that nobody waits for it, so it is asked until it has."""
    while True:
        stats = desk.stats()
        assert stats is not None
        if not any(
            load.running + load.waiting + load.paused for model in stats.models for load in model.origins.values()
        ):
            return


def test_question_of_a_frame_closes_with_the_frame(counting: Desk) -> None:
    page = counting.page(name="asks")
    page.evaluate("() => { document.body.append(document.createElement('iframe')); }")
    with counting.context.expect_page(browser.is_ask_window) as ask:
        page.evaluate("() => { frames[0].LanguageModel.create(); }")
    with ask.value.expect_event("close"):
        page.evaluate("() => document.querySelector('iframe').remove()")
