"""The wire between Host and Engine: msgpack bodies in the frames of ``frames.py``.

Rules this file keeps:
* The Engine holds no session: ``generate`` carries every turn. ``resume`` is text that was already delivered, so a
  new Engine goes on where a dead one stopped.
* A request's ``id`` is minted by the Host, unique on its connection. It yields any number of ``text`` and then
  exactly one of ``finished``, ``counted``, ``described``, ``stats`` or ``failed``.
* Notices (``cancel``, ``pause``, ``go``, ``visible``, ``stop``, ``forget_private``, ``drain``) get no answer of their
  own. A cancelled request still ends, with ``finished`` and reason ``cancelled``. A closed connection cancels all that
  came over it, and has what was private forgotten.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec
from msgspec import Struct

from windowsill.protocol import ErrorInfo, Role

ENGINE_PROTOCOL: Final = 7
"""Raised with any change of this file; a Host that meets another number drains that Engine and starts its own."""


class _Wire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Common shape of every struct on this wire."""


class ModelRef(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model file. ``path`` is absolute; ``version`` changes when the file's content does (size and mtime)."""

    path: str
    version: str


class Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="turn"):
    """One message as the chat template sees it."""

    role: Role
    content: str


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the model may call. ``parameters``: a JSON Schema of an object, as text."""

    name: str
    description: str
    parameters: str


class NewCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that the model makes. ``arguments``: a JSON object, as text."""

    name: str
    arguments: str


