"""Which models stay in memory, over loads that tests hold back and a machine with room for so many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import pytest
from anyio import wait_all_tasks_blocked

from support.manual_clock import MANUAL_CLOCK
from windowsill.engine.compute import TooLarge
from windowsill.engine.keeper import ModelKeeper
from windowsill.engine.model import Model
from windowsill.engine_protocol import ModelRef
from windowsill.errors import OperationError

pytestmark = pytest.mark.anyio

IDLE = 100.0

A, B, C = (ModelRef(path=f"/{name}.gguf", version="1") for name in "abc")


@pytest.fixture
def anyio_backend() -> tuple[str, Mapping[str, Any]]:
    return MANUAL_CLOCK


class KeptModel(Model):
    """Takes one place of ``machine`` until it is closed."""

    def __init__(self, ref: ModelRef, machine: Machine) -> None:
        self.ref = ref
        self.works = True
        self._machine = machine

    @property
    def broken(self) -> bool:
        return not self.works

    async def close(self) -> None:
        await self._machine.may_close.wait()
        if self in self._machine.held:
            self._machine.held.remove(self)


class Machine:
    """Has ``room`` for so many models. Loads of what is in ``gates`` wait; ``failures`` come before they succeed."""

    def __init__(self, room: int = 2) -> None:
        self.held: list[KeptModel] = []
        self.loads: list[ModelRef] = []
        self.gates: dict[ModelRef, asyncio.Event] = {}
        self.failures: list[Exception] = []
        self.may_close = asyncio.Event()
        self.may_close.set()
        self._room = room
        self.keeper = ModelKeeper(self._load, idle_seconds=IDLE)

    async def _load(self, ref: ModelRef) -> Model:
        self.loads.append(ref)
        if ref in self.gates:
            await self.gates[ref].wait()
        if self.failures:
            raise self.failures.pop()
        if len(self.held) >= self._room:
            raise TooLarge("needs 2.0 GB of memory, 1.0 GB are free")
        self.held.append(KeptModel(ref, self))
        return self.held[-1]

    def hold_back(self, ref: ModelRef) -> asyncio.Event:
        """Its loads wait until this is set."""
        return self.gates.setdefault(ref, asyncio.Event())

    @property
    def refs(self) -> set[ModelRef]:
        return {model.ref for model in self.held}

    def use(self, ref: ModelRef, make_way: Callable[[], None] = lambda: None) -> AbstractAsyncContextManager[Model]:
        return self.keeper.use(ref, make_way)

    async def touch(self, ref: ModelRef) -> Model:
        """Use it, and be done."""
        async with self.use(ref) as model:
            return model


async def test_models_are_loaded_beside_each_other() -> None:
    machine = Machine()
    async with machine.use(A) as a, machine.use(B) as b:
        assert machine.keeper.loaded == [a, b]
    assert machine.refs == {A, B}


async def test_one_load_serves_all_who_wait_for_it() -> None:
    machine = Machine()
    gate = machine.hold_back(A)
    asked = [asyncio.create_task(machine.touch(A)) for _ in range(3)]
    await wait_all_tasks_blocked()
    assert machine.keeper.loading
    gate.set()
    assert len({id(model) for model in await asyncio.gather(*asked)}) == 1
    assert machine.loads == [A]
    assert not machine.keeper.loading


async def test_users_of_a_model_do_not_wait_for_another_that_loads() -> None:
    machine = Machine()
    await machine.touch(A)
    gate = machine.hold_back(B)
    asked = asyncio.create_task(machine.touch(B))
    await wait_all_tasks_blocked()
    async with machine.use(A):
        assert not asked.done()
    gate.set()
    await asked


async def test_models_are_loaded_one_after_the_other() -> None:
    machine = Machine()
    gate = machine.hold_back(A)
    asked = [asyncio.create_task(machine.touch(ref)) for ref in (A, B)]
    await wait_all_tasks_blocked()
    assert machine.loads == [A]
    gate.set()
    await asyncio.gather(*asked)
    assert machine.loads == [A, B]


async def test_model_that_was_used_least_recently_makes_way() -> None:
    machine = Machine()
    for ref in (A, B, A):
        await machine.touch(ref)
    await machine.touch(C)
    assert machine.refs == {A, C}


async def test_long_use_counts_until_its_end() -> None:
    machine = Machine()
    async with machine.use(A):
        await machine.touch(B)
    await machine.touch(C)
    assert machine.refs == {A, C}


async def test_idle_model_makes_way_before_a_busy_one() -> None:
    machine = Machine()
    async with machine.use(A) as a:
        await machine.touch(B)
        async with machine.use(C):
            assert machine.refs == {A, C}
            assert machine.keeper.loaded[0] is a


async def test_busy_model_makes_way_when_its_users_are_done_and_takes_no_new_ones() -> None:
    machine = Machine(room=1)
    async with AsyncExitStack() as use:
        first = await use.enter_async_context(machine.use(A))
        newcomer = asyncio.create_task(machine.touch(B))
        await wait_all_tasks_blocked()
        late = asyncio.create_task(machine.touch(A))
        await wait_all_tasks_blocked()
        assert (newcomer.done(), late.done(), machine.held) == (False, False, [first])
    await newcomer
    assert await late is not first
    assert machine.loads == [A, B, B, A, A], "those that did not fit were tried again"


async def test_users_of_a_model_that_must_go_are_asked_to_make_way() -> None:
    machine = Machine(room=1)
    asked = [asyncio.Event(), asyncio.Event()]

    async def use_until_asked(event: asyncio.Event) -> None:
        async with machine.use(A, event.set):
            await event.wait()

    users = [asyncio.create_task(use_until_asked(event)) for event in asked]
    await wait_all_tasks_blocked()
    assert machine.refs == {A}
    await machine.touch(B)
    await asyncio.gather(*users)
    assert machine.refs == {B}


async def test_nobody_is_asked_to_make_way_for_a_model_that_fits_beside_theirs() -> None:
    machine = Machine()
    asked: list[ModelRef] = []
    async with machine.use(A, lambda: asked.append(A)):
        await machine.touch(B)
        await machine.touch(C)
    assert machine.refs == {A, C}
    assert not asked


async def test_model_that_does_not_fit_beside_nothing_is_refused_with_the_reason() -> None:
    machine = Machine(room=0)
    with pytest.raises(OperationError, match="does not fit") as caught:
        await machine.touch(A)
    assert caught.value.detail == "needs 2.0 GB of memory, 1.0 GB are free"


async def test_all_idle_models_are_unloaded_before_a_model_is_refused() -> None:
    machine = Machine()
    await machine.touch(A)
    await machine.touch(B)
    machine.failures = [TooLarge("still"), TooLarge("much too large"), TooLarge("much too large")]
    with pytest.raises(OperationError, match="does not fit"):
        await machine.touch(C)
    assert not machine.held
    assert (await machine.touch(A)) is machine.held[0]


async def test_failure_is_told_to_all_who_wait_and_the_next_who_asks_tries_anew() -> None:
    machine = Machine()
    gate = machine.hold_back(A)
    machine.failures = [OperationError("The model could not be loaded.")]
    asked = [asyncio.create_task(machine.touch(A)) for _ in range(2)]
    await wait_all_tasks_blocked()
    gate.set()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [OperationError, OperationError]
    await machine.touch(A)
    assert machine.loads == [A, A]


async def test_failure_of_a_load_that_nobody_waits_for_any_more_is_forgotten() -> None:
    machine = Machine()
    gate = machine.hold_back(A)
    machine.failures = [OperationError("The model could not be loaded.")]
    asked = asyncio.create_task(machine.touch(A))
    await wait_all_tasks_blocked()
    asked.cancel()
    gate.set()
    await wait_all_tasks_blocked()
    assert not machine.keeper.loading
    await machine.touch(A)
    assert machine.refs == {A}


async def test_load_goes_on_without_who_asked_for_it() -> None:
    machine = Machine()
    gate = machine.hold_back(A)
    asked = asyncio.create_task(machine.touch(A))
    await wait_all_tasks_blocked()
    asked.cancel()
    gate.set()
    await machine.touch(A)
    assert machine.loads == [A]


async def test_model_is_unloaded_when_nobody_used_it_for_long() -> None:
    machine = Machine()
    await machine.touch(A)
    await asyncio.sleep(IDLE - 1)
    await machine.touch(A)
    await asyncio.sleep(IDLE - 1)
    assert machine.refs == {A}
    await asyncio.sleep(2)
    assert not machine.refs
    await machine.touch(A)
    assert machine.loads == [A, A]


async def test_model_in_use_is_not_unloaded_however_long_it_takes() -> None:
    machine = Machine()
    await machine.touch(A)
    async with machine.use(A):
        await asyncio.sleep(3 * IDLE)
        assert machine.refs == {A}


async def test_model_that_nobody_waited_for_is_unloaded_like_any_other() -> None:
    machine = Machine()
    gate = machine.hold_back(A)
    asked = asyncio.create_task(machine.touch(A))
    await wait_all_tasks_blocked()
    asked.cancel()
    gate.set()
    await wait_all_tasks_blocked()
    assert machine.refs == {A}
    await asyncio.sleep(IDLE + 1)
    assert not machine.refs


async def test_model_is_never_twice_in_memory() -> None:
    machine = Machine()
    first = await machine.touch(A)
    machine.may_close.clear()
    await asyncio.sleep(IDLE + 1)
    again = asyncio.create_task(machine.touch(A))
    await wait_all_tasks_blocked()
    assert (again.done(), machine.held) == (False, [first])
    machine.may_close.set()
    assert await again is not first
    assert machine.refs == {A}


async def test_broken_model_is_replaced_for_the_next_who_asks() -> None:
    machine = Machine()
    async with machine.use(A) as broken:
        machine.held[0].works = False
        replacement = await machine.touch(A)
        assert replacement is not broken
        assert machine.keeper.loaded == [replacement]
        assert machine.held == [broken, replacement], "its user may be in the midst of something"
    await wait_all_tasks_blocked()
    assert machine.held == [replacement]


async def test_another_version_of_a_file_is_another_model() -> None:
    machine = Machine()
    newer = ModelRef(path=A.path, version="2")
    assert await machine.touch(A) is not await machine.touch(newer)


async def test_closing_unloads_everything() -> None:
    machine = Machine()
    await machine.touch(A)
    machine.may_close.clear()
    await asyncio.sleep(IDLE + 1)
    await machine.touch(B)
    closing = asyncio.create_task(machine.keeper.close())
    await wait_all_tasks_blocked()
    assert machine.refs == {A, B}
    machine.may_close.set()
    await closing
    assert not machine.held
    assert not machine.keeper.loaded
