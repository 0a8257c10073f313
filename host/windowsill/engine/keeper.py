"""Which model is in memory: at most one. Loads on demand, unloads when another is asked for and nobody uses it.

Rules this file keeps: callers never look at the state first; turns are taken in order of asking, so a wish for another
model is not put off by newer users of the loaded one. A load, once begun, goes on without whoever asked for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio

from windowsill.engine.model import Model
from windowsill.engine_protocol import ModelRef


class ModelKeeper:
    """``load`` raises NotSupportedError or OperationError, and is tried again for the next who asks."""

    def __init__(self, load: Callable[[ModelRef], Awaitable[Model]]) -> None:
        self._load = load
        self._turn = anyio.Lock()
        self._users = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._ref: ModelRef | None = None
        self._loading: asyncio.Future[Model] | None = None

    @property
    def loaded(self) -> Model | None:
        """The model in memory, if one is."""
        loading = self._loading
        if loading is None or not loading.done() or loading.cancelled() or loading.exception():
            return None
        return loading.result()

    @property
    def loading(self) -> bool:
        """Whether a load is under way."""
        return self._loading is not None and not self._loading.done()

    @asynccontextmanager
    async def use(self, ref: ModelRef) -> AsyncIterator[Model]:
        """The model, which stays in memory inside the block. Raises what ``load`` raises."""
        async with self._turn:
            model = await self._get(ref)
            self._users += 1
            self._unused.clear()
        try:
            yield model
        finally:
            self._users -= 1
            if not self._users:
                self._unused.set()

    async def close(self) -> None:
        """Unload; for when nobody uses anything and nothing is loading."""
        model = self.loaded
        self._loading = None
        if model is not None:
            await model.close()

    async def _get(self, ref: ModelRef) -> Model:
        if self._loading is None or self._ref != ref or not self._usable(self._loading):
            await self._make_way()
            self._ref = ref
            self._loading = asyncio.ensure_future(self._load(ref))
        return await asyncio.shield(self._loading)

    def _usable(self, loading: asyncio.Future[Model]) -> bool:
        return not loading.done() or (self.loaded is not None and not self.loaded.broken)

    async def _make_way(self) -> None:
        if self._loading is not None:
            await asyncio.wait([self._loading])
        await self._unused.wait()
        await self.close()
