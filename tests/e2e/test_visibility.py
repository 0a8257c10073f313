"""A document whose answer is under way leaves the screen and comes back: the Engine knows."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from queue import Queue
from typing import Final

from support.counting_gguf import make_counting_gguf
from support.unwatched import SCRIPT, SECONDS, visiting
from windowsill import settings
from windowsill.engine_link import EngineLink
from windowsill.settings import Paths

TURNS: Final = """
  const turns = (state) => document.visibilityState === state || new Promise((turned) => {
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === state) turned();
    });
  });
"""

OPENS: Final = SCRIPT % (TURNS + "await turns('hidden'); open('/asks', '_blank', 'noopener');")
"""The extension's page of welcome is in front of this one, and the next comes before both."""

ASKS: Final = SCRIPT % (
    TURNS
    + """
  const session = await LanguageModel.create();
  const reader = session.promptStreaming('Count.').getReader();
  await reader.read();
  await post('/until', { hidden: 0 });
  open('/in-front', '_blank', 'noopener');
  await turns('hidden');
  await post('/until', { hidden: 1 });
  await post('/close');
  await turns('visible');
  await post('/until', { hidden: 0 });
  await post('/report', { known: true });
"""
)

IN_FRONT: Final = SCRIPT % "await post('/until-closed'); close();"


async def until_hidden(where: Paths, expected: int) -> None:
    """Nothing answers a notice, so the Engine is asked until it knows, which costs it a step each time."""
    link = EngineLink(where, settings.load(where))
    try:
        while True:
            stats = await link.stats()
            assert stats is not None
            (load,) = [load for model in stats.models for load in model.origins.values()]
            assert load.running + load.waiting + load.paused == 1
            if load.hidden == expected:
                return
    finally:
        await link.aclose()


def test_engine_knows_when_the_document_of_an_answer_leaves_the_screen_and_comes_back(tmp_path: Path) -> None:
    closing: Queue[None] = Queue()
    model = make_counting_gguf(tmp_path / "slow.gguf", 1500, layers=16, feed_forward=2048)
    with visiting({"/": OPENS, "/asks": ASKS, "/in-front": IN_FRONT}, model) as visit:

        def until(body: bytes) -> None:
            asyncio.run(asyncio.wait_for(until_hidden(visit.where, json.loads(body)["hidden"]), SECONDS))

        visit.site.posts["/until"] = until
        visit.site.posts["/close"] = lambda _: closing.put(None)
        visit.site.posts["/until-closed"] = lambda _: closing.get(timeout=SECONDS)
        assert visit.report() == {"known": True}
