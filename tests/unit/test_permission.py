"""The gate: what lets a document on, what raises the question, and what a store that fails means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from support.grants import paths_with_key
from support.said import Said
from windowsill.errors import NotAllowedError, UnknownError
from windowsill.grant_store import GrantStore
from windowsill.grants import Asker, Grants
from windowsill.permission import Permission
from windowsill.protocol import Ask, Decision
from windowsill.settings import STATUS_GRANTS

pytestmark = pytest.mark.anyio

ORIGIN = "https://a.example"


def asker(client: int = 1, *, incognito: bool = False) -> Asker:
    return Asker(profile="p", origin=ORIGIN, client=client, incognito=incognito)


class Desk:
    """A gate with its surroundings."""

    def __init__(self, root: Path) -> None:
        self.said = Said()
        self.store = GrantStore(paths_with_key(root))
        self.permission = Permission(Grants(self.store), self.said)

    async def obtain(self, who: Asker, *, activated: bool = True) -> None:
        await self.permission.obtain(who, "language-model", activated=activated, model="Model", embedder=None)

    async def answer(self, decision: Decision) -> None:
        await self.said.until(Ask)
        self.permission.decide(1, decision)

    async def goes_on_after(self, decision: Decision, who: Asker) -> bool:
        """Ask, and have the user answer; whether the document may go on."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.answer, decision)
            try:
                await self.obtain(who)
            except NotAllowedError:
                return False
        return True


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def broken(*_: object) -> None:
    raise OSError("disk gone")


async def test_a_kept_allow_needs_neither_question_nor_activation(desk: Desk) -> None:
    desk.store.put("p", ORIGIN, "allow")
    await desk.obtain(asker(), activated=False)
    desk.permission.check(asker())
    assert not desk.said.events


async def test_a_kept_block_is_refused_without_a_question(desk: Desk) -> None:
    desk.store.put("p", ORIGIN, "block")
    with pytest.raises(NotAllowedError):
        await desk.obtain(asker())
    assert not desk.permission.granted(asker())
    assert not desk.said.events


async def test_without_activation_nobody_is_asked(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        await desk.obtain(asker(), activated=False)
    assert not desk.said.events


@pytest.mark.parametrize("decision", ["allow", "once"])
async def test_a_yes_lets_the_document_on(desk: Desk, decision: Decision) -> None:
    assert await desk.goes_on_after(decision, asker())
    desk.permission.check(asker())
    assert desk.permission.granted(asker(2)) == (decision == "allow")


@pytest.mark.parametrize("decision", ["block", "dismiss"])
async def test_a_no_is_refused(desk: Desk, decision: Decision) -> None:
    assert not await desk.goes_on_after(decision, asker())
    with pytest.raises(NotAllowedError, match="withdrew"):
        desk.permission.check(asker())


async def test_a_yes_that_cannot_be_kept_holds_for_the_document_that_waited(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(desk.store, "put", broken)
    assert await desk.goes_on_after("allow", asker())
    assert "cannot be kept" in caplog.text
    assert not desk.permission.granted(asker(2))


async def test_a_no_that_cannot_be_kept_is_still_no(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk.store, "put", broken)
    assert not await desk.goes_on_after("block", asker())


async def test_a_store_that_cannot_be_read_grants_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.store.put("p", ORIGIN, "allow")
    for name in ("get", "list", "remove"):
        monkeypatch.setattr(desk.store, name, broken)
    with pytest.raises(UnknownError, match="cannot be read"):
        await desk.obtain(asker())
    for look in (
        lambda: desk.permission.granted(asker()),
        lambda: desk.permission.check(asker()),
        lambda: desk.permission.list("p"),
        lambda: desk.permission.revoke("p", ORIGIN),
    ):
        with pytest.raises(UnknownError, match="cannot be read"):
            look()


async def test_it_is_in_use_while_a_question_is_open_or_an_answer_lives_in_memory_only(desk: Desk) -> None:
    in_use = [desk.permission.in_use]
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(desk.obtain, asker())
        await desk.said.until(Ask)
        in_use.append(desk.permission.in_use)
        desk.permission.decide(1, "once")
    in_use.append(desk.permission.in_use)
    desk.permission.forget_client(1)
    in_use.append(desk.permission.in_use)
    assert in_use == [False, True, True, False]
    assert not desk.permission.granted(asker())


async def test_what_was_said_in_private_ends_with_the_last_private_window(desk: Desk) -> None:
    assert await desk.goes_on_after("allow", asker(incognito=True))
    assert desk.permission.granted(asker(2, incognito=True))
    desk.permission.forget_private()
    assert not desk.permission.granted(asker(2, incognito=True))
    assert not desk.permission.in_use


async def test_the_list_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.store.put("p", ORIGIN, "allow")
    (grant,) = desk.permission.list("p")
    monkeypatch.setattr(desk.store, "list", lambda _: (grant,) * 2 * STATUS_GRANTS)
    monkeypatch.setattr(Grants, "list", lambda _, profile: desk.store.list(profile))
    assert len(desk.permission.list("p")) == STATUS_GRANTS


async def test_revoking_forgets_and_counts(desk: Desk) -> None:
    desk.store.put("p", ORIGIN, "allow")
    assert desk.permission.revoke("p", ORIGIN) == 1
    assert not desk.permission.granted(asker())
