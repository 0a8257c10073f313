from __future__ import annotations

from collections import Counter

from soak.load import WEIGHTS, Load


def drawn(seed: int) -> list[str]:
    load = Load(seed)
    return [f"{load.deed()}{load.question()}{load.page()}{load.visible()}{load.place(8)}" for _ in range(100)]


def test_the_same_seed_draws_the_same() -> None:
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_everything_is_done_about_as_often_as_it_should_be() -> None:
    load = Load(1)
    done = Counter(load.deed() for _ in range(10_000))
    assert sum(WEIGHTS.values()) == 100
    assert all(abs(done[deed] / 100 - share) < 2 for deed, share in WEIGHTS.items())
