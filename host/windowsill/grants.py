"""Who may use the model. The presence of an answer is the authority; without one the origin has to ask.

Rules this file keeps: an opaque origin names nobody, so it never gets one. What was said in incognito stays in memory,
and what is kept never speaks for incognito, except to refuse. Nor for local files: browsers give all of them one name,
so that allowing one of them holds for that document. A kept answer outweighs "this time". One thread only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Literal

from msgspec import Struct

from windowsill.grant_store import EVERY_PROFILE, OPAQUE_ORIGIN, GrantStore
from windowsill.protocol import Decision, Grant, GrantState

LOCAL_FILES: Final = "file://"
"""What the browser calls the origin of every local file, each of which is a site of its own."""


class Asker(Struct, frozen=True):
    """A document and who it speaks for."""

    profile: str
    origin: str
    client: int
    incognito: bool

    @property
    def is_local_file(self) -> bool:
        return self.origin == LOCAL_FILES

    @property
    def partition(self) -> str:
        """Apart from whom the Engine keeps what it remembers of this origin: other profiles, and private windows."""
        return f"{self.profile} in private" if self.incognito else self.profile


class Grants:
    """Decides from the store and from what lives in memory only. Its methods raise OSError when the store does."""

    def __init__(self, store: GrantStore) -> None:
        self._store = store
        self._once: dict[Asker, float] = {}
        self._incognito: dict[tuple[str, str], Literal["allow", "block"]] = {}

    @property
    def remembers(self) -> bool:
        """Whether an answer lives in memory only: it would be lost with this process."""
        return bool(self._once or self._incognito)

    def state(self, asker: Asker) -> GrantState | None:
        """The answer that holds for this document now; None: ask."""
        if asker.origin == OPAQUE_ORIGIN:
            return "block"
        kept = self._store.get(asker.profile, asker.origin)
        if kept is not None and (kept.state == "block" or not (asker.incognito or asker.is_local_file)):
            return kept.state
        said = self._incognito.get((asker.profile, asker.origin)) if asker.incognito else None
        return said or ("once" if asker in self._once else None)

    def decide(self, asker: Asker, decision: Decision) -> None:
        """Take the user's answer. Raises ValueError when an opaque origin would get one."""
        if decision == "dismiss":
            return
        if asker.origin == OPAQUE_ORIGIN:
            raise ValueError("an opaque origin cannot be granted anything")
        if decision == "once" or (decision == "allow" and asker.is_local_file):
            self._once[asker] = time.time()
        elif asker.incognito:
            self._incognito[asker.profile, asker.origin] = decision
        else:
            self._store.put(asker.profile, asker.origin, decision)

    def forget_client(self, client: int) -> None:
        """The document is gone, and what held for it alone."""
        self._keep_once(lambda asker: asker.client != client)

    def forget_incognito(self) -> None:
        """The last incognito window is closed."""
        self._incognito.clear()
        self._keep_once(lambda asker: not asker.incognito)

    def list(self, profile: str) -> tuple[Grant, ...]:
        """What holds in this profile, one answer an origin, by origin. Incognito leaves no trace here."""
        answers = {
            asker.origin: Grant(profile=profile, origin=asker.origin, state="once", since=since)
            for asker, since in self._once.items()
            if asker.profile == profile and not asker.incognito
        }
        for owner in (EVERY_PROFILE, profile):
            answers |= {grant.origin: grant for grant in self._store.list(owner)}
        return tuple(answers[origin] for origin in sorted(answers))

    def revoke(self, profile: str, origin: str) -> int:
        """Forget every answer that holds for this origin in this profile. Returns how many there were."""
        before = len(self._once) + len(self._incognito)
        self._keep_once(lambda asker: (asker.profile, asker.origin) != (profile, origin))
        self._incognito.pop((profile, origin), None)
        in_memory = before - len(self._once) - len(self._incognito)
        return in_memory + sum(self._store.remove(origin, owner) for owner in {profile, EVERY_PROFILE})

    def _keep_once(self, stays: Callable[[Asker], bool]) -> None:
        self._once = {asker: since for asker, since in self._once.items() if stays(asker)}
