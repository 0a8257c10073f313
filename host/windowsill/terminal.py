"""The terminal's user and the shared Engine: one question answered, and what it does at the moment."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Final

import anyio
from msgspec import structs

from windowsill import engine_usage
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import Finished, ModelRef, Turn
from windowsill.engine_usage import Look, Usage
from windowsill.errors import QuotaExceededError
from windowsill.settings import Paths, Settings
from windowsill.tasks.sampling import SAMPLING_MODES

LOOK_SECONDS: Final = 1.0
"""Between the two looks at the Engine that a rate is measured with."""

ORIGIN: Final = "windowsill:terminal"
"""Who asks, for the Engine's fairness; no page has an origin like it."""


async def answer(
    where: Paths, settings: Settings, model: ModelRef, text: str, write: Callable[[str], None]
) -> Finished:
    """Answer ``text``, handing pieces to ``write`` as they come. Raises WindowsillError."""
    sampling = SAMPLING_MODES["balanced"]
    if settings.sampling_seed is not None:
        sampling = structs.replace(sampling, seed=settings.sampling_seed)
    turns = (Turn(role="user", content=text),)
    link = EngineLink(where, settings)
    try:
        described = await link.describe(model)
        asked = sum(await link.count(model, turns, origin=ORIGIN, visible=True))
        room = described.context_window - asked
        if room <= 0:
            raise QuotaExceededError("The text is too long.", requested=asked, quota=described.context_window)
        async with link.generate(
            model=model, origin=ORIGIN, visible=True, turns=turns, sampling=sampling, max_tokens=room, continues=False
        ) as generation:
            async for piece in generation:
                write(printable(piece))
        return generation.finished
    finally:
        await link.aclose()


async def usages(link: EngineLink) -> AsyncGenerator[Usage | None, None]:
    """What the Engine does, every ``LOOK_SECONDS`` without end; None while none runs. Raises WindowsillError."""
    before: Look | None = None
    while True:
        stats = await link.stats()
        now = None if stats is None else Look(anyio.current_time(), stats)
        if now is None:
            yield None
        elif before is not None:
            yield engine_usage.usage(before, now)
        before = now
        await anyio.sleep(LOOK_SECONDS)


def printable(text: str) -> str:
    """``text`` without what would move the cursor or change colours: a model's words are not trusted with that."""
    return "".join(character for character in text if character.isprintable() or character in "\n\t")
