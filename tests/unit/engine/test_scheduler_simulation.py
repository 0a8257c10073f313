"""The scheduler under everything at once: nobody starves, is lost or gets another's tokens."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from support.scheduler_simulation import Simulation, simulations
from support.scheduling import make, next_batch, sequence, step
from windowsill.engine import turns
from windowsill.engine.sequence import Sequence


@settings(max_examples=200, deadline=None)
@given(simulations(), st.sampled_from([0.0, 0.1, 0.4]))
def test_every_sequence_gets_its_tokens_in_order_exactly_once_whatever_happens(
    simulation: Simulation, trouble: float
) -> None:
    for step_number in range(60):
        simulation.arrive(step_number)
        if simulation.disturb.random() < 0.1:
            simulation.calm_down()
        if simulation.disturb.random() < trouble:
            simulation.make_trouble()
        simulation.step()
    simulation.calm_down()
    left = sum(len(member.tokens) + wanted for member, wanted in simulation.live.items())
    steps = 0
    while simulation.live:
        simulation.step()
        steps += 1
        assert steps <= 8 * left, "somebody starves"
    assert simulation.scheduler.next_batch() is None


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60))
def test_no_visible_sequence_waits_for_a_hidden_one_of_its_origin_that_had_its_token(
    slots: int, changes: list[tuple[int, bool]]
) -> None:
    scheduler = make(slots=slots, cells=10_000, window=500, shared=slots + 4)
    members = [sequence(key, "ab"[key % 2], visible=key % 3 > 0) for key in range(10)]
    for member in members:
        scheduler.add(member)
    for key, visible in changes:
        scheduler.show(members[key], visible=visible)
        step(scheduler)
        giving_way = {one.origin for one in members if one.slot is not None and turns.gives_way(one) and one.served}
        waiting = {one.origin for one in members if one.slot is None and one.visible}
        assert not giving_way & waiting


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.booleans())
def test_nobody_starves_while_others_keep_coming(slots: int, visible: bool) -> None:
    scheduler = make(slots=slots, cells=400, window=100, batch=slots + 12, shared=slots + 4)
    scheduler.add(victim := sequence(0, "victim", length=90, visible=visible))
    running: dict[int, Sequence] = {}
    for number in range(1, 4000):
        if len(running) < 3 * slots:
            newcomer = sequence(number, f"crowd{number % 5}", length=1 + number % 30)
            running[number] = newcomer
            scheduler.add(newcomer)
        batch = next_batch(scheduler)
        batch.edits.clear()
        scheduler.was_read(batch)
        for _, member, _ in batch.rows():
            if member is victim and member.generated == 3:
                return
            scheduler.append(member, 1)
            if member is not victim and member.generated > 5:
                scheduler.finish(member)
                del running[member.key]
    raise AssertionError("the victim never got its tokens")
