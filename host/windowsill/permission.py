"""Whether a document may go on: grants that are there, and the question to the user when there is none.

Rules this file keeps: a store that cannot be read grants nothing; an answer that cannot be kept still holds for the
document that waited for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from windowsill.asks import Asks
from windowsill.errors import NotAllowedError, UnknownError
from windowsill.grants import Asker, Grants
from windowsill.protocol import Decision, Grant, GrantState, HostSays, Interface
from windowsill.settings import STATUS_GRANTS

log = logging.getLogger(__name__)


class Permission:
    """One Host's gate. ``send`` takes ``ask`` and ``askEnded`` for the Broker."""

    def __init__(self, grants: Grants, send: Callable[[HostSays], None]) -> None:
        self._grants = grants
        self._asks = Asks(send)

    @property
    def in_use(self) -> bool:
        """Whether a question is open, or an answer lives in this process's memory only."""
        return bool(self._asks) or self._grants.remembers

    def granted(self, asker: Asker) -> bool:
        """Whether the user's answer lets the document go on. Raises UnknownError when the store cannot be read."""
        return self._state(asker) in ("allow", "once")

    def check(self, asker: Asker) -> None:
        """Raises NotAllowedError when the grant of a document that had one is gone; UnknownError as ``granted``."""
        if not self.granted(asker):
            raise NotAllowedError("The user withdrew the permission.")

    async def obtain(
        self, asker: Asker, interface: Interface, *, activated: bool, model: str, embedder: str | None
    ) -> None:
        """Return once the document may go on, after asking if need be and ``activated``. Raises NotAllowedError."""
        refusal = NotAllowedError("The user has not allowed this origin.")
        state = self._state(asker)
        if state in ("allow", "once"):
            return
        if state == "block" or not activated:
            raise refusal
        await self._asks.ask(asker, interface, model, embedder)
        if not self.granted(asker):
            raise refusal

    def decide(self, ask: int, decision: Decision) -> None:
        """Take the user's answer to a question."""
        for asker in self._asks.decide(ask, decision):
            try:
                self._grants.decide(asker, decision)
            except OSError as error:
                log.error("an answer cannot be kept: %s", error)
                if decision == "allow":
                    self._grants.decide(asker, "once")

    def forget_client(self, client: int) -> None:
        """The document is gone, and what held for it alone."""
        self._grants.forget_client(client)

    def forget_private(self) -> None:
        """The last private window is closed."""
        self._grants.forget_incognito()

    def list(self, profile: str) -> tuple[Grant, ...]:
        """What holds in this profile, STATUS_GRANTS answers at most. Raises UnknownError."""
        try:
            return self._grants.list(profile)[:STATUS_GRANTS]
        except OSError as error:
            raise _unreadable(error) from error

    def revoke(self, profile: str, origin: str) -> int:
        """Forget every answer for the origin in this profile; how many there were. Raises UnknownError."""
        try:
            return self._grants.revoke(profile, origin)
        except OSError as error:
            raise _unreadable(error) from error

    def _state(self, asker: Asker) -> GrantState | None:
        try:
            return self._grants.state(asker)
        except OSError as error:
            raise _unreadable(error) from error


def _unreadable(error: OSError) -> UnknownError:
    return UnknownError("The permissions cannot be read.", detail=f"grants cannot be read: {error}")
