"""What a page is told of a correction beside itself: of which types it is, and why it was made.

Rules this file keeps: what the characters show is not asked for; a model that cannot be held to an answer's form leaves
a correction of the type that takes all, without an explanation, while every other error of the model's is an error.
"""

from __future__ import annotations

import logging
import unicodedata
from typing import Final

from msgspec import Struct

from windowsill.engine_protocol import RegExp
from windowsill.errors import NotSupportedError, UnmetConstraintError
from windowsill.protocol import CorrectionType
from windowsill.tasks.fence import RULE, Section, fenced
from windowsill.tasks.language_names import english_name
from windowsill.tasks.model import Question, TaskModel
from windowsill.tasks.proofread_diff import Edit
from windowsill.tasks.proofread_tokens import is_word, tokens
from windowsill.tasks.sampling import SAMPLING_MODES

log = logging.getLogger(__name__)

CONTEXT_CHARACTERS: Final = (100, 25, 0)
"""Code points of the text shown on either side of a correction: a sentence, that is enough to tell why; less where the
window does not hold it."""

SHOWN_CHARACTERS: Final = 100
"""Code points shown of what was replaced, and of what replaces it: corrections are words."""

EXPLANATION_CHARACTERS: Final = 200
"""Code points of an explanation at most: one sentence, that fits beside a text."""

NOTE_TOKENS: Final = 96
"""Tokens of an answer at most: a sentence of fifteen words in any script."""

ASKED_TYPES: Final[tuple[CorrectionType, ...]] = ("spelling", "grammar")
"""Between which a model decides; the others show (web-ai-apis 17.2: the standard's four)."""

TYPE_INSTRUCTIONS: Final = f"""A proofreader replaced <old> with <new> in <text>, which now reads <corrected>. \
Was the mistake one of spelling or of grammar?
spelling: a word was misspelt.
grammar: it was a wrong word, a wrong form of a word, or anything else.
Answer with one word, spelling or grammar.
{RULE}"""

EXPLANATION_INSTRUCTIONS: Final = f"""A proofreader replaced <old> with <new> in <text>, which now reads \
<corrected>. Tell its author why.
Answer with one sentence of at most fifteen words that names the rule or the mistake. Say nothing of the rest of the \
text; do not greet, praise or ask.
Write in the language that <language> names, or, if it is not given, in the language of <text>.
{RULE}"""


class Notes(Struct, frozen=True):
    """None: not asked for, or there is none to give."""

    types: tuple[CorrectionType, ...] | None = None
    explanation: str | None = None


class Asked(Struct, frozen=True):
    """What the page wants to be told. ``language``: of explanations, None for that of the text."""

    types: bool
    explanations: bool
    language: str | None

    @property
    def anything(self) -> bool:
        return self.types or self.explanations


async def notes(text: str, edit: Edit, asked: Asked, model: TaskModel) -> Notes:
    """Of one edit of ``text``. May raise what ``TaskModel`` raises."""
    return Notes(
        types=await _types(text, edit, model) if asked.types else None,
        explanation=await _explanation(text, edit, asked.language, model) if asked.explanations else None,
    )


def shown_types(old: str, new: str) -> tuple[CorrectionType, ...]:
    """The types of a correction that its characters show; empty when they do not."""
    if _letters(old).lower() != _letters(new).lower():
        return ("grammar",) if _only_added(_words(old), _words(new)) or _only_added(_words(new), _words(old)) else ()
    types: list[CorrectionType] = []
    if _letters(old) != _letters(new):
        types.append("capitalization")
    if len(_words(old)) != len(_words(new)):
        types.append("spelling")
    elif _marks(old) != _marks(new):
        types.append("punctuation")
    return tuple(types) or ("spelling",)


async def _types(text: str, edit: Edit, model: TaskModel) -> tuple[CorrectionType, ...]:
    if shown := shown_types(text[edit.start : edit.end], edit.text):
        return shown
    answer = await _answer(TYPE_INSTRUCTIONS, text, edit, None, f"(?:{'|'.join(ASKED_TYPES)})", model)
    return tuple([one for one in ASKED_TYPES if one == answer]) or ("grammar",)


async def _explanation(text: str, edit: Edit, language: str | None, model: TaskModel) -> str | None:
    form = rf"\S.{{0,{EXPLANATION_CHARACTERS - 1}}}"
    return (await _answer(EXPLANATION_INSTRUCTIONS, text, edit, language, form, model)).strip() or None


async def _answer(instructions: str, text: str, edit: Edit, language: str | None, form: str, model: TaskModel) -> str:
    """Empty when this model cannot be held to ``form``, or has no room."""
    offered = [_data(text, edit, language, context) for context in CONTEXT_CHARACTERS]
    own, *sizes = await model.count(instructions, *offered)
    room = model.context_window - own - NOTE_TOKENS
    fitting = [data for data, size in zip(offered, sizes, strict=True) if size <= room]
    if not fitting:
        return ""
    question = Question(
        instructions=instructions,
        data=fitting[0],
        sampling=SAMPLING_MODES["most-predictable"],
        max_tokens=NOTE_TOKENS,
        constraint=RegExp(source=form, flags=""),
    )
    try:
        return await model.answer(question)
    except (NotSupportedError, UnmetConstraintError) as error:
        log.warning("a correction stays without a note: %s", error.detail)
        return ""


def _data(text: str, edit: Edit, language: str | None, context: int) -> str:
    """The place and what became of it, bounded whatever its length."""
    before, after = text[max(0, edit.start - context) : edit.start], text[edit.end : edit.end + context]
    old, new = text[edit.start : edit.end][:SHOWN_CHARACTERS], edit.text[:SHOWN_CHARACTERS]
    sections = [
        Section("text", before + old + after),
        Section("corrected", before + new + after),
        Section("old", old),
        Section("new", new),
        Section("language", english_name(language) if language else ""),
    ]
    return fenced(sections)


def _letters(text: str) -> str:
    return "".join([character for character in text if unicodedata.category(character)[0] in "LNM"])


def _marks(text: str) -> str:
    return "".join([character for character in text if unicodedata.category(character)[0] not in "LNM"])


def _words(text: str) -> list[str]:
    return [token.lower() for token in tokens(text) if is_word(token)]


def _only_added(fewer: list[str], more: list[str]) -> bool:
    left = iter(more)
    return len(fewer) < len(more) and all(word in left for word in fewer)
