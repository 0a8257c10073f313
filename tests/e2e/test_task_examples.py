"""The examples that web developers are given run as they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import expect

from support.answering_gguf import make_answering_gguf
from support.desk import Desk, set_up

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "task-interfaces.md"
FIRST, *OTHERS = re.findall(r"```js\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)

ANSWER: Final = "Guten Morgen, liebe Welt."

PAGE: Final = """<!doctype html>
<article id="article">It is morning. The world is greeted.</article>
<textarea id="letter">Guten Mrogen, liebe Welt.</textarea>
<progress id="progress" value="0"></progress> <output id="output"></output> <button id="button">Summarize</button>
<script>
  const reviews = Array.from({ length: 20 }, (_, index) => `Review ${index} says that mornings are good.`);
"""


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    model = tmp_path_factory.mktemp("model") / "model.gguf"
    with set_up(model=make_answering_gguf(model, [ANSWER], context=4096, languages=["en", "de"])) as made:
        made.allow()
        yield made


def test_the_example_of_a_button_summarizes_what_the_page_shows(examples: Desk) -> None:
    examples.site.pages["/button"] = f"{PAGE}{FIRST}</script>"
    page = examples.page("/button")
    page.click("#button")
    expect(page.locator("#output")).to_contain_text("Welt.")
    expect(page.locator("#progress")).to_have_js_property("value", 1)


@pytest.mark.parametrize("example", OTHERS)
def test_each_other_example_runs(examples: Desk, example: str) -> None:
    examples.site.pages["/example"] = f"{PAGE}</script>"
    page = examples.page("/example")
    page.evaluate("async () => { globalThis.summarizer = await Summarizer.create(); }")
    page.evaluate(f"async () => {{ {example} }}")
