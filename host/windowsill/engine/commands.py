"""What goes to the decode thread and what comes back. Plain data."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from windowsill.engine.constraints import Matcher
from windowsill.engine_protocol import FinishReason, Sampling
from windowsill.errors import WindowsillError

EndReason = FinishReason | Literal["failed"]


class Start(Struct, frozen=True, kw_only=True):
    """A new sequence. ``max_tokens``: tokens to generate at most; ``instructions``: leading tokens of the prompt that
    are ours; ``copies``: the answer repeats much of the prompt, so guessing at it may pay; ``last``: it cannot go on in
    another sequence, so what it follows is to be met within ``max_tokens``."""

    key: int
    origin: str
    visible: bool
    prompt: list[int]
    sampling: Sampling
    stop: tuple[str, ...]
    max_tokens: int
    instructions: int = 0
    copies: bool = False
    partition: str = ""
    matcher: Matcher | None = None
    last: bool = False


class Cancel(Struct, frozen=True):
    """End the sequence now; no command for one that already ended means anything."""

    key: int


class Pause(Struct, frozen=True):
    """No more steps for the sequence until ``Go``."""

    key: int


class Go(Struct, frozen=True):
    """Undo ``Pause``."""

    key: int


class Show(Struct, frozen=True):
    """Whoever asked for the sequence came to the front, or left it."""

    key: int
    visible: bool


class Forget(Struct, frozen=True):
    """What ended in ``partition`` is of no use any more."""

    partition: str


class Look(Struct, frozen=True):
    """Say what runs now, with a ``Seen``."""


class Close(Struct, frozen=True):
    """End all sequences, unload the model, leave."""


Steering = Cancel | Pause | Go | Show
Command = Start | Steering | Forget | Look | Close


class TextReady(Struct, frozen=True):
    """Text of one sequence: whole code points, never empty."""

    key: int
    text: str


class Ended(Struct, frozen=True):
    """``tokens``: generated; ``cached``: of the prompt, those that were not read again (counts). ``error``: what its
    constraint failed with."""

    key: int
    reason: EndReason
    tokens: int
    cached: int = 0
    error: WindowsillError | None = None


class OriginLoad(Struct, frozen=True):
    """Of one origin: sequences that decode or read, that want a slot, that wait for their reader; of all these, those
    of documents that are not on screen; and the tokens it was given since it had none (counts)."""

    running: int
    waiting: int
    paused: int
    hidden: int
    tokens: int


class Seen(Struct, frozen=True):
    """What runs now, by origin; ``cells`` of the cache in use, of ``size``, with ``kept`` conversations (counts)."""

    origins: dict[str, OriginLoad]
    cells: int
    size: int
    kept: int


Event = TextReady | Ended | Seen
