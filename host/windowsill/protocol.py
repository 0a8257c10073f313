"""The wire between the extension and the Host: one struct per request, notice and event, and nothing else.

Rules this file keeps:
* Every struct is frozen, tagged by ``type``, camelCase on the wire, and refuses unknown fields.
* Three unions: ``PageRequest`` (what a Page may say), ``HostHears`` (what the Broker sends), ``HostSays``.
* A request carries the ``id`` it was born with in the Page. It yields any number of events and then exactly one
  ``done`` or ``error``. A notice (``abort``, ``credit``, ``destroy``) names another's id and gets no answer.
* ``extension/src/protocol.ts`` is generated from this file: ``make protocol``.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

PROTOCOL_MIN: Final = 1
PROTOCOL_MAX: Final = 1
"""Numbers of this wire that we speak: raised when one that was released changes, as browsers and users update apart."""

MAX_LIST_ITEMS: Final = 4096
"""Messages, parts, or languages in one list (count): each costs the Host an object and a count by the Engine, and no
context window holds as many."""

Id = Annotated[int, Meta(ge=1, le=2**53 - 1)]
"""Request number, minted by the Page, unique within its document. ``create``'s and ``clone``'s id names the session."""

Client = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""The Broker's number for one connected document; 0 is the extension's own pages."""

Origin = Annotated[str, Meta(min_length=1, max_length=2048)]
"""As the browser serializes it; characters. A host name has 253 at most, an extension's id 32."""

Tag = Annotated[str, Meta(min_length=1, max_length=255)]
"""A language tag or a version; characters. Well-formed tags of real languages stay under 40."""

Tokens = Annotated[int, Meta(ge=0)]

Bytes = Annotated[int, Meta(ge=0, le=2**53 - 1)]

Rate = Annotated[float, Meta(ge=0)]
"""Tokens a second."""

CallId = Annotated[str, Meta(min_length=1, max_length=255)]
"""Names one call of a tool within a session; characters. The Host mints those of the model's calls."""

ToolName = Annotated[str, Meta(min_length=1, max_length=255)]
"""Characters."""

Interface = Literal[
    "language-model", "summarizer", "writer", "rewriter", "proofreader", "translator", "language-detector"
]
"""Permissions-policy feature name of each interface that is served."""

Role = Literal["system", "user", "assistant"]
MessageType = Literal["text", "image", "audio", "tool-call", "tool-response"]
SamplingMode = Literal[
    "most-predictable",
    "predictable",
    "slightly-predictable",
    "balanced",
    "slightly-creative",
    "creative",
    "most-creative",
]
SummaryType = Literal["key-points", "tldr", "teaser", "headline"]
Preference = Literal["auto", "speed", "capability"]
TextFormat = Literal["markdown", "plain-text"]
TextLength = Literal["short", "medium", "long"]
Tone = Literal["formal", "neutral", "casual"]
RewriterTone = Literal["as-is", "more-formal", "more-casual"]
RewriterFormat = Literal["as-is", "plain-text", "markdown"]
RewriterLength = Literal["as-is", "shorter", "longer"]
CorrectionType = Literal["spelling", "punctuation", "capitalization", "preposition", "missing-words", "grammar"]
AvailabilityValue = Literal["unavailable", "downloadable", "downloading", "available"]
Decision = Literal["allow", "once", "block", "dismiss"]
GrantState = Literal["allow", "once", "block"]
ErrorName = Literal[
    "AbortError",
    "InvalidStateError",
    "NetworkError",
    "NotAllowedError",
    "NotSupportedError",
    "OperationError",
    "QuotaExceededError",
    "SyntaxError",
    "UnknownError",
]


class _Wire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel", tag_field="type"):
    """Common shape of every struct on the wire."""


# ---- values -----------------------------------------------------------------------------------------------------


class Text(_Wire, frozen=True, tag="text"):
    """A text part of a message; ``value`` is well-formed Unicode (the Page replaces lone surrogates)."""

    value: str


class Image(_Wire, frozen=True, tag="image"):
    """An image part: ``data`` is a PNG in base64 that the Page drew anew: nothing else of a file goes on."""

    data: str


class Audio(_Wire, frozen=True, tag="audio"):
    """An audio part: ``data`` is a WAV in base64, one channel of 16-bit samples at 16 kHz."""

    data: str


