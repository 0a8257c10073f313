"""A short soak: many sessions, some active, an Engine that is killed; every answer whole, and memory within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from soak.run import Plan, soak
from support.counting_gguf import counted, make_counting_gguf

pytestmark = pytest.mark.anyio

WORDS = 30
SECONDS = 15.0
GROWTH = {"Host": 4 * 2**20, "Engine": 32 * 2**20}
"""Bytes, from the least to the most: sessions and buffers come to a tenth of it, in an Engine also a cache that is used
for the first time. What it keeps of conversations is little with this model."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_64_sessions_with_8_active_lose_nothing_and_stay_within_their_memory(tmp_path: Path) -> None:
    model = make_counting_gguf(tmp_path / "counting.gguf", WORDS, embedding=64, layers=2, context=1024)
    whole = counted(WORDS).strip()
    report = await soak(Plan(seconds=SECONDS), tmp_path / "home", model, lambda text: text.strip() == whole, threads=1)
    assert report.lost == []
    assert report.begun == report.ended
    assert report.kills > 0
    for memory in report.memories:
        sizes = [sample.resident for sample in memory.all]
        assert max(sizes) - min(sizes) < GROWTH[memory.name]
