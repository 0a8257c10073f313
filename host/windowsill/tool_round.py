"""One round of tools that a page runs while its prompt waits: the calls that it was told, and what they gave."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from windowsill.protocol import ToolCall, ToolResponse
from windowsill.tasks import tool_calls


class ToolRound:
    """Waits for as long as the page's tools take: whoever asked for the prompt may abort it."""

    def __init__(self, calls: Sequence[ToolCall]) -> None:
        self._calls = calls
        self._responses: asyncio.Future[tuple[ToolResponse, ...]] = asyncio.get_running_loop().create_future()

    def hear(self, responses: tuple[ToolResponse, ...]) -> bool:
        """What the page says that they gave; False when that is no answer to these calls, or they have one."""
        if self._responses.done() or not tool_calls.answers(responses, self._calls):
            return False
        self._responses.set_result(responses)
        return True

    async def responses(self) -> tuple[ToolResponse, ...]:
        """One for each call."""
        return await self._responses