class ToolCall(_Wire, frozen=True, tag="tool-call"):
    """A tool that the model calls, or called. ``arguments``: a JSON object, as text."""

    call_id: CallId
    name: ToolName
    arguments: str


class ToolResponse(_Wire, frozen=True, tag="tool-response"):
    """What the page answers to one call. ``content``: text, or JSON as text; ``failed``: it says what went wrong."""

    call_id: CallId
    name: ToolName
    content: str
    failed: bool = False


Part = Text | Image | Audio | ToolCall | ToolResponse


class Message(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One canonical message: adjacent text parts are already joined. ``prefix``: the reply continues this message."""

    role: Role
    content: Annotated[tuple[Part, ...], Meta(max_length=MAX_LIST_ITEMS)]
    prefix: bool = False


Messages = Annotated[tuple[Message, ...], Meta(max_length=MAX_LIST_ITEMS)]


class Expected(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One entry of ``expectedInputs``/``expectedOutputs``; languages are canonical BCP 47 tags, none = any."""

    kind: MessageType
    languages: Annotated[tuple[Tag, ...], Meta(max_length=MAX_LIST_ITEMS)] = ()


class Tool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What the model may call. ``input_schema``: a JSON Schema of an object, as text; ``runs``: the page runs it while
    the prompt waits (closed loop); otherwise its calls are the prompt's result (open loop)."""

    name: ToolName
    description: str
    input_schema: str
    runs: bool


class JsonSchema(_Wire, frozen=True, tag="json-schema"):
    """The answer is JSON that validates. ``schema``: JSON text of an object."""

    schema: str


class RegExp(_Wire, frozen=True, tag="reg-exp"):
    """The whole answer matches, as JavaScript understands ``source`` and ``flags``."""

    source: str
    flags: str


ResponseConstraint = JsonSchema | RegExp


Expectations = Annotated[tuple[Expected, ...], Meta(max_length=MAX_LIST_ITEMS)]

Languages = Annotated[tuple[Tag, ...], Meta(max_length=MAX_LIST_ITEMS)]
"""Canonical BCP 47 tags without repetitions; empty: the page named none."""


class _WritingOptions(_Wire, frozen=True, kw_only=True):
    """What the three writing interfaces have in common. ``output_language`` null: that of the input."""

    expected_input_languages: Languages = ()
    expected_context_languages: Languages = ()
    output_language: Tag | None = None


class SummarizerOptions(_WritingOptions, frozen=True, kw_only=True, tag="summarizer"):
    """``kind`` is the standard's ``type``."""

    kind: SummaryType
    format: TextFormat
    length: TextLength
    preference: Preference


class WriterOptions(_WritingOptions, frozen=True, kw_only=True, tag="writer"):
    tone: Tone
    format: TextFormat
    length: TextLength


class RewriterOptions(_WritingOptions, frozen=True, kw_only=True, tag="rewriter"):
    tone: RewriterTone
    format: RewriterFormat
    length: RewriterLength


class ProofreaderOptions(_Wire, frozen=True, tag="proofreader"):
    """``correction_explanation_language`` null: that of the input."""

    include_correction_types: bool
    include_correction_explanations: bool
    expected_input_languages: Languages = ()
    correction_explanation_language: Tag | None = None


class TranslatorOptions(_Wire, frozen=True, tag="translator"):
    source_language: Tag
    target_language: Tag


class LanguageDetectorOptions(_Wire, frozen=True, tag="language-detector"):
    expected_input_languages: Languages = ()


TaskOptions = (
    SummarizerOptions
    | WriterOptions
    | RewriterOptions
    | ProofreaderOptions
    | TranslatorOptions
    | LanguageDetectorOptions
)
"""What an object of a task interface is made for; the tag is the interface."""


class Correction(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """``input.substring(start_index, end_index)`` is to read ``correction``: UTF-16 units into the original input."""

    start_index: Annotated[int, Meta(ge=0)]
    end_index: Annotated[int, Meta(ge=0)]
    correction: str
    types: tuple[CorrectionType, ...] | UnsetType = UNSET
    explanation: str | UnsetType = UNSET


class DetectedLanguage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    detected_language: Tag
    confidence: Annotated[float, Meta(ge=0, le=1)]


class Versions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Inclusive range of protocol numbers that a side speaks."""

    min: Annotated[int, Meta(ge=0, le=2**31)]
    max: Annotated[int, Meta(ge=0, le=2**31)]


class ErrorInfo(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel", omit_defaults=True):
    """The specifications' error information. ``requested`` and ``quota`` (tokens) only with QuotaExceededError."""

    name: ErrorName
    message: str
    requested: float | UnsetType = UNSET
    quota: float | UnsetType = UNSET


class Grant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """One remembered answer. ``since``: seconds since the Unix epoch. ``profile`` "*": every profile of this user."""

    profile: str
    origin: Origin
    state: GrantState
    since: float


class Activity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """Live use of one origin: open sessions and requests under way in this browser; answers that the Engine computes
    for it, and that wait there, in all browsers (counts)."""

    origin: Origin
    sessions: Tokens
    requests: Tokens
    running: Tokens
    waiting: Tokens
    tokens_per_second: Rate


class LoadedModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A model in memory; ``memory`` of its weights and its cache (bytes); ``cache_used``: of that cache (share)."""

    name: str
    device: str
    memory: Bytes
    cache_used: Annotated[float, Meta(ge=0, le=1)]


class EngineStatus(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What the Engine does for everybody; which sites of other profiles these are stays untold (counts)."""

    models: tuple[LoadedModel, ...]
    running: Tokens
    waiting: Tokens
    tokens_per_second: Rate


# ---- what a Page may say ------------------------------------------------------------------------------------------


class Availability(_Wire, frozen=True, tag="availability"):
    """Static ``availability()``; answered with an ``AvailabilityResult``, never asks."""

    id: Id
    interface: Interface
    expected_inputs: Expectations = ()
    expected_outputs: Expectations = ()


class Create(_Wire, frozen=True, tag="create"):
    """Static ``create()``; may raise the ask window; ``progress`` events, then a ``SessionResult``."""

    id: Id
    interface: Interface
    expected_inputs: Expectations = ()
    expected_outputs: Expectations = ()
    initial_prompts: Messages = ()
    sampling_mode: SamplingMode = "balanced"
    tools: Annotated[tuple[Tool, ...], Meta(max_length=MAX_LIST_ITEMS)] = ()


class Prompt(_Wire, frozen=True, tag="prompt"):
    """``prompt()`` (``stream`` false: the text comes as few chunks as fit) and ``promptStreaming()``.

    ``constraint`` covers a trailing prefix and the answer; the model is told of it unless ``omit_constraint_input``.
    """

    id: Id
    session: Id
    input: Messages
    stream: bool
    constraint: ResponseConstraint | None = None
    omit_constraint_input: bool = False


class Append(_Wire, frozen=True, tag="append"):
    """``append()``: a ``UsageResult`` once the messages are part of the session."""

    id: Id
    session: Id
    input: Messages


class Measure(_Wire, frozen=True, tag="measure"):
    """``measureContextUsage()``: a ``MeasureResult``; changes nothing and does not queue."""

    id: Id
    session: Id
    input: Messages
    constraint: ResponseConstraint | None = None
    omit_constraint_input: bool = False


class Clone(_Wire, frozen=True, tag="clone"):
    """``clone()``: a ``SessionResult`` for the session named by this request's id."""

    id: Id
    session: Id


class TaskAvailability(_Wire, frozen=True, tag="taskAvailability"):
    """``availability()`` of a task interface; as ``Availability``."""

    id: Id
    options: TaskOptions


class CreateTask(_Wire, frozen=True, tag="createTask"):
    """``create()`` of a task interface; as ``Create``, but ends with a ``TaskResult``."""

    id: Id
    options: TaskOptions
    shared_context: str = ""


class RunTask(_Wire, frozen=True, tag="runTask"):
    """What the task's object is for: ``summarize()``, ``proofread()`` and the others, on one input.

    Writing and translating end with a ``WrittenResult`` after the text in chunks; the others with a result of their
    own. Runs of one object do not wait for each other.
    """

    id: Id
    session: Id
    input: str
    stream: bool
    context: str = ""


class MeasureTask(_Wire, frozen=True, tag="measureTask"):
    """``measureInputUsage()``: a ``MeasureResult`` for what ``RunTask`` would send."""

    id: Id
    session: Id
    input: str
    context: str = ""


class Destroy(_Wire, frozen=True, tag="destroy"):
    """Notice: the session, or the task's object, is gone, and all it has in flight."""

    session: Id


class Abort(_Wire, frozen=True, tag="abort"):
    """Notice: the request ``id`` is not wanted any more."""

    id: Id


class Credit(_Wire, frozen=True, tag="credit"):
    """Notice: the reader of the streaming request ``id`` has taken ``chunks`` more chunks."""

    id: Id
    chunks: Annotated[int, Meta(ge=1, le=2**31)]


class ToolResults(_Wire, frozen=True, tag="toolResults"):
    """Notice: what the tools gave that the prompt ``id`` waits for, one for each call of its last ``toolCalls``."""

    id: Id
    responses: Annotated[tuple[ToolResponse, ...], Meta(max_length=MAX_LIST_ITEMS)]


PageRequest = (
    Availability
    | Create
    | Prompt
    | Append
    | Measure
    | Clone
    | TaskAvailability
    | CreateTask
    | RunTask
    | MeasureTask
    | Destroy
    | Abort
    | Credit
    | ToolResults
)


# ---- what the Host hears ------------------------------------------------------------------------------------------


class Hello(_Wire, frozen=True, tag="hello"):
    """First frame of the Broker. ``profile``: random id that the extension keeps for this browser profile."""

    protocol: Versions
    version: Tag
    profile: Annotated[str, Meta(min_length=1, max_length=128)]


class FromPage(_Wire, frozen=True, tag="page"):
    """A Page's request, unread, with what is known for certain.

    By the Broker: ``client``, ``origin``, ``incognito``. By Relay: ``allowed`` (interfaces that the permissions policy
    leaves this document), ``activated`` (sticky user activation), ``active`` (transient user activation), ``visible``
    (the document is on screen), ``embedder`` (the top document's origin, when it is another one).
    """

    client: Client
    origin: Origin
    incognito: bool
    request: msgspec.Raw
    allowed: Annotated[tuple[Interface, ...], Meta(max_length=MAX_LIST_ITEMS)]
    activated: bool
    active: bool
    visible: bool
    embedder: Origin | None = None


class Visible(_Wire, frozen=True, tag="visible"):
    """Notice: a document that asked for something came on screen, or left it."""

    client: Client
    visible: bool


class Gone(_Wire, frozen=True, tag="gone"):
    """A document's port closed: abort its work. ``suspended``: it may return from the back/forward cache."""

    client: Client
    suspended: bool


class PrivateEnded(_Wire, frozen=True, tag="privateEnded"):
    """The last private (incognito) window closed: what was answered and said in one is forgotten."""


class Decide(_Wire, frozen=True, tag="decide"):
    """The user's answer to an ``ask``; ``dismiss`` is "not now"."""

    ask: Id
    decision: Decision


class Status(_Wire, frozen=True, tag="status"):
    """The extension's own pages want a ``StatusResult``."""

    id: Id


class Revoke(_Wire, frozen=True, tag="revoke"):
    """Forget this profile's answer for an origin (stops its work); answered with a ``RevokeResult``."""

    id: Id
    origin: Origin


class StopOrigin(_Wire, frozen=True, tag="stopOrigin"):
    """End what an origin has under way, in all browsers; its sessions stay. Answered with a ``StopResult``."""

    id: Id
    origin: Origin


class Watch(_Wire, frozen=True, tag="watch"):
    """Notice: one of the extension's own pages looks (or none does any more), and wants ``live`` events."""

    on: bool


HostHears = Hello | FromPage | Visible | Gone | PrivateEnded | Decide | Status | Revoke | StopOrigin | Watch


# ---- what the Host says -------------------------------------------------------------------------------------------


class AvailabilityResult(_Wire, frozen=True, tag="availability"):
    availability: AvailabilityValue


class SessionResult(_Wire, frozen=True, tag="session"):
    """Answer to ``create`` and ``clone``: tokens."""

    context_window: Tokens
    context_usage: Tokens


class UsageResult(_Wire, frozen=True, tag="usage"):
    """Answer to ``prompt`` and ``append``: the session's usage now (tokens)."""

    context_usage: Tokens


class MeasureResult(_Wire, frozen=True, tag="measure"):
    """Tokens that the input would take."""

    usage: Tokens


class TaskResult(_Wire, frozen=True, tag="task"):
    """Answer to ``createTask``. ``options``: their languages replaced by those that they were matched with.
    ``input_quota``: tokens that one call may take; null: as many as it likes."""

    options: TaskOptions
    input_quota: Tokens | None


class WrittenResult(_Wire, frozen=True, tag="written"):
    """Answer to ``runTask``: the text came in chunks, and is whole."""


class ProofreadResult(_Wire, frozen=True, tag="proofread"):
    """Answer to ``runTask``. ``corrections``: ascending, not overlapping, and applied to the input they give
    ``corrected_input``; null where there was nothing to read."""

    corrected_input: str
    corrections: tuple[Correction, ...] | None


class DetectionResult(_Wire, frozen=True, tag="detection"):
    """Answer to ``runTask``: likeliest first, ``und`` last."""

    languages: tuple[DetectedLanguage, ...]


class StatusResult(_Wire, frozen=True, tag="status"):
    """``model``: the chosen model's name, for the user's eyes only; ``problem``: why it cannot be used, if so;
    ``engine``: null when none runs."""

    version: str
    model: str
    problem: str | None
    grants: tuple[Grant, ...]
    activity: tuple[Activity, ...]
    engine: EngineStatus | None


class RevokeResult(_Wire, frozen=True, tag="revoke"):
    """``revoked``: records removed (count)."""

    revoked: Tokens


class StopResult(_Wire, frozen=True, tag="stop"):
    """``stopped``: requests of this browser that were ended (count)."""

    stopped: Tokens


Result = (
    AvailabilityResult
    | SessionResult
    | UsageResult
    | MeasureResult
    | TaskResult
    | WrittenResult
    | ProofreadResult
    | DetectionResult
    | StatusResult
    | RevokeResult
    | StopResult
)


class Welcome(_Wire, frozen=True, tag="hello"):
    """Answer to ``hello``. ``update``: which side is too old to go on with, if one is."""

    protocol: Versions
    version: str
    update: Literal["host", "extension"] | None


class Progress(_Wire, frozen=True, tag="progress"):
    """Download progress of ``create``: the fraction, 0 to 1, a multiple of 1/65536."""

    client: Client
    id: Id
    loaded: Annotated[float, Meta(ge=0, le=1)]


class Chunk(_Wire, frozen=True, tag="chunk"):
    """Text of one event: whole code points, never empty; the concatenation of all is the result."""

    client: Client
    id: Id
    text: Annotated[str, Meta(min_length=1)]


class ToolCalls(_Wire, frozen=True, tag="toolCalls"):
    """The model calls tools. If the page runs all of them, the prompt waits for ``ToolResults``; otherwise the calls
    end the answer, and ``done`` follows."""

    client: Client
    id: Id
    calls: tuple[ToolCall, ...]


class Overflow(_Wire, frozen=True, tag="overflow"):
    """The session dropped its oldest call to make room (event ``contextoverflow``)."""

    client: Client
    id: Id


class Ask(_Wire, frozen=True, tag="ask"):
    """For the Broker: raise the ask window. Further documents of the same origin join a window that is open."""

    ask: Id
    origin: Origin
    interface: Interface
    model: str
    incognito: bool
    embedder: Origin | None = None


class AskEnded(_Wire, frozen=True, tag="askEnded"):
    """For the Broker: the question is answered or nobody waits for it any more; close its window."""

    ask: Id


class Live(_Wire, frozen=True, tag="live"):
    """For the extension's own pages: these parts of the status are newer now. Comes while something runs, twice a
    second at most, and once more when it ended."""

    activity: tuple[Activity, ...]
    engine: EngineStatus | None


class Done(_Wire, frozen=True, tag="done"):
    client: Client
    id: Id
    result: Result


class Error(_Wire, frozen=True, tag="error"):
    client: Client
    id: Id
    error: ErrorInfo


class Idle(_Wire, frozen=True, tag="idle"):
    """Neither sessions nor requests nor questions are left: the Broker may close the native port."""


class ProtocolError(_Wire, frozen=True, tag="protocolError"):
    """A frame was refused and had no request to blame. ``message`` is for the log."""

    message: str


HostSays = (
    Welcome | Progress | Chunk | ToolCalls | Overflow | Ask | AskEnded | Live | Done | Error | Idle | ProtocolError
)
