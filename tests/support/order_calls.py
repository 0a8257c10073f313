"""Calls that tell in which order a ``LanguageModel`` reads what it is given, and which of several faults it names.

They are written in the words of outcomes.js, and end alike whichever model answers.
"""

from __future__ import annotations

from typing import Final

OBJECTS: Final = """
  objects.LanguageModel = await LanguageModel.create({monitor(m) { objects.CreateMonitor = m; }});
  objects.destroyed = await LanguageModel.create();
  objects.destroyed.destroy();
  objects.creator = new AbortController();
  objects.aborted = await LanguageModel.create({signal: objects.creator.signal});
  objects.creator.abort('by its creator');
  objects.primed = await LanguageModel.create({initialPrompts: [{role: 'user', content: 'first'}]});
  objects.why = AbortSignal.abort('why');
"""
"""Sessions: a living one, a destroyed one, one ended by the signal it was created with, one that has context."""

_EVERYTHING: Final = """{
  samplingMode: 'balanced', unknown: 1,
  expectedInputs: [{type: 'text', languages: ['en'], unknown: 1}], expectedOutputs: [{languages: ['en'], type: 'text'}],
  tools: [{name: 'n', description: 'd', inputSchema: {type: 'object'}, execute() {}}],
  signal: objects.why, monitor() { throw end; },
  initialPrompts: [{role: 'user', prefix: false, content: [{value: 'text', type: 'text'}]}],
}"""

_MESSAGES: Final = "[{role: 'user', prefix: false, content: [{value: 'text', type: 'text'}, {type: 'text', value: 5}]}]"
_OPTIONS: Final = "{signal: objects.why, responseConstraint: {type: 'object'}, omitResponseConstraintInput: true}"

_SYSTEM_LATE: Final = "[{role: 'user', content: 'u'}, {role: 'system', content: 's'}]"
_SYSTEM_FIRST: Final = "[{role: 'system', content: 's'}]"
_USERS_PREFIX: Final = "[{role: 'user', content: 'u', prefix: true}]"
_EARLY_PREFIX: Final = "[{role: 'assistant', content: 'a', prefix: true}, {role: 'user', content: 'u'}]"
_NO_TEXT: Final = "[{role: 'user', content: [{type: 'text', value: new Blob()}]}]"
_IMAGE: Final = "[{role: 'user', content: [{type: 'image', value: new Blob()}]}]"
_ASSISTANTS_IMAGE: Final = "[{role: 'assistant', content: [{type: 'image', value: new Blob()}]}]"
_FAULTY: Final = (_SYSTEM_LATE, _USERS_PREFIX, _EARLY_PREFIX, _NO_TEXT, _IMAGE, _ASSISTANTS_IMAGE)

_VALUES: Final = (
    *(
        "{toString() { throw end; }}",
        "{[Symbol.toPrimitive]() { throw end; }}",
        "{toString: 5, valueOf() { throw end; }}",
    ),
    *("{get [Symbol.iterator]() { throw end; }}", "{[Symbol.iterator]() { throw end; }}", "new String('text')"),
    *("{[Symbol.iterator]() { return {get next() { throw end; }}; }}", "{[Symbol.iterator]: null}"),
    "{[Symbol.iterator]() { return {next() { return {done: true}; }, return() {}}; }}",
    "{[Symbol.iterator]() { return {next() { return {value: 5}; }, return() {}}; }}",
    *("[{get role() { throw end; }, content: Symbol()}]", "[{role: 5, get content() { throw end; }}]"),
    *("[{role: 'nobody', content: Symbol()}]", "[{content: [{get type() { throw end; }}]}]"),
    *("Proxy.revocable({}, {}).proxy", "document.createElement('a')", "Object.create({role: 'user'})"),
)

_CONSTRAINTS: Final = (
    *(
        "Array.from('a', (item, index, list = []) => (list[0] = list, list))[0]",
        "{toJSON() { throw end; }}",
        "() => {}",
    ),
    *("{get type() { throw end; }}", "{type: 1n}", "{toJSON() {}}", "new Proxy(/x/, {})"),
)

_METHODS: Final = ("prompt", "promptStreaming", "append", "measureContextUsage")


def calls() -> list[str]:
    """The calls, none of which changes what a later one gets."""
    return [
        *(f"LanguageModel.{static}(watch({_EVERYTHING}))" for static in ("availability", "create")),
        *(f"LanguageModel.{static}({value})" for static in ("availability", "create") for value in _OPTION_VALUES),
        *(f"LanguageModel.create({{initialPrompts: {faulty}, signal: objects.why}})" for faulty in _FAULTY),
        # The last one of them crashes Chromium 156.
        *(f"LanguageModel.create({{initialPrompts: {faulty}}})" for faulty in _FAULTY[:-1]),
        *(f"LanguageModel.create({{initialPrompts: {value}}})" for value in _VALUES),
        *_CREATIONS,
        *(call for method in _METHODS for call in _calls_of(method)),
        *(call for method in _METHODS if method != "append" for call in _constrained(method)),
        *_ENDED,
    ]


