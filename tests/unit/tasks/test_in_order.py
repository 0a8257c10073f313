"""Parts written at once come in their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.in_order import InOrder


def test_the_first_part_is_written_at_once_and_the_next_when_it_ended() -> None:
    written: list[str] = []
    order = InOrder(written.append, 3)
    order.push(1, "b")
    order.push(0, "a")
    assert written == ["a"]
    order.end(1)
    order.push(2, "c")
    assert written == ["a"]
    order.push(0, "A")
    order.end(0)
    assert written == ["a", "A", "b", "c"]
    order.push(2, "C")
    assert written[-1] == "C"


@given(st.data(), st.lists(st.lists(st.text(max_size=3), max_size=4), max_size=5))
def test_whatever_the_turns_all_parts_are_whole_and_in_order(data: st.DataObject, parts: list[list[str]]) -> None:
    written: list[str] = []
    order = InOrder(written.append, len(parts))
    left = {number: list(texts) for number, texts in enumerate(parts)}
    while left:
        number = data.draw(st.sampled_from(sorted(left)))
        if left[number]:
            order.push(number, left[number].pop(0))
        else:
            order.end(number)
            del left[number]
    assert written == [text for texts in parts for text in texts if text]
