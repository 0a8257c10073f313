"""The arguments of the tasks' interfaces beside the standards' own Web IDL, and beside the classes of Chromium itself.

A Host that stands in makes an object of each; the interfaces' shapes are among those of ``test_idl.py``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from support import chromium_answers, task_calls, task_host
from support.desk import set_up
from support.deviations import unexplained
from support.idl_calls import Calls, unlike
from support.web_idl import published


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with set_up(host=task_host.stand_in) as desk:
        yield desk.page()


@pytest.mark.parametrize("name", task_calls.TASKS)
def test_members_take_and_refuse_what_their_idl_says(page: Page, name: str) -> None:
    (interface,) = task_calls.interfaces((name,))
    calls = list(Calls(published(), interface).all())
    answers = chromium_answers.ask(page, [call.code for call in calls], task_calls.objects())
    assert unlike(calls, {code: answer["ends"] for code, answer in answers.items()}) == []


def test_objects_have_no_properties_of_their_own(page: Page) -> None:
    made = f"const objects = {{}}; {task_calls.objects()}"
    keys = page.evaluate(f"async () => {{ {made} return Object.values(objects).map(Reflect.ownKeys); }}")
    assert keys == [[]] * len(keys)
    assert len(keys) > len(task_calls.TASKS)


def test_calls_read_and_fail_in_the_order_of_chromiums_own_classes(page: Page) -> None:
    assert unexplained("chromium_tasks", chromium_answers.tasks().differences(page)) == []
