"""A Host without its process: real ``Dispatch`` and grants, a fake Engine, and the test in the Broker's place."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, get_args

import anyio
import msgspec
from anyio.abc import TaskGroup

from support.fake_link import FakeLink
from support.said import Said
from windowsill.dispatch import Dispatch
from windowsill.engine_link import EngineLink
from windowsill.grant_store import GrantStore
from windowsill.grants import Grants
from windowsill.greeting import Greeting
from windowsill.models.measured_pairs import MeasuredPairs
from windowsill.protocol import (
    Ask,
    Decide,
    Decision,
    ErrorInfo,
    FromPage,
    Gone,
    Interface,
    Result,
    SessionResult,
)
from windowsill.settings import Paths, Settings

ORIGIN = "https://a.example"
PROFILE = "profile"
INTERFACES: Final[tuple[Interface, ...]] = get_args(Interface)
GREETING = Greeting(profile=PROFILE)


class HostDesk:
    """Says what a Broker says and waits for what the Host answers. Client 1 is a document of ``ORIGIN``.

    ``engine``: the way to a real Engine, in place of the fake one.
    """

    def __init__(
        self, tasks: TaskGroup, where: Paths, settings: Settings, greeting: Greeting, engine: EngineLink | None
    ) -> None:
        self.said = Said()
        self.link = FakeLink()
        self.store = GrantStore(where)
        self.grants = Grants(self.store)
        pairs = MeasuredPairs(where.measured_pairs)
        self.dispatch = Dispatch(tasks, self.said, self.grants, engine or self.link.as_link, settings, greeting, pairs)

    def allow(self, origin: str = ORIGIN) -> None:
        """As the command line does: the grant is there before anybody asks."""
        self.store.put(PROFILE, origin, "allow")

    def page(
        self,
        request: dict[str, Any] | bytes,
        *,
        client: int = 1,
        origin: str = ORIGIN,
        activated: bool = True,
        active: bool = True,
        allowed: bool = True,
        visible: bool = True,
        incognito: bool = False,
        embedder: str | None = None,
    ) -> None:
        body = request if isinstance(request, bytes) else msgspec.json.encode(request)
        self.dispatch.hear(
            FromPage(
                client=client,
                origin=origin,
                incognito=incognito,
                request=msgspec.Raw(body),
                allowed=INTERFACES if allowed else (),
                activated=activated,
                active=active,
                visible=visible,
                embedder=embedder,
            )
        )

    async def call(self, request: dict[str, Any], *, client: int = 1, **stamp: Any) -> Result | ErrorInfo:
        """Say it and wait for its end."""
        self.page(request, client=client, **stamp)
        return await self.said.terminal(client, request["id"])

    async def session(self, id: int = 1, *, client: int = 1, **options: Any) -> SessionResult:
        """An open session of an origin that is granted."""
        self.allow()
        result = await self.call(create(id, **options), client=client)
        assert isinstance(result, SessionResult)
        return result

    async def answer(self, decision: Decision, number: int = 1) -> None:
        """Wait for that question and answer it as the user."""
        ask = await self.said.until(Ask, number)
        self.dispatch.hear(Decide(ask=ask.ask, decision=decision))

    def gone(self, client: int = 1, *, suspended: bool = False) -> None:
        self.dispatch.hear(Gone(client=client, suspended=suspended))

    async def usage(self, session: int = 1, *, id: int = 900, client: int = 1) -> int:
        """A session's usage, read from a clone that is thrown away."""
        result = await self.call({"type": "clone", "id": id, "session": session}, client=client)
        assert isinstance(result, SessionResult)
        self.page({"type": "destroy", "session": id}, client=client)
        return result.context_usage


def create(id: int = 1, **options: Any) -> dict[str, Any]:
    return {"type": "create", "id": id, "interface": "language-model", **options}


def availability(id: int = 1, **options: Any) -> dict[str, Any]:
    return {"type": "availability", "id": id, "interface": "language-model", **options}


def prompt(id: int, text: str = "Hi", *, session: int = 1, stream: bool = True) -> dict[str, Any]:
    return {"type": "prompt", "id": id, "session": session, "input": [user(text)], "stream": stream}


def append(id: int, text: str, *, session: int = 1) -> dict[str, Any]:
    return {"type": "append", "id": id, "session": session, "input": [user(text)]}


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "value": text}]}


def places(root: Path) -> Paths:
    """Where a Host of this test writes. The key is there, so that nobody looks for the system's keychain."""
    where = Paths(root / "config", root / "data", root / "cache", root / "run")
    where.data.mkdir(mode=0o700, parents=True)
    where.grants_key_file.touch(mode=0o600)
    where.grants_key_file.write_text(f"key {os.urandom(32).hex()}\n")
    return where


@asynccontextmanager
async def host_desk(
    root: Path, settings: Settings, greeting: Greeting = GREETING, engine: EngineLink | None = None
) -> AsyncIterator[HostDesk]:
    """A Host that was greeted."""
    async with anyio.create_task_group() as tasks:
        yield HostDesk(tasks, places(root), settings, greeting, engine)
        tasks.cancel_scope.cancel()
