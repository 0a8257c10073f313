"""Calls that tell in which order an interface of a task reads what it is given, and which of several faults it names.

They are written in the words of outcomes.js, and end alike whichever model answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from support.idl_values import Values, literal
from support.web_idl import Interface, Node, published

TASKS: Final = ("Summarizer", "Writer", "Rewriter", "Proofreader", "Translator", "LanguageDetector")

STATIC_ONLY: Final = ("Translator", "LanguageDetector")
"""Those of which Chromium makes no object without a component of Google; calls that are right may never end there."""

LEAST: Final = "sourceLanguage: 'en', targetLanguage: 'es', "
"""The options that only the translator reads, and cannot do without."""

_GIVEN: Final = """{
  expectedInputLanguages: ['EN-us', 'en-US', 'EN'], expectedContextLanguages: new Set(['en-us']), outputLanguage: 'EN',
  correctionExplanationLanguage: 'EN-us', includeCorrectionTypes: 1, sharedContext: {toString: () => 'shared'},
}"""

_HELD: Final = ("null", "false", "true", "''", "'shared'", "'en'", "'en-US'", "'en-US,en'")
"""What attributes hold besides values of enumerations; lists as texts."""

_LANGUAGES: Final = ("expectedInputLanguages", "outputLanguage", "correctionExplanationLanguage", "targetLanguage")
_TAGS: Final = tuple(
    f"[{tag!r}]" for tag in ("", "*", "x", "en_US", "EN-us", "i-klingon", "sgn-be-fr", "en-u-ca-buddhist")
)
"""Right and wrong ones; a list of one also is its text where no list is asked for."""


def interfaces(names: tuple[str, ...] = TASKS) -> Iterator[Interface]:
    """The tasks' interfaces, by their Web IDL."""
    return (interface for interface in published().interfaces() if interface.name in names)


def objects(names: tuple[str, ...] = TASKS) -> str:
    """Makes an object of each interface; of those that Chromium makes too also one with options, and ended ones."""
    made = [f"objects.{name} = await {name}.create({{{LEAST}}});" for name in names]
    more = [
        f"""
        objects.given{name} = await {name}.create({_GIVEN});
        objects.destroyed{name} = await {name}.create({{expectedInputLanguages: []}});
        objects.destroyed{name}.destroy();
        objects.aborted{name} = await {name}.create({{signal: objects.creator.signal}});
        """
        for name in names
        if name not in STATIC_ONLY
    ]
    signals = "objects.creator = new AbortController(); objects.why = AbortSignal.abort('why');"
    return "".join([signals, *made, *more, "objects.creator.abort('by its creator');"])


def calls(interface: Interface) -> Iterator[str]:
    """The calls of one interface, none of which changes what a later one gets."""
    name = interface.name
    for operation in interface.operations:
        if operation["special"] == "static" and (operation["name"] == "create" or name not in STATIC_ONLY):
            yield f"{name}.{operation['name']}(watch({_everything(operation['arguments'][0]['idlType']['idlType'])}))"
    if name not in STATIC_ONLY:
        yield from (f"{name}.create({value})" for value in ("", "null", "undefined", "[]", "() => {}"))
    yield from (f"{name}.create({{{LEAST}{options}}})" for options in _OPTIONS)
    for language in _LANGUAGES:
        yield from (f"{name}.create({{{LEAST}{language}: {tag}, signal: objects.why}})" for tag in _TAGS)
    yield f"{name}.create.call(undefined, {{{LEAST}signal: objects.why}})"
    yield f"new {name}.create()"
    if name not in STATIC_ONLY:
        for operation in interface.operations:
            if operation["special"] != "static" and operation["arguments"]:
                yield from _calls_of(name, operation["name"])
        yield f"objects.destroyed{name}.destroy()"
        yield f"objects.aborted{name}.destroy()"
        for attribute in interface.attributes:
            yield from _reads(name, attribute)


_OPTIONS: Final = (
    "signal: objects.why",
    "signal: objects.why, monitor() { throw end; }",
    "monitor() { throw end; }",
    "monitor: async () => { throw end; }, signal: objects.why",
    "monitor() { throw end; }, expectedInputLanguages: ['']",
    "expectedInputLanguages: ['en_US'], get signal() { throw end; }",
    "expectedInputLanguages: 'en', get signal() { throw end; }",
    "expectedInputLanguages: [{toString() { throw end; }}], type: 'no', tone: 'no', signal: objects.why",
    "expectedContextLanguages: [{toString() { throw end; }}], expectedInputLanguages: 5, signal: objects.why",
)


def _reads(name: str, attribute: Node) -> Iterator[str]:
    """Reads of an attribute of objects that were made with and without options, and of one that is no more."""
    member, of = attribute["name"], attribute["idlType"]
    yield f"objects.destroyed{name}.{member}"
    if of["generic"] == "FrozenArray":
        yield f"Object.isFrozen(objects.given{name}.{member})"
        yield f"objects.given{name}.{member} === objects.given{name}.{member}"
    definition = None if of["generic"] else published().definition(of["idlType"])
    values = [repr(entry["value"]) for entry in definition["values"]] if definition else _HELD
    for which in ("", "given"):
        yield from (f"String(objects.{which}{name}.{member}) === String({value})" for value in values)


def _everything(dictionary: str) -> str:
    """A right value for every option, a signal that has fired, and a monitor that must not be called."""
    fields = {
        field["name"]: next(Values(published()).right(field["idlType"])) for field in published().fields(dictionary)
    }
    last = {"signal": "objects.why", "monitor": "() => { throw end; }"}
    return literal(fields | {name: value for name, value in last.items() if name in fields} | {"unknown": "1"})


def _calls_of(name: str, method: str) -> Iterator[str]:
    living, destroyed, aborted = (f"objects.{which}{name}.{method}" for which in ("", "destroyed", "aborted"))
    yield f"{living}('text', watch({{unknown: 1, signal: objects.why, context: 'text'}}))"
    for arguments in (
        "{toString() { throw end; }}, 5",
        "Symbol(), {get signal() { throw end; }}",
        "'text', {context: {toString() { throw end; }}, signal: 5}",
        "'text', {signal: objects.why}",
        "'', {signal: objects.why}",
    ):
        yield f"{living}({arguments})"
    for arguments in ("", "'text'", "''", "Symbol()", "'text', {signal: objects.why}"):
        yield f"{destroyed}({arguments})"
        yield f"{aborted}({arguments})"
