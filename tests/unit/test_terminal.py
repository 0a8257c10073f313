"""An answer on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.engine_stats import A, load, model, stats
from support.fake_link import FakeLink
from support.manual_clock import MANUAL_CLOCK
from windowsill import terminal


@pytest.fixture
def anyio_backend() -> tuple[str, Mapping[str, Any]]:
    return MANUAL_CLOCK


@pytest.mark.anyio
async def test_use_is_measured_between_two_looks() -> None:
    link = FakeLink()
    link.now = stats(model(a=load(1)))
    async with aclosing(terminal.usages(link.as_link)) as usages:
        first = await anext(usages)
        assert first is not None
        assert link.looks == 2
        link.now = stats(model(a=load(1, tokens=10)), decoded=10)
        second = await anext(usages)
        assert second is not None
        assert second.origins[A].tokens_per_second == pytest.approx(10, rel=0.1)
        link.now = None
        assert await anext(usages) is None


@pytest.mark.anyio
async def test_without_an_engine_nobody_waits_for_a_second_look() -> None:
    link = FakeLink()
    async with aclosing(terminal.usages(link.as_link)) as usages:
        assert await anext(usages) is None
    assert link.looks == 1


def test_a_models_escape_sequences_do_not_reach_the_terminal() -> None:
    assert terminal.printable("a\x1b[2Jb\x07c\r\n\td\x9b1m") == "a[2Jbc\n\td1m"


@given(st.text())
def test_printable_text_is_left_alone(text: str) -> None:
    shown = terminal.printable(text)
    assert terminal.printable(shown) == shown
    assert not text.isprintable() or shown == text
