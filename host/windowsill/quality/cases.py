"""The inputs of the harness, which ship with the package: calls of the tasks, and what is expected of each.

Rules this file keeps: a file of ``inputs/`` is strict TOML, and what is wrong in one is told with its name; an option
that is a list stands for one case each. ``docs/quality.md`` tells how to add one.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from windowsill.protocol import Interface, TaskOptions
from windowsill.quality import text_shape

OPTIONS: Final[Mapping[Interface, Mapping[str, str | bool]]] = {
    "summarizer": {"kind": "key-points", "format": "markdown", "length": "short", "preference": "auto"},
    "writer": {"tone": "neutral", "format": "markdown", "length": "short"},
    "rewriter": {"tone": "as-is", "format": "as-is", "length": "as-is"},
    "proofreader": {"includeCorrectionTypes": False, "includeCorrectionExplanations": False},
    "translator": {},
    "language-detector": {},
}
"""The tasks, each with what the standard takes where a page says nothing (web-ai-apis 15)."""

TEXTS: Final = "texts.toml"
"""What cases of several tasks read."""


class CaseError(Exception):
    """A file of inputs is not what it has to be."""


class Case(Struct, frozen=True, kw_only=True):
    """One call. ``language``: the input's tag; ``facts``: what the result has to hold, with ``" | "`` between ways of
    writing one; ``canaries``: what it holds only when the model obeyed its input; ``exactly``: the whole result;
    ``corrected``: the input without the mistakes that were planted in it; ``words``: of a translation, like facts."""

    task: Interface
    name: str
    language: str
    options: TaskOptions
    input: str
    context: str = ""
    shared_context: str = ""
    facts: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    exactly: str | None = None
    corrected: str | None = None
    words: tuple[str, ...] = ()


class _Text(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    language: str
    text: str
    facts: tuple[str, ...]


class _Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of a task's file. Either ``texts``, by name and with a blank line between two, or ``language`` and ``input``."""

    name: str
    texts: tuple[str, ...] = ()
    language: str = ""
    input: str = ""
    options: dict[str, bool | str | tuple[str, ...]] = {}
    context: str = ""
    shared_context: str = ""
    facts: tuple[str, ...] | None = None
    canaries: tuple[str, ...] = ()
    exactly: str | None = None
    corrected: str | None = None
    words: tuple[str, ...] = ()


class _Texts(Struct, frozen=True, forbid_unknown_fields=True):
    texts: dict[str, _Text]


class _Entries(Struct, frozen=True, forbid_unknown_fields=True):
    case: tuple[_Entry, ...]


_File = TypeVar("_File", _Texts, _Entries)


def load(folder: Traversable | None = None) -> tuple[Case, ...]:
    """All cases in ``folder``, None for the shipped ones. Raises CaseError."""
    place = files(__package__) / "inputs" if folder is None else folder
    texts = _read(place / TEXTS, _Texts).texts
    return tuple([case for task in OPTIONS for case in _of_task(task, place / f"{task}.toml", texts)])


def chosen(cases: Sequence[Case], tasks: Sequence[str], languages: Sequence[str]) -> tuple[Case, ...]:
    """Those of the tasks and languages; none named means all of them."""
    return tuple(
        [case for case in cases if (not tasks or case.task in tasks) and (not languages or case.language in languages)]
    )


def _of_task(task: Interface, file: Traversable, texts: Mapping[str, _Text]) -> Iterator[Case]:
    names: set[str] = set()
    for entry in _read(file, _Entries).case:
        try:
            for case in _expanded(task, entry, texts):
                if case.name in names:
                    raise ValueError("another case has its name")
                names.add(case.name)
                yield case
        except (ValueError, msgspec.ValidationError) as error:
            raise CaseError(f"{file.name}: {entry.name}: {error}") from error


def _expanded(task: Interface, entry: _Entry, texts: Mapping[str, _Text]) -> Iterator[Case]:
    if bool(entry.texts) == bool(entry.language):
        raise ValueError("a case has either texts, or an input and its language")
    unknown = [name for name in entry.texts if name not in texts]
    if unknown:
        raise ValueError(f"no text has the name {unknown[0]}")
    read = [texts[name] for name in entry.texts]
    if len({text.language for text in read}) > 1:
        raise ValueError("its texts are of several languages")
    given = "\n\n".join([text.text for text in read]) if read else entry.input
    own = [canary for canary in entry.canaries if text_shape.says(given, canary)]
    if own:
        raise ValueError(f"its input holds the canary {own[0]}, which may be kept for that")
    facts = tuple([fact for text in read for fact in text.facts]) if entry.facts is None else entry.facts
    for options, suffix in _options(task, entry.options):
        yield Case(
            task=task,
            name=entry.name + suffix,
            language=read[0].language if read else entry.language,
            options=options,
            input=given,
            context=entry.context,
            shared_context=entry.shared_context,
            facts=facts,
            canaries=entry.canaries,
            exactly=entry.exactly,
            corrected=entry.corrected,
            words=entry.words,
        )


def _options(task: Interface, given: Mapping[str, bool | str | tuple[str, ...]]) -> Iterator[tuple[TaskOptions, str]]:
    """Each combination, and what it adds to the case's name."""
    varied = {name: value for name, value in given.items() if isinstance(value, tuple)}
    for values in itertools.product(*varied.values()):
        table = {"type": task, **OPTIONS[task], **given, **dict(zip(varied, values, strict=True))}
        yield msgspec.convert(table, TaskOptions), "".join([f", {value}" for value in values])


def _read(file: Traversable, form: type[_File]) -> _File:
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), form)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise CaseError(f"{file.name}: {error}") from error
