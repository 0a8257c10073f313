"""One person at the browser: takes a tab, does something there, and sees to it that it ends as it should.

Rules this file keeps: a session is in one visitor's hands at a time; whatever was asked is waited for; an answer that
was not given up is whole, and one that was is whole or an AbortError.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final

from msgspec import Struct

from soak.browser import Browser, Document, Reply
from soak.ledger import Ledger
from soak.load import Deed, Load
from support.host_desk import user
from windowsill.engine_answers import Generation
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import JsonSchema, ModelRef, Turn
from windowsill.errors import WindowsillError
from windowsill.protocol import Done, Error, MeasureResult
from windowsill.tasks.sampling import SAMPLING_MODES

Judge = Callable[[str], bool]

ANSWER_TOKENS: Final = 1000
"""Of an answer to the other browser: more than any takes that ends by itself."""

KINDS: Final = ("article", "product", "discussion", "profile")
SCHEMA: Final = json.dumps(
    {
        "type": "object",
        "properties": {"kind": {"enum": KINDS}, "advertisement": {"type": "boolean"}},
        "required": ["kind", "advertisement"],
        "additionalProperties": False,
    }
)


class Lost(Exception):
    """Something did not end as it should; the text says what."""


class Session(Struct, frozen=True):
    """An open one, and its document."""

    document: Document
    number: int


class Street(Struct, frozen=True):
    """What all visitors share. ``free``: sessions in nobody's hands; ``link``: another browser's way to the Engine;
    ``judge``: whether a text is a whole answer; ``pausing``: taken while an answer waits for its reader."""

    browser: Browser
    link: EngineLink
    model: ModelRef
    judge: Judge
    ledger: Ledger
    free: asyncio.Queue[Session]
    pausing: asyncio.Lock


class Visitor:
    """``load``: what this one feels like doing."""

    def __init__(self, street: Street, load: Load) -> None:
        self._street = street
        self._browser = street.browser
        self._load = load
        self._deeds: Mapping[Deed, Callable[[Session], Awaitable[Session]]] = {
            "chat": self._chat,
            "whole": self._whole,
            "long": self._long,
            "clone": self._clone,
            "abort": self._abort,
            "leave": self._leave,
            "destroy": self._destroy,
            "close": self._close,
            "append": self._append,
            "measure": self._measure,
            "schema": self._schema,
            "pause": self._pause,
        }

    async def visit(self) -> None:
        """Do one thing."""
        session = await self._street.free.get()
        deed = self._load.deed()
        self._street.ledger.begin(deed)
        try:
            session = await self._deeds[deed](session)
        except (Lost, TimeoutError, WindowsillError) as error:
            self._street.ledger.lose(deed, repr(error))
            session = await self.create(session.document)
        else:
            self._street.ledger.end(deed)
        self._street.free.put_nowait(session)

    async def create(self, document: Document) -> Session:
        """A session of that document. Raises Lost or TimeoutError."""
        reply = self._browser.ask(document, "create", interface="language-model", samplingMode="most-predictable")
        await _done(reply)
        return Session(document, reply.number)

    # ---- what ends by itself

    async def _chat(self, session: Session) -> Session:
        await self._answered(self._prompt(session, self._load.question()))
        return session

    async def _whole(self, session: Session) -> Session:
        await self._answered(self._prompt(session, self._load.question(), stream=False))
        return session

    async def _long(self, session: Session) -> Session:
        await self._answered(self._prompt(session, self._load.page()))
        return session

    async def _append(self, session: Session) -> Session:
        await _done(self._ask(session, "append", input=[user(self._load.page())]))
        return session

    async def _measure(self, session: Session) -> Session:
        done = await _done(self._ask(session, "measure", input=[user(self._load.question())]))
        if not isinstance(done.result, MeasureResult) or done.result.usage == 0:
            raise Lost(f"measured {done.result}")
        return session

    async def _clone(self, session: Session) -> Session:
        """Both go on at once; one of them is destroyed then."""
        reply = self._ask(session, "clone")
        await _done(reply)
        both = session, Session(session.document, reply.number)
        for reply in [self._prompt(one, self._load.question()) for one in both]:
            await self._answered(reply)
        kept = self._load.place(2)
        self._browser.notify(session.document, "destroy", session=both[1 - kept].number)
        return both[kept]

    # ---- what is given up

    async def _abort(self, session: Session) -> Session:
        reply = await self._begun(session)
        self._browser.notify(session.document, "abort", id=reply.number)
        await self._given_up(reply)
        return session

    async def _leave(self, session: Session) -> Session:
        reply = await self._begun(session)
        self._browser.notify(session.document, "destroy", session=session.number)
        await self._given_up(reply)
        return await self.create(session.document)

    async def _destroy(self, session: Session) -> Session:
        self._browser.notify(session.document, "destroy", session=session.number)
        return await self.create(session.document)

    async def _close(self, session: Session) -> Session:
        reply = await self._begun(session)
        self._browser.close(session.document)
        await self._given_up(reply)
        return await self.create(self._browser.open(session.document.origin))

    # ---- another browser, whose road ends at the Engine

    async def _schema(self, session: Session) -> Session:
        async with self._generate(session, JsonSchema(schema=SCHEMA)) as generation:
            text = "".join([text async for text in generation])
        answer = json.loads(text)
        if answer["kind"] not in KINDS or not isinstance(answer["advertisement"], bool):
            raise Lost(f"against its schema: {text}")
        return session

    async def _pause(self, session: Session) -> Session:
        """A reader who takes nothing until somebody else is done. One at a time, so that somebody else is there."""
        if self._street.pausing.locked():
            return await self._chat(session)
        async with self._street.pausing, self._generate(session) as generation:
            text = await anext(generation)
            generation.pause()
            await self._street.ledger.reached(self._street.ledger.over + 1)
            generation.go()
            text += "".join([more async for more in generation])
        self._check(text)
        return session

    def _generate(
        self, session: Session, constraint: JsonSchema | None = None
    ) -> AbstractAsyncContextManager[Generation]:
        return self._street.link.generate(
            model=self._street.model,
            origin=session.document.origin,
            visible=self._load.visible(),
            turns=(Turn(role="user", content=self._load.question()),),
            sampling=SAMPLING_MODES["most-predictable"],
            max_tokens=ANSWER_TOKENS,
            constraint=constraint,
            partition="another browser",
        )

    # ---- common

    def _ask(self, session: Session, verb: str, **request: object) -> Reply:
        return self._browser.ask(
            session.document, verb, visible=self._load.visible(), session=session.number, **request
        )

    def _prompt(self, session: Session, text: str, *, stream: bool = True) -> Reply:
        return self._ask(session, "prompt", input=[user(text)], stream=stream)

    async def _begun(self, session: Session) -> Reply:
        """A prompt that has been answered with text or, as often, not yet."""
        reply = self._prompt(session, self._load.question())
        if self._load.place(2):
            await reply.begun()
        return reply

    async def _answered(self, reply: Reply) -> None:
        await _done(reply)
        self._check(reply.text)

    async def _given_up(self, reply: Reply) -> None:
        end = await reply.ended()
        if isinstance(end, Done):
            self._check(reply.text)
        elif end.error.name != "AbortError":
            raise Lost(f"given up and ended with {end.error}")

    def _check(self, text: str) -> None:
        if not self._street.judge(text):
            raise Lost(f"no whole answer: {text!r}")


async def _done(reply: Reply) -> Done:
    """Its end, which must be a good one. Raises Lost or TimeoutError."""
    end = await reply.ended()
    if isinstance(end, Error):
        raise Lost(f"ended with {end.error}")
    return end
