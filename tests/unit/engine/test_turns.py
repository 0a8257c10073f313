"""Whose turn it is: between origins, between visible and hidden, between long prompts and short ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine import turns
from windowsill.engine.sequence import Chunk, Sequence
from windowsill.engine.turns import HIDDEN_SHARE, OLDEST_SHARE, VISIBLE_TURNS, SeatQueue

_ages = iter(range(1, 10**9))


def sequence(origin: str = "a", length: int = 1, *, visible: bool = True) -> Sequence:
    """Each is younger than those before it."""
    made = Sequence(next(_ages), origin, [0] * length, visible=visible)
    made.age = made.key
    return made


def taken(queue: SeatQueue) -> list[Sequence]:
    """Everyone who waits, in order."""
    order = []
    while (first := queue.next()) is not None:
        queue.take(first)
        order.append(first)
    return order


def queue_of(*sequences: Sequence) -> SeatQueue:
    queue = SeatQueue()
    for one in sequences:
        queue.add(one)
    return queue


def test_seats_go_round_between_origins_and_by_age_within_one() -> None:
    a1, a2, a3, b1, b2, c1 = (sequence(origin) for origin in "aaabbc")
    assert taken(queue_of(a1, a2, a3, b1, b2, c1)) == [a1, b1, c1, a2, b2, a3]


def test_hidden_waits_for_visible_ones_but_gets_every_fourth_seat() -> None:
    hidden = [sequence("h", visible=False) for _ in range(2)]
    visible = [sequence() for _ in range(2 * VISIBLE_TURNS)]
    order = taken(queue_of(*hidden, *visible))
    assert [order.index(one) for one in hidden] == [VISIBLE_TURNS, 2 * VISIBLE_TURNS + 1]


def test_origins_that_have_a_seat_can_be_passed_over() -> None:
    queue = queue_of(sequence("a"), b := sequence("b"))
    assert queue.next(without={"a"}) is b
    assert queue.next(without={"a", "b"}) is None


def test_one_that_wants_no_seat_any_more_is_forgotten() -> None:
    queue = queue_of(first := sequence(), second := sequence())
    queue.remove(first)
    assert len(queue) == 1
    assert taken(queue) == [second]


def test_youngest_of_the_greediest_origin_leaves_first() -> None:
    running = [sequence("a"), youngest := sequence("a"), sequence("b")]
    assert turns.victim(running) is youngest
    assert turns.displaced(running) is youngest


def test_origin_with_one_seat_gives_way_to_nobody() -> None:
    assert turns.displaced([sequence("a"), sequence("b")]) is None
    assert turns.displaced([]) is None


def test_every_origin_decodes_as_many_as_the_one_with_the_fewest() -> None:
    many = [sequence("a") for _ in range(7)]
    few = [sequence("b") for _ in range(2)]
    assert len(turns.decoding(many + few, 1)) == 4
    assert turns.decoding(many, 1) == many


def test_origin_with_more_sequences_than_its_share_takes_them_in_turn() -> None:
    ready = [*(sequence("a") for _ in range(3)), other := sequence("b")]
    served: list[Sequence] = []
    for step in range(1, 7):
        chosen = turns.decoding(ready, step)
        assert other in chosen
        for one in chosen:
            one.served = step
        served += [one for one in chosen if one is not other]
    assert served == 2 * ready[:3]


def test_hidden_sequences_decode_in_one_step_of_four_beside_visible_ones() -> None:
    ready = [sequence(), hidden := sequence("b", visible=False)]
    assert [step for step in range(1, 9) if hidden in turns.decoding(ready, step)] == [HIDDEN_SHARE, 2 * HIDDEN_SHARE]
    assert turns.decoding([hidden], 1) == [hidden]


def test_drafts_are_tried_as_far_as_there_are_rows() -> None:
    decoding = [sequence(length=3) for _ in range(3)]
    for one in decoding:
        one.read = 2
        one.draft = [7, 7, 7]
    assert [(one.sequence, one.draft) for one in turns.drafts(decoding, 4)] == [
        (decoding[0], [7, 7, 7]),
        (decoding[1], [7]),
    ]
    assert turns.drafts(decoding, 9) == [], "an untried draft is out of date"


# ---- prompts


def sizes(chunks: list[Chunk]) -> dict[int, int]:
    return {chunk.sequence.key: chunk.size for chunk in chunks}


def read_all(prompts: list[Sequence], room: int) -> list[Sequence]:
    """In the order in which they were read."""
    left, order, reading = list(prompts), [], turns.Reading()
    while left:
        for chunk in reading.chunks(left, room):
            chunk.sequence.read = chunk.end
            if chunk.last:
                order.append(chunk.sequence)
        left = [one for one in left if one.unread]
    return order


def test_equal_prompts_are_read_one_after_the_other() -> None:
    prompts = [sequence(length=60) for _ in range(8)]
    ends: list[int] = []
    reading = turns.Reading()
    for step in range(8):
        for chunk in reading.chunks([one for one in prompts if one.unread], 60):
            chunk.sequence.read = chunk.end
            if chunk.last:
                ends.append(step)
    assert ends == list(range(8))


def test_short_prompt_overtakes_a_long_one_that_keeps_its_share() -> None:
    long, short = sequence(length=1000), sequence(length=20)
    assert sizes(turns.Reading().chunks([long, short], 40)) == {short.key: 20, long.key: 20}
    assert (
        sizes(turns.Reading().chunks([long, *(sequence(length=40) for _ in range(9))], 40))[long.key]
        == 40 // OLDEST_SHARE
    )


def test_first_prompts_of_all_origins_come_before_the_second_of_any() -> None:
    a1, a2, b1 = sequence("a", 40), sequence("a", 50), sequence("b", 60)
    assert read_all([a1, a2, b1], 10) == [a1, b1, a2]


def test_origin_with_many_short_prompts_does_not_hold_up_another_with_a_longer_one() -> None:
    crowd = [sequence("a", 100) for _ in range(7)]
    order = read_all([*crowd, late := sequence("b", 130)], 50)
    assert order.index(late) == 1


def test_origin_with_one_huge_prompt_does_not_hold_up_short_ones_of_another() -> None:
    huge = sequence("b", 5000)
    reading = turns.Reading()
    for _ in range(10):
        short = sequence("a", 40)
        steps = 0
        while short.unread:
            steps += 1
            for chunk in reading.chunks([huge, short], 50):
                chunk.sequence.read = chunk.end
        assert steps <= 3
    assert huge.read >= 10 * 40, "nor is it held up"


def test_hidden_prompt_gets_a_share_beside_visible_ones_and_no_more_than_it_needs() -> None:
    visible, hidden = sequence(length=100), sequence("b", 100, visible=False)
    assert sizes(turns.Reading().chunks([visible, hidden], 40)) == {visible.key: 30, hidden.key: 10}
    hidden.read = 97
    assert sizes(turns.Reading().chunks([visible, hidden], 40)) == {visible.key: 37, hidden.key: 3}
    visible.read = 98
    hidden.read = 0
    assert sizes(turns.Reading().chunks([visible, hidden], 40)) == {visible.key: 2, hidden.key: 38}


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 50), st.booleans()), min_size=1, max_size=8),
    st.integers(1, 100),
)
def test_prompts_fill_all_the_room_there_is_and_no_more(prompts: list[tuple[str, int, bool]], room: int) -> None:
    made = [sequence(origin, length, visible=visible) for origin, length, visible in prompts]
    chunks = turns.Reading().chunks(made, room)
    assert sum(chunk.size for chunk in chunks) == min(room, sum(one.unread for one in made))
    assert len({chunk.sequence for chunk in chunks}) == len(chunks)
    for chunk in chunks:
        assert 0 == chunk.start < chunk.end <= len(chunk.sequence.tokens)
