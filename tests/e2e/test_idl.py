"""The interfaces in a page beside the standards' own Web IDL, and beside the classes of Chromium itself.

Intended deviations stand with their reasons in deviations.toml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import chromium_answers, order_calls
from support.desk import Desk
from support.deviations import judged, unexplained
from support.idl_calls import Calls, there, unlike
from support.idl_shapes import shapes
from support.web_idl import Interface, published

SHAPES = (Path(__file__).parents[1] / "support" / "interface_shapes.js").read_text(encoding="utf-8")
INTERFACES = list(published().interfaces())


@pytest.fixture(scope="module")
def seen(shared_desk: Desk) -> dict[str, str]:
    """What a page sees of our interfaces."""
    facts: dict[str, str] = shared_desk.page().evaluate(SHAPES, [interface.name for interface in INTERFACES])
    return facts


def test_interfaces_have_the_shapes_of_their_idl(seen: dict[str, str]) -> None:
    found = [deviation for interface in INTERFACES for deviation in misshapen(interface, seen)]
    assert unexplained("shapes", found) == []


def misshapen(interface: Interface, seen: dict[str, str]) -> Iterator[str]:
    if interface.name not in seen:
        yield f"{interface.name}: absent"
        return
    wanted = shapes(interface)
    here = {
        path: fact for path, fact in seen.items() if path.removeprefix("parent of ").split(".")[0] == interface.name
    }
    for path in wanted.keys() | here.keys():
        if wanted.get(path) != here.get(path):
            yield f"{path}: {here.get(path, 'absent')}"


def test_members_take_and_refuse_what_their_idl_says(shared_desk: Desk, seen: dict[str, str]) -> None:
    made = [interface for interface in INTERFACES if f"objects.{interface.name} =" in order_calls.OBJECTS]
    calls = [call for interface in made for call in Calls(published(), there(interface, seen)).all()]
    answers = chromium_answers.ask(shared_desk.page(), [call.code for call in calls], order_calls.OBJECTS)
    assert len(made) > 1
    assert unexplained("calls", unlike(calls, {code: answer["ends"] for code, answer in answers.items()})) == []


def test_objects_have_no_properties_of_their_own(shared_desk: Desk) -> None:
    made = f"const objects = {{}}; {order_calls.OBJECTS}"
    keys = shared_desk.page().evaluate(f"async () => {{ {made} return Object.values(objects).map(Reflect.ownKeys); }}")
    assert keys == [[]] * len(keys)
    assert len(keys) > 2


def test_calls_read_and_fail_in_the_order_of_chromiums_own_class(shared_desk: Desk) -> None:
    assert unexplained("chromium", chromium_answers.language_model().differences(shared_desk.page())) == []


def test_deviation_without_an_entry_and_entry_without_a_deviation_are_faults() -> None:
    entries = [{"what": "A.*: absent", "reason": "known"}, {"what": "B: absent", "reason": "gone"}]
    faults = ["C: absent", "no deviation any more, or no reason: B: absent"]
    assert judged(entries, ["A.b: absent", "C: absent"]) == faults