class ToolCall(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that was made. ``id``: what its result refers to; never shown to the model."""

    id: str
    name: str
    arguments: str


class ToolCalls(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="tool_calls"):
    """A turn of the model's that calls tools; ``content`` is what it said besides."""

    calls: tuple[ToolCall, ...]
    content: str = ""


class ToolResult(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="tool_result"):
    """A turn that answers one call, that of ``id``; ``name`` is the tool's."""

    id: str
    name: str
    content: str


AnyTurn = Turn | ToolCalls | ToolResult


class Sampling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the next token is chosen. ``seed`` None: drawn anew. ``temperature`` 0: greedy (other fields unused)."""

    temperature: float
    top_k: int
    top_p: float
    min_p: float
    seed: int | None = None


class JsonSchema(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="json_schema"):
    """The answer is compact JSON that validates. ``schema``: JSON text of an object."""

    schema: str


class RegExp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="regexp"):
    """The whole answer matches, as JavaScript understands ``source`` and ``flags``."""

    source: str
    flags: str


class Grammar(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="grammar"):
    """The answer is a sentence of the grammar, in llguidance's variant of Lark. Ours only, never a page's."""

    lark: str


Constraint = JsonSchema | RegExp | Grammar
"""What an answer must be. Where the last turn is continued, turn and answer together."""


# ---- what the Engine hears


class Describe(_Wire, frozen=True, tag="describe"):
    """Load the model if it is not loaded, and say what it is."""

    id: int
    model: ModelRef


class Count(_Wire, frozen=True, tag="count"):
    """Tokens of each turn by itself, markers of the chat template included, and of ``tools``.

    A ``constraint`` is refused as ``Generate`` would refuse it, before anything gives way for its answer, and so are
    ``tools`` that no answer could call. The other fields are those of ``Generate``.
    """

    id: int
    model: ModelRef
    origin: str
    visible: bool
    turns: tuple[AnyTurn, ...]
    continues: bool = False
    constraint: Constraint | None = None
    tools: tuple[Tool, ...] = ()


class Generate(_Wire, frozen=True, tag="generate"):
    """Answer ``turns``. ``continues``: the last turn is an assistant's that the answer goes on with (prefix).

    ``origin`` is who asks, for fairness; ``visible`` goes before hidden; ``max_tokens`` bounds the answer including
    ``resume``, the text of this answer that was delivered before. ``instructions``: leading turns (count) that are our
    own, the same for every origin, whose reading all may share; ``copies``: the answer repeats much of the last turn.
    ``partition`` keeps apart what one origin said in several profiles or in private: none finds another's in the cache;
    ``private``: what is said there is to be forgotten, see ``ForgetPrivate``.
    ``constraint`` covers the last turn, if it is continued, and the answer. With ``tools`` an answer is text, which
    follows the ``constraint``, or calls of them; one that goes on with something said before is text, and so is a
    ``wordy`` one. ``last``: no other run will go on with the answer, so it is to meet its ``constraint`` within
    ``max_tokens``.
    """

    id: int
    model: ModelRef
    origin: str
    visible: bool
    turns: tuple[AnyTurn, ...]
    sampling: Sampling
    max_tokens: int
    continues: bool = False
    resume: str = ""
    stop: tuple[str, ...] = ()
    constraint: Constraint | None = None
    instructions: int = 0
    copies: bool = False
    partition: str = ""
    private: bool = False
    tools: tuple[Tool, ...] = ()
    wordy: bool = False
    last: bool = False


class Cancel(_Wire, frozen=True, tag="cancel"):
    id: int


class Pause(_Wire, frozen=True, tag="pause"):
    """The reader is full: give this sequence no more steps until ``go``."""

    id: int


class Go(_Wire, frozen=True, tag="go"):
    id: int


class Visible(_Wire, frozen=True, tag="visible"):
    """The document that asks for ``id`` came on screen, or left it."""

    id: int
    visible: bool


class ForgetPrivate(_Wire, frozen=True, tag="forget_private"):
    """Keep nothing more of what was said in the private partitions that were named over this connection."""


class Stop(_Wire, frozen=True, tag="stop"):
    """The user stops everything that any Host asked for ``origin``: it ends with ``failed`` and an AbortError."""

    origin: str


class GetStats(_Wire, frozen=True, tag="stats"):
    id: int


class Drain(_Wire, frozen=True, tag="drain"):
    """Accept nobody new; leave when the last request has ended."""


EngineHears = Describe | Count | Generate | Cancel | Pause | Go | Visible | ForgetPrivate | Stop | GetStats | Drain


# ---- what the Engine says


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder with all that is in it, or one file: ``path`` is absolute and without links. ``inode``: a file's device
    and number, by which the sandbox knows it: another one that takes its path is not readable."""

    path: str
    inode: tuple[int, int] | None = None


class EngineWelcome(_Wire, frozen=True, tag="hello"):
    """First frame of the Engine, sent unasked. ``version``: of the windowsill package; ``readable``: where it may read
    models; ``unconfined``: what its sandbox lacks, in plain words."""

    protocol: int
    version: str
    readable: tuple[Place, ...]
    unconfined: tuple[str, ...]


class Described(_Wire, frozen=True, tag="described"):
    """``context_window``: tokens one sequence may hold, template overhead already taken off."""

    id: int
    name: str
    context_window: int
    vocabulary: int
    device: str


class Counted(_Wire, frozen=True, tag="counted"):
    """``tokens`` of each turn; ``tools``: of their definitions together."""

    id: int
    tokens: tuple[int, ...]
    tools: int = 0


class Text(_Wire, frozen=True, tag="text"):
    """Whole code points, never empty."""

    id: int
    text: str


FinishReason = Literal["stop", "length", "cancelled"]


class Finished(_Wire, frozen=True, tag="finished"):
    """``prompt_tokens``: of turns and resume; ``cached_tokens``: of those, not read again; ``answer_tokens``: what the
    whole answer (``resume`` included) takes as an assistant turn; ``calls``: the answer itself, where it is no text."""

    id: int
    reason: FinishReason
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    answer_tokens: int
    calls: tuple[NewCall, ...] = ()


class OriginStats(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one origin has under way: answers that compute, that want a slot, that wait for their reader; of them all,
    those of documents that are not on screen; ``tokens`` it was given since it had none under way (counts)."""

    running: int
    waiting: int
    paused: int
    hidden: int
    tokens: int


class ModelStats(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model in memory. ``cells`` of its cache in use, of ``cache``, with ``kept`` conversations (counts);
    ``memory`` of weights and cache (bytes)."""

    name: str
    device: str
    memory: int
    cells: int
    cache: int
    kept: int
    origins: dict[str, OriginStats]


class Stats(_Wire, frozen=True, tag="stats"):
    """``queued``: what no model computes now: it loads, or has made way, or the prompt waits to be read. ``steps``:
    decode calls since start; tokens since then that were decoded (forced ones among them), read, found in the cache,
    guessed, and guessed right (counts); ``memory``: resident bytes of the process."""

    id: int
    pid: int
    models: tuple[ModelStats, ...]
    queued: dict[str, OriginStats]
    memory: int
    steps: int
    decoded_tokens: int
    prefilled_tokens: int
    cached_tokens: int
    forced_tokens: int
    drafted_tokens: int
    accepted_tokens: int


class Failed(_Wire, frozen=True, tag="failed"):
    """``detail`` is for logs and ``doctor``; ``error.message`` may reach a page."""

    id: int
    error: ErrorInfo
    detail: str


EngineSays = EngineWelcome | Described | Counted | Text | Finished | Stats | Failed

hears_decoder: Final = msgspec.msgpack.Decoder(EngineHears)
says_decoder: Final = msgspec.msgpack.Decoder(EngineSays)
encode: Final = msgspec.msgpack.Encoder().encode