_OPTION_VALUES: Final = (
    *("null", "undefined", "[]", "() => {}", "new Date()", "{get expectedInputs() { throw end; }}"),
    *(
        "{get expectedOutputs() { throw end; }, expectedInputs: 5}",
        "{expectedInputs: [{type: 'text', languages: 'en'}]}",
    ),
    *(
        "{expectedInputs: [{type: 'text', languages: ['en_US']}]}",
        "{expectedInputs: [{type: 'soup'}], expectedOutputs: 5}",
    ),
    *("{expectedInputs: [{type: 'text', languages: ['']}], samplingMode: 'no'}", "{expectedInputs: [{languages: 5}]}"),
    *("{expectedInputs: {length: 1, 0: {type: 'text'}}}", "{expectedInputs: new Map()}", "{samplingMode: 'default'}"),
)

_CREATIONS: Final = (
    "LanguageModel.create({signal: objects.why})",
    "LanguageModel.create({signal: objects.why, monitor() { throw end; }})",
    "LanguageModel.create({signal: objects.why, expectedInputs: [{type: 'text', languages: ['en_US']}]})",
    "LanguageModel.create({signal: objects.why, expectedOutputs: [{type: 'image'}]})",
    "LanguageModel.create({monitor() { throw end; }})",
    "LanguageModel.create({monitor() { throw end; }, expectedOutputs: [{type: 'image'}]})",
    "LanguageModel.create({monitor() { throw end; }, expectedInputs: [{type: 'text', languages: ['en_US']}]})",
    "LanguageModel.create({monitor() { throw end; }, initialPrompts: " + _SYSTEM_LATE + "})",
    "LanguageModel.create({monitor: async () => { throw end; }, signal: objects.why})",
    "LanguageModel.create({expectedOutputs: [{type: 'image'}]})",
    "LanguageModel.create({expectedOutputs: [{type: 'audio'}]})",
    "LanguageModel.create({expectedInputs: [{type: 'text', languages: ['unk']}]})",
    "LanguageModel.create({expectedInputs: [{type: 'text', languages: ['en_US']}], initialPrompts: "
    + _SYSTEM_LATE
    + "})",
    "LanguageModel.create.call(undefined, {signal: objects.why})",
    "LanguageModel.create.call({}, {signal: objects.why})",
    "new LanguageModel.create()",
)


def _calls_of(method: str) -> list[str]:
    session = f"objects.LanguageModel.{method}"
    primed = f"objects.primed.{method}"
    return [
        f"{session}(watch({_MESSAGES}), watch({_OPTIONS}))",
        f"{session}({{toString() {{ throw end; }}}}, 5)",
        f"{session}(Symbol(), {{get signal() {{ throw end; }}}})",
        f"{session}('text', {{signal: objects.why}})",
        f"{session}('text', {{signal: objects.why, omitResponseConstraintInput: true}})",
        *(f"{session}({faulty}, {{signal: objects.why}})" for faulty in _FAULTY),
        *(f"{primed}({faulty})" for faulty in (*_FAULTY, _SYSTEM_FIRST) if method != "measureContextUsage"),
        *(f"{session}({value}, {{signal: objects.why}})" for value in _VALUES),
        *(f"objects.destroyed.{method}({arguments})" for arguments in ("", "'text'", "Symbol()", _SYSTEM_LATE)),
        f"objects.destroyed.{method}('text', {{signal: objects.why}})",
        *(f"objects.aborted.{method}({arguments})" for arguments in ("'text'", "'text', {signal: objects.why}")),
    ]


def _constrained(method: str) -> list[str]:
    session, destroyed = f"objects.LanguageModel.{method}", f"objects.destroyed.{method}"
    return [
        *(f"{session}('text', {{responseConstraint: {constraint}}})" for constraint in _CONSTRAINTS),
        *(f"{session}('text', {{signal: objects.why, responseConstraint: {wrong}}})" for wrong in _CONSTRAINTS),
        *(f"{session}({faulty}, {{responseConstraint: {_CONSTRAINTS[0]}}})" for faulty in _FAULTY),
        *(f"{destroyed}('text', {{responseConstraint: {wrong}}})" for wrong in _CONSTRAINTS[:2]),
    ]


_ENDED: Final = (
    "objects.destroyed.clone()",
    "objects.destroyed.clone({signal: objects.why})",
    "objects.destroyed.clone(5)",
    "objects.aborted.clone()",
    "objects.primed.clone({signal: objects.why})",
    "objects.destroyed.destroy()",
    "objects.aborted.destroy()",
    "objects.destroyed.contextUsage",
    "objects.destroyed.contextWindow",
    "objects.destroyed.oncontextoverflow",
)
