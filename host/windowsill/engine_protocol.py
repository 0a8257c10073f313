"""The wire between Host and Engine: msgpack bodies in the frames of ``frames.py``.

Rules this file keeps:
* The Engine holds no session: ``generate`` carries every turn. ``resume`` is text that was already delivered, so a
  new Engine goes on where a dead one stopped.
* A request's ``id`` is minted by the Host, unique on its connection. It yields any number of ``text`` and then
  exactly one of ``finished``, ``counted``, ``described``, ``stats`` or ``failed``.
* Notices (``cancel``, ``pause``, ``go``, ``drain``) get no answer of their own. A cancelled request still ends, with
  ``finished`` and reason ``cancelled``. A closed connection cancels everything that came over it.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from msgspec import Struct

from windowsill.protocol import ErrorInfo, Role

ENGINE_PROTOCOL: Final = 1
"""Raised with any change of this file; a Host that meets another number drains that Engine and starts its own."""


class _Wire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Common shape of every struct on this wire."""


class ModelRef(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model file. ``path`` is absolute; ``version`` changes when the file's content does (size and mtime)."""

    path: str
    version: str


class Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message as the chat template sees it."""

    role: Role
    content: str


class Sampling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the next token is chosen. ``seed`` None: drawn anew. ``temperature`` 0: greedy (other fields unused)."""

    temperature: float
    top_k: int
    top_p: float
    min_p: float
    seed: int | None = None


# ---- what the Engine hears


class Describe(_Wire, frozen=True, tag="describe"):
    """Load the model if it is not loaded, and say what it is."""

    id: int
    model: ModelRef


class Count(_Wire, frozen=True, tag="count"):
    """Tokens of each turn by itself, markers of the chat template included."""

    id: int
    model: ModelRef
    turns: tuple[Turn, ...]


class Generate(_Wire, frozen=True, tag="generate"):
    """Answer ``turns``. ``continues``: the last turn is an assistant's that the answer goes on with (prefix).

    ``origin`` is who asks, for fairness; ``visible`` goes before hidden; ``max_tokens`` bounds the answer including
    ``resume``, the text of this answer that was delivered before.
    """

    id: int
    model: ModelRef
    origin: str
    visible: bool
    turns: tuple[Turn, ...]
    sampling: Sampling
    max_tokens: int
    continues: bool = False
    resume: str = ""
    stop: tuple[str, ...] = ()


class Cancel(_Wire, frozen=True, tag="cancel"):
    id: int


class Pause(_Wire, frozen=True, tag="pause"):
    """The reader is full: give this sequence no more steps until ``go``."""

    id: int


class Go(_Wire, frozen=True, tag="go"):
    id: int


class GetStats(_Wire, frozen=True, tag="stats"):
    id: int


class Drain(_Wire, frozen=True, tag="drain"):
    """Accept nobody new; leave when the last request has ended."""


EngineHears = Describe | Count | Generate | Cancel | Pause | Go | GetStats | Drain


# ---- what the Engine says


class EngineWelcome(_Wire, frozen=True, tag="hello"):
    """First frame of the Engine, sent unasked. ``version``: of the windowsill package."""

    protocol: int
    version: str


class Described(_Wire, frozen=True, tag="described"):
    """``context_window``: tokens one sequence may hold, template overhead already taken off."""

    id: int
    name: str
    context_window: int
    vocabulary: int
    device: str


class Counted(_Wire, frozen=True, tag="counted"):
    id: int
    tokens: tuple[int, ...]


class Text(_Wire, frozen=True, tag="text"):
    """Whole code points, never empty."""

    id: int
    text: str


FinishReason = Literal["stop", "length", "cancelled"]


class Finished(_Wire, frozen=True, tag="finished"):
    """``prompt_tokens``: of turns and resume; ``cached_tokens``: of those, not read again; ``answer_tokens``: what the
    whole answer (``resume`` included) takes as an assistant turn."""

    id: int
    reason: FinishReason
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    answer_tokens: int


class Stats(_Wire, frozen=True, tag="stats"):
    """``steps``: decode calls since start; ``sequences``: in a slot now; ``waiting``: without one."""

    id: int
    pid: int
    models: tuple[str, ...]
    steps: int
    decoded_tokens: int
    prefilled_tokens: int
    sequences: int
    waiting: int


class Failed(_Wire, frozen=True, tag="failed"):
    """``detail`` is for logs and ``doctor``; ``error.message`` may reach a page."""

    id: int
    error: ErrorInfo
    detail: str


EngineSays = EngineWelcome | Described | Counted | Text | Finished | Stats | Failed

hears_decoder: Final = msgspec.msgpack.Decoder(EngineHears)
says_decoder: Final = msgspec.msgpack.Decoder(EngineSays)
encode: Final = msgspec.msgpack.Encoder().encode
