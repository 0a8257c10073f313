"""The tree of prefixes: as long a match as there is, no token of another origin, and every cell counted once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from windowsill.engine.prefix_tree import Match, PrefixTree, common


def tree_with(*holders: tuple[str, list[int]]) -> PrefixTree:
    """A tree in which holder 0, 1, ... of these origins read these tokens, each sharing what it can."""
    tree = PrefixTree()
    for holder, (origin, tokens) in enumerate(holders):
        match = tree.match(tokens, origin, len(tokens))
        tree.seat(holder, match, origin)
        rest = tokens[match.length if match else 0 :]
        if rest:
            tree.extend(holder, rest)
    return tree


def matched(tree: PrefixTree, tokens: list[int], origin: str, *, whole: bool = False) -> int:
    match = tree.match(tokens, origin, len(tokens), whole=whole)
    return match.length if match else 0


def test_next_turn_of_a_conversation_shares_all_of_the_one_before() -> None:
    tree = tree_with(("a", [1, 2, 3]), ("a", [1, 2, 3, 4, 5]))
    assert tree.used == 5
    assert matched(tree, [1, 2, 3, 4, 5, 6], "a") == 5


def test_conversations_that_part_share_what_is_above_the_fork() -> None:
    tree = tree_with(("a", [1, 2, 3, 4]), ("a", [1, 2, 8, 9]))
    assert tree.used == 6
    assert matched(tree, [1, 2, 8, 7], "a") == 3
    assert tree.held([0]) == 4
    assert tree.held([0, 1]) == 6


def test_other_origins_find_nothing_but_our_own_instructions() -> None:
    tree = tree_with(("a", [1, 2, 3, 4]))
    assert matched(tree, [1, 2, 3, 4], "b") == 0
    tree.publish(0, 2)
    assert matched(tree, [1, 2, 3, 4], "b") == 2
    assert matched(tree, [1, 2, 3, 4], "a") == 4


def test_what_follows_our_instructions_stays_its_origins() -> None:
    tree = tree_with(("a", [1, 2]))
    tree.publish(0, 2)
    tree.extend(0, [3])
    assert matched(tree, [1, 2, 3], "b") == 2


def test_two_origins_that_read_the_same_at_once_have_their_own_cells() -> None:
    tree = PrefixTree()
    for holder, origin in enumerate("ab"):
        tree.seat(holder, None, origin)
        tree.extend(holder, [1, 2, 3])
    assert tree.used == 6
    tree.release(0)
    assert (tree.used, matched(tree, [1, 2, 3], "a"), matched(tree, [1, 2, 3], "b")) == (3, 0, 3)


def test_match_goes_no_further_than_its_limit() -> None:
    match = tree_with(("a", [1, 2, 3])).match([1, 2, 3], "a", 2)
    assert match is not None
    assert (match.length, match.holder) == (2, 0)


def test_whole_match_ends_where_a_holder_stands() -> None:
    tree = tree_with(("a", [1, 2]), ("a", [1, 2, 3, 4]))
    assert matched(tree, [1, 2, 3, 9], "a", whole=True) == 2
    assert matched(tree, [1, 2, 3, 4, 9], "a", whole=True) == 4
    assert matched(tree, [1, 9], "a", whole=True) == 0


def test_holder_is_covered_while_another_has_all_that_it_has() -> None:
    tree = tree_with(("a", [1, 2]), ("a", [1, 2, 3]))
    assert tree.covered(0)
    assert not tree.covered(0, whole=True)
    assert not tree.covered(1)
    tree.double(1, 5)
    assert tree.covered(1, whole=True)


def test_seat_that_is_taken_is_refused() -> None:
    tree = tree_with(("a", [1]))
    with pytest.raises(ValueError, match="holds something"):
        tree.seat(0, None, "a")


def test_publishing_more_than_was_read_is_refused() -> None:
    with pytest.raises(ValueError, match="split"):
        tree_with(("a", [1, 2])).publish(0, 3)


def depth(tree: PrefixTree, tokens: list[int]) -> int:
    """Nodes on the way to ``tokens``."""
    match = tree.match(tokens, "a", len(tokens))
    node = match.node if match else None
    count = 0
    while node is not None:
        node, count = node.parent, count + 1
    return count


def test_conversation_of_thousands_of_turns_is_found_and_stays_shallow() -> None:
    tree = PrefixTree()
    tokens: list[int] = []
    for turn in range(5000):
        match = tree.match(tokens, "a", len(tokens))
        assert (match.length if match else 0) == len(tokens)
        tree.seat(turn % 2, match, "a")
        if turn:
            tree.release((turn - 1) % 2)
        tree.extend(turn % 2, [turn])
        tokens.append(turn)
    assert tree.used == 5000
    assert depth(tree, tokens) <= 3


# ---- against an oracle


class Cell:
    """A token and who may know of it."""

    def __init__(self, token: int, origin: str | None) -> None:
        self.token = token
        self.origin = origin


ORIGINS = st.sampled_from("ab")
TOKENS = st.lists(st.integers(0, 2), max_size=12)
SHORT = st.lists(st.integers(0, 2), min_size=1, max_size=4)
LONGEST = 1000


class Comparison(RuleBasedStateMachine):
    """The tree beside lists of cells, searched one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = PrefixTree()
        self.held: dict[int, list[Cell]] = {}
        self.origins: dict[int, str] = {}
        self.next = 0

    def known(self, holder: int, tokens: list[int], origin: str) -> int:
        """How many of ``tokens`` a holder begins with that ``origin`` may know of."""
        for place, (cell, token) in enumerate(zip(self.held[holder], tokens, strict=False)):
            if cell.token != token or cell.origin not in {None, origin}:
                return place
        return min(len(self.held[holder]), len(tokens))

    def add(self, holder: int, cells: list[Cell], origin: str) -> None:
        self.held[holder] = cells
        self.origins[holder] = origin
        self.next += 1

    @rule(tokens=TOKENS, origin=ORIGINS, limit=st.integers(0, 12), whole=st.booleans())
    def match_and_seat(self, tokens: list[int], origin: str, limit: int, whole: bool) -> None:
        limit = min(limit, len(tokens))
        lengths = {holder: self.known(holder, tokens[:limit], origin) for holder in self.held}
        if whole:
            lengths = {holder: length for holder, length in lengths.items() if length == len(self.held[holder])}
        match: Match | None = self.tree.match(tokens, origin, limit, whole=whole)
        assert (match.length if match else 0) == max(lengths.values(), default=0)
        cells: list[Cell] = []
        if match is not None:
            assert lengths[match.holder] == match.length
            cells = self.held[match.holder][: match.length]
        self.tree.seat(self.next, match, origin)
        self.add(self.next, cells, origin)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), tokens=SHORT)
    def extend(self, data: st.DataObject, tokens: list[int]) -> None:
        holder = data.draw(st.sampled_from(sorted(self.held)))
        self.tree.extend(holder, tokens)
        self.held[holder] = self.held[holder] + [Cell(token, self.origins[holder]) for token in tokens]

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def double(self, data: st.DataObject) -> None:
        holder = data.draw(st.sampled_from(sorted(self.held)))
        self.tree.double(holder, self.next)
        self.add(self.next, self.held[holder], self.origins[holder])

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def publish(self, data: st.DataObject) -> None:
        holder = data.draw(st.sampled_from(sorted(self.held)))
        length = data.draw(st.integers(0, len(self.held[holder])))
        self.tree.publish(holder, length)
        for cell in self.held[holder][:length]:
            cell.origin = None

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        holder = data.draw(st.sampled_from(sorted(self.held)))
        self.tree.release(holder)
        del self.held[holder], self.origins[holder]

    @invariant()
    def cells_are_counted_once(self) -> None:
        assert self.tree.used == len({cell for cells in self.held.values() for cell in cells})
        for holder, cells in self.held.items():
            assert self.tree.length(holder) == len(cells) == self.tree.held([holder])
            if self.tree.covered(holder):
                others = {cell for other, theirs in self.held.items() if other != holder for cell in theirs}
                assert others.issuperset(cells)


TestComparison = Comparison.TestCase
TestComparison.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


few_tokens = st.lists(st.integers(0, 2), min_size=1, max_size=8)


@given(edge=few_tokens, tokens=few_tokens, at=st.integers(0, 8), limit=st.integers(0, 8))
def test_tokens_in_common_are_those_before_the_first_that_differs(
    edge: list[int], tokens: list[int], at: int, limit: int
) -> None:
    limit = min(limit, len(tokens))
    pairs = list(zip(edge, tokens[at:limit], strict=False))
    differ = [place for place, (one, other) in enumerate(pairs) if one != other]
    assert common(edge, tokens, min(at, limit), limit) == min([*differ, len(pairs)])
