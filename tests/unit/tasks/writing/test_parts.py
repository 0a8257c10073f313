"""Parts of long texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from windowsill.tasks.writing.parts import packed


@given(sizes=st.lists(st.integers(1, 9), max_size=30), room=st.integers(1, 20))
def test_neighbours_share_a_part_as_long_as_there_is_room(sizes: list[int], room: int) -> None:
    pieces = ["x" * size for size in sizes]
    parts = packed(pieces, sizes, room)
    assert "".join(parts) == "".join(pieces)
    assert all(len(part) <= room or part in pieces for part in parts)
    assert len(parts) <= max(1, 2 * sum(sizes) // room + 1)
