"""Which models are in memory: as many as fit. Loads on demand; unloads what nobody used for long, or what must go.

Rules this file keeps: callers never look at the state first; one load at a time, and no other model's users wait for
it; a model that must make way takes no new users, asks those it has to leave if they do not get on, and goes when its
last one does: nobody waits for a reader who is away. A load goes on without who asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio

from windowsill.engine.compute import TooLarge
from windowsill.engine.model import Model
from windowsill.engine_protocol import ModelRef
from windowsill.errors import OperationError


class _Place:
    """One model, from the wish for it until it is unloaded."""

    def __init__(self) -> None:
        self.model: asyncio.Future[Model] | None = None
        self.users = 0
        self.pleas: list[Callable[[], None]] = []
        self.leaving = False
        self.unused = asyncio.Event()
        self.gone = asyncio.Event()
        self.timer: asyncio.TimerHandle | None = None

    def enter(self) -> None:
        """One user more."""
        self.users += 1
        self.unused.clear()
        if self.timer is not None:
            self.timer.cancel()

    @property
    def loaded(self) -> Model | None:
        """The model, if it is in memory."""
        if self.model is None or not self.model.done() or self.model.cancelled() or self.model.exception():
            return None
        return self.model.result()


class ModelKeeper:
    """``load`` raises TooLarge for want of memory that others hold, or NotSupportedError or OperationError.

    ``idle_seconds``: how long a model stays in memory without users.
    """

    def __init__(self, load: Callable[[ModelRef], Awaitable[Model]], *, idle_seconds: float) -> None:
        self._load = load
        self._idle_seconds = idle_seconds
        self._places: dict[ModelRef, _Place] = {}
        self._turn = anyio.Lock()
        self._unloading: set[asyncio.Future[None]] = set()

    @property
    def loaded(self) -> list[Model]:
        """The models in memory."""
        return [place.loaded for place in self._places.values() if place.loaded is not None]

    @property
    def loading(self) -> bool:
        """Whether a load is under way."""
        return any(place.model is not None and not place.model.done() for place in self._places.values())

    @asynccontextmanager
    async def use(self, ref: ModelRef, make_way: Callable[[], None]) -> AsyncIterator[Model]:
        """The model, which stays in memory inside the block. Raises NotSupportedError or OperationError.

        ``make_way`` is called when it must go: from then on the block ends soon, or gets on with its work.
        """
        place = await self._place(ref)
        place.enter()
        place.pleas.append(make_way)
        try:
            if place.model is None:
                place.model = asyncio.ensure_future(self._obtain(place, ref))
                # The load is a user of its own, for who asked may go before it is over.
                place.enter()
                place.model.add_done_callback(lambda _: self._exit(ref, place))
            yield await asyncio.shield(place.model)
        finally:
            place.pleas.remove(make_way)
            self._exit(ref, place)

    async def close(self) -> None:
        """Unload all; for when nobody uses anything and nothing is loading."""
        for ref, place in list(self._places.items()):
            await self._unload(ref, place)
        await asyncio.gather(*self._unloading)

    async def _place(self, ref: ModelRef) -> _Place:
        while True:
            place = self._places.get(ref)
            if place is not None and place.loaded is not None and place.loaded.broken and not place.leaving:
                # Its users may be in the midst of something; the next model does not wait for them.
                del self._places[ref]
                self._leave_soon(ref, place)
                place = None
            if place is None:
                place = self._places[ref] = _Place()
            if not place.leaving:
                # The newest use is the last to make way.
                self._places[ref] = self._places.pop(ref)
                return place
            await place.gone.wait()

    async def _obtain(self, place: _Place, ref: ModelRef) -> Model:
        try:
            async with self._turn:
                while True:
                    try:
                        return await self._load(ref)
                    except TooLarge as error:
                        if not await self._make_way(place):
                            raise OperationError("The model does not fit into memory.", detail=str(error)) from error
        except BaseException:
            del self._places[ref]  # The next who asks tries anew.
            raise

    async def _make_way(self, newcomer: _Place) -> bool:
        """Unload what was used least recently, once its users are done; False: nothing else is loaded."""
        others = [(ref, place) for ref, place in self._places.items() if place is not newcomer and place.loaded]
        if not others:
            if not self._unloading:
                return False
            await asyncio.wait(self._unloading)
            return True
        ref, place = min(others, key=lambda other: other[1].users > 0)
        await self._unload(ref, place)
        return True

    def _exit(self, ref: ModelRef, place: _Place) -> None:
        """One user less; after the last one it stays for a while."""
        place.users -= 1
        if place.users:
            return
        place.unused.set()
        if place.loaded is not None and not place.leaving:
            self._places[ref] = self._places.pop(ref)
            loop = asyncio.get_running_loop()
            place.timer = loop.call_later(self._idle_seconds, self._leave_soon, ref, place)

    def _leave_soon(self, ref: ModelRef, place: _Place) -> None:
        place.leaving = True
        unloading = asyncio.ensure_future(self._unload(ref, place))
        self._unloading.add(unloading)
        unloading.add_done_callback(self._unloading.discard)

    async def _unload(self, ref: ModelRef, place: _Place) -> None:
        place.leaving = True
        if place.timer is not None:
            place.timer.cancel()
        for make_way in place.pleas:
            make_way()
        if place.users:
            await place.unused.wait()
        model = place.loaded
        if model is not None:
            await model.close()
        if self._places.get(ref) is place:
            del self._places[ref]
        place.gone.set()
