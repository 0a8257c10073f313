"""The cells of the cache: every edit keeps the cache what the tree says, and what is kept goes before who reads."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from support.simulated_cache import SimulatedCache
from windowsill.engine.cells import NOTHING, WORTH_KEEPING, Cells
from windowsill.engine.sequence import Chunk, Copy, Cut, Forget, Remove, Restore, Save, Sequence

LONG = list(range(WORTH_KEEPING + 4))


def make(size: int = 100, *, shelves: int = 2, whole: bool = False) -> Cells:
    """Cells with three seats: ids 0 to 2, and shelves from 3 on."""
    return Cells(size, seats=3, shelves=shelves, whole=whole)


def seat(cells: Cells, tokens: list[int], origin: str) -> tuple[int, int]:
    """With all that is found of ``tokens``."""
    return cells.seat(tokens, origin, cells.find(tokens, origin))


def keep(cells: Cells, tokens: list[int], origin: str = "a") -> None:
    """Read ``tokens`` and end."""
    slot, cached = seat(cells, [*tokens, 0], origin)
    if tokens[cached:]:
        cells.read(slot, tokens[cached:])
    cells.leave(slot, keep=True)


def test_what_ended_is_gone_on_from_without_being_read_again() -> None:
    cells = make()
    keep(cells, LONG)
    assert cells.take_edits() == [Copy(0, 3, len(LONG)), Remove(0)]
    assert seat(cells, [*LONG, 7], "a") == (0, len(LONG))
    assert cells.take_edits() == [Copy(3, 0, len(LONG))]
    assert cells.used == len(LONG)


def test_last_token_of_a_prompt_is_always_read() -> None:
    cells = make()
    keep(cells, LONG)
    assert seat(cells, LONG, "a")[1] == len(LONG) - 1


def test_what_others_have_is_not_kept_twice() -> None:
    cells = make()
    keep(cells, LONG)
    slot, _ = seat(cells, LONG, "a")
    cells.leave(slot, keep=True)
    assert cells.kept == 1


def test_little_is_neither_kept_nor_copied() -> None:
    cells = make()
    keep(cells, LONG[: WORTH_KEEPING - 1])
    assert (cells.kept, cells.used) == (0, 0)
    keep(cells, LONG)
    assert seat(cells, [*LONG[: WORTH_KEEPING - 1], 99, 99], "a")[1] == 0


def saving(size: int = 100, *, idle: int = 0, saved: int = 1000) -> Cells:
    return Cells(size, seats=3, shelves=4, whole=False, idle=idle, saved=saved, worth_saving=WORTH_KEEPING)


def test_what_is_kept_beyond_its_share_moves_to_memory_and_comes_back() -> None:
    cells = saving()
    keep(cells, LONG)
    keep(cells, [9, *LONG])
    cells.take_edits()
    assert (cells.kept, cells.used) == (1, len(LONG) + 1)
    assert seat(cells, [*LONG, 7], "a") == (0, len(LONG))
    restored, cut = cells.take_edits()
    assert isinstance(restored, Restore)
    assert (restored.slot, cut) == (0, Cut(0, len(LONG)))
    assert cells.used == 2 * len(LONG) + 1


def test_what_moved_to_memory_is_found_by_its_own_origin_only() -> None:
    cells = saving()
    keep(cells, LONG)
    keep(cells, [9, *LONG])
    assert seat(cells, [*LONG, 7], "b")[1] == 0


def test_what_failed_is_read_afresh() -> None:
    cells = saving()
    keep(cells, LONG)
    assert cells.seat([*LONG, 7], "a", NOTHING)[1] == 0


def test_looking_for_what_comes_back_changes_nothing() -> None:
    cells = saving()
    keep(cells, LONG)
    keep(cells, list(range(50, 90)))
    cells.take_edits()
    before = (cells.used, cells.kept)
    assert cells.find([*LONG, 7], "a").length == len(LONG)
    assert cells.find([*LONG, 7], "b") == NOTHING
    assert (cells.used, cells.kept, cells.edited) == (*before, False)


def test_what_was_saved_is_not_found_where_those_who_read_leave_no_room_for_it() -> None:
    cells = saving(2 * len(LONG))
    keep(cells, LONG)
    slot, _ = seat(cells, [9], "b")
    cells.read(slot, list(range(100, 100 + len(LONG) + 1)))
    assert cells.find([*LONG, 7], "a") == NOTHING


def test_what_would_be_held_is_known_beforehand() -> None:
    cells = saving(200, idle=200)
    keep(cells, LONG)
    first, _ = seat(cells, [*LONG, 7], "a")
    cells.read(first, [7, 7])
    for tokens in ([*LONG, 8], [*LONG[: WORTH_KEEPING + 1], 8], [5, 5]):
        found = cells.find(tokens, "a")
        expected = cells.held([first], found)
        slot, cached = cells.seat(tokens, "a", found)
        assert (cached, cells.held([first, slot])) == (found.length, expected)
        cells.leave(slot, keep=False)


def test_what_is_to_be_forgotten_is_found_no_more_whether_kept_or_saved() -> None:
    cells = saving()
    keep(cells, LONG, "private")
    keep(cells, list(range(50, 90)), "private")
    (save,) = [edit for edit in cells.take_edits() if isinstance(edit, Save)]
    cells.forget(lambda origin: origin == "private")
    edits = cells.take_edits()
    assert Forget(save.key) in edits
    assert (cells.used, cells.kept, len(edits)) == (0, 0, 2)
    for tokens in (LONG, list(range(50, 90))):
        assert cells.find([*tokens, 7], "private") == NOTHING


def test_forgetting_one_leaves_others_what_they_said_and_our_instructions() -> None:
    cells = make(shelves=4)
    slot, _ = seat(cells, LONG, "private")
    cells.read(slot, LONG)
    cells.share(slot, len(LONG))
    cells.leave(slot, keep=True)
    keep(cells, list(range(50, 90)), "a")
    cells.forget(lambda origin: origin == "private")
    assert cells.find([*LONG, 7], "b").length == len(LONG)
    assert cells.find([*range(50, 90), 7], "a").length == 40


def test_what_comes_back_makes_room_for_itself() -> None:
    cells = saving(2 * len(LONG), idle=100)
    keep(cells, LONG)
    cells.evict()
    keep(cells, [9, *LONG])
    assert seat(cells, [*LONG, 7], "a")[1] == len(LONG)
    assert (cells.used, cells.kept) == (len(LONG), 0)


def test_what_finds_no_room_stays_in_memory() -> None:
    cells = saving(len(LONG) + 4)
    keep(cells, LONG)
    cells.evict()
    slot, _ = seat(cells, [5] * 10, "b")
    cells.read(slot, [5] * 5)
    assert seat(cells, [*LONG, 7], "a")[1] == 0


def test_least_recently_used_leaves_first() -> None:
    cells = make()
    first, second, third = ([number] * WORTH_KEEPING for number in (1, 2, 3))
    keep(cells, first)
    keep(cells, second)
    slot, cached = seat(cells, [*first, 9], "a")
    assert cached == WORTH_KEEPING
    cells.leave(slot, keep=False)
    keep(cells, third)
    assert cells.kept == 2
    assert [seat(cells, [*tokens, 9], "a")[1] for tokens in (first, second, third)] == [WORTH_KEEPING, 0, WORTH_KEEPING]


def test_evicting_gives_cells_back_until_nothing_is_kept() -> None:
    cells = make()
    keep(cells, LONG)
    assert cells.evict()
    assert (cells.used, cells.kept) == (0, 0)
    assert not cells.evict()


def test_without_shelves_nothing_is_kept() -> None:
    cells = make(shelves=0)
    keep(cells, LONG)
    assert (cells.used, cells.kept) == (0, 0)


def test_wrong_guesses_are_cut_off() -> None:
    cells = make()
    slot, _ = seat(cells, LONG, "a")
    cells.read(slot, LONG)
    cells.forget_after(slot)
    assert cells.take_edits() == [Cut(slot, len(LONG))]
    assert not cells.edited


def test_our_instructions_are_shared_by_every_origin() -> None:
    cells = make()
    slot, _ = seat(cells, LONG, "a")
    cells.read(slot, LONG)
    cells.share(slot, WORTH_KEEPING)
    assert seat(cells, [*LONG, 9], "b")[1] == WORTH_KEEPING


def test_whole_sequences_are_gone_on_from_where_they_were_marked() -> None:
    cells = make(whole=True)
    slot, _ = seat(cells, LONG, "a")
    cells.read(slot, LONG)
    cells.mark(slot)
    cells.read(slot, [50, 51])
    assert seat(cells, [*LONG, 60], "a")[1] == len(LONG)
    assert seat(cells, [*LONG[:-1], 60], "a")[1] == 0


# ---- against a simulated cache

BLOCK = 8
PROMPTS = st.lists(st.integers(1, 3), min_size=1, max_size=6).map(
    lambda blocks: [token for token in blocks for _ in range(BLOCK)]
)
SIZE = 90
SEATS, SHELVES = 3, 3


class Edited(RuleBasedStateMachine):
    """Sequences come, read, guess and go; a cache carries out every edit and must agree with the tree."""

    @initialize(whole=st.booleans(), window=st.none() | st.integers(4, 20))
    def open(self, whole: bool, window: int | None) -> None:
        self.whole = whole
        self.can_cut = not whole or window is not None
        self.cells = Cells(
            SIZE, seats=SEATS, shelves=SHELVES, whole=whole, idle=SIZE // 4, saved=SIZE, worth_saving=WORTH_KEEPING
        )
        self.cache = SimulatedCache(ids=SEATS + SHELVES, cells=SIZE, whole=whole, window=window if whole else None)
        self.seated: dict[int, Sequence] = {}

    def edit(self) -> None:
        for edit in self.cells.take_edits():
            self.cache.make(edit)

    def read(self, sequence: Sequence, end: int, draft: list[int]) -> bool:
        """False: there is no room."""
        part = Chunk(sequence, sequence.read, end, draft)
        while self.cells.used + part.size > SIZE:
            if not self.cells.evict():
                return False
        self.edit()
        self.cache.read([part])
        self.cells.read(sequence.seat, sequence.tokens[sequence.read : end])
        sequence.read = end
        return True

    @precondition(lambda self: len(self.seated) < SEATS)
    @rule(prompt=PROMPTS, origin=st.sampled_from("ab"))
    def arrive(self, prompt: list[int], origin: str) -> None:
        sequence = Sequence(0, origin, prompt, visible=True)
        sequence.slot, sequence.read = seat(self.cells, prompt, origin)
        self.edit()
        assert self.cache.tokens(sequence.slot) == prompt[: sequence.read]
        assert sequence.unread > 0
        self.seated[sequence.slot] = sequence

    @precondition(lambda self: self.seated)
    @rule(data=st.data(), size=st.integers(1, 20), generated=st.integers(0, 3))
    def read_on(self, data: st.DataObject, size: int, generated: int) -> None:
        sequence = data.draw(st.sampled_from(list(self.seated.values())))
        sequence.tokens += [4] * generated
        if sequence.unread:
            self.read(sequence, min(len(sequence.tokens), sequence.read + size), [])

    @precondition(lambda self: self.seated and self.can_cut)
    @rule(data=st.data(), drafted=st.integers(1, 4), right=st.integers(0, 4))
    def guess(self, data: st.DataObject, drafted: int, right: int) -> None:
        sequence = data.draw(st.sampled_from(list(self.seated.values())))
        draft = [5] * drafted
        sequence.tokens.append(4)
        if not self.read(sequence, len(sequence.tokens), draft):
            return
        accepted = draft[:right]
        if accepted:
            self.cells.read(sequence.seat, accepted)
            sequence.tokens += accepted
            sequence.read += len(accepted)
        if right < drafted:
            self.cells.forget_after(sequence.seat)

    @precondition(lambda self: self.seated)
    @rule(data=st.data(), keep=st.booleans())
    def leave(self, data: st.DataObject, keep: bool) -> None:
        slot = data.draw(st.sampled_from(sorted(self.seated)))
        self.cells.leave(slot, keep=keep)
        del self.seated[slot]

    @precondition(lambda self: self.seated)
    @rule(data=st.data())
    def share_and_mark(self, data: st.DataObject) -> None:
        slot = data.draw(st.sampled_from(sorted(self.seated)))
        self.cells.share(slot, min(self.seated[slot].read, 2 * BLOCK))
        if self.whole:
            self.cells.mark(slot)

    @rule()
    def evict(self) -> None:
        kept = self.cells.kept
        assert self.cells.evict() == (kept > 0)
        assert self.cells.kept == max(0, kept - 1)

    @rule()
    def forget_kept(self) -> None:
        self.cells.forget_kept()
        assert self.cells.kept == 0
        assert self.cells.used == self.cells.held(self.seated)

    @invariant()
    def cache_is_what_the_tree_says(self) -> None:
        if not hasattr(self, "cells"):
            return
        self.edit()
        assert self.cells.used == self.cache.used <= SIZE
        assert self.cells.kept <= SHELVES
        for slot, sequence in self.seated.items():
            assert self.cache.tokens(slot) == sequence.tokens[: sequence.read]


TestEdited = Edited.TestCase
TestEdited.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
