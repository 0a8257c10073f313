"""The arguments of the tasks' interfaces beside the standards' own Web IDL, and beside the classes of Chromium itself.

A Host that stands in makes an object of each; the interfaces' shapes are among those of ``test_idl.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from support import chromium_answers, task_host
from support.desk import set_up
from support.idl_calls import Calls, unlike
from support.web_idl import published

TASKS: Final = ("Summarizer", "Writer", "Rewriter", "Proofreader", "Translator", "LanguageDetector")

OBJECTS: Final = "const options = {sourceLanguage: 'en', targetLanguage: 'es'};" + "".join(
    f"objects.{name} = await {name}.create(options);" for name in TASKS
)


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with set_up(host=task_host.stand_in) as desk:
        yield desk.page()


@pytest.mark.parametrize("name", TASKS)
def test_members_take_and_refuse_what_their_idl_says(page: Page, name: str) -> None:
    (interface,) = [interface for interface in published().interfaces() if interface.name == name]
    calls = list(Calls(published(), interface).all())
    answers = chromium_answers.ask(page, [call.code for call in calls], OBJECTS)
    assert unlike(calls, {code: answer["ends"] for code, answer in answers.items()}) == []


def test_objects_have_no_properties_of_their_own(page: Page) -> None:
    keys = page.evaluate(
        f"async () => {{ const objects = {{}}; {OBJECTS} return Object.values(objects).map(Reflect.ownKeys); }}"
    )
    assert keys == [[]] * len(TASKS)
