"""Summarizer, Writer and Rewriter: what they ask a model, and how much of the window each call may take.

Rules this file keeps: blank input asks no model; nothing is cut silently: what does not fit is refused, and an answer
that the window ends is an error.
"""

from __future__ import annotations

import math
from typing import Final, cast

from anyio import to_thread
from msgspec import Struct, structs

from windowsill.errors import QuotaExceededError, UnknownError
from windowsill.protocol import RewriterOptions, SummarizerOptions, TaskOptions, WrittenResult
from windowsill.tasks import languages
from windowsill.tasks.blank import is_blank
from windowsill.tasks.fence import Section, fenced
from windowsill.tasks.model import Question, TaskModel
from windowsill.tasks.sampling import SAMPLING_MODES
from windowsill.tasks.task import Abilities, Job, Write
from windowsill.tasks.writing import notes, plans, shapes, wording
from windowsill.tasks.writing.filters import Filters
from windowsill.tasks.writing.plans import Plan, WritingOptions

SPARE_TOKENS: Final = 48
"""Kept free of a window (tokens): the line that names a language, blank lines between sections, seams between them."""

ANSWER_SHARE: Final = 4
"""A small window keeps one part in so many for an answer, however long that may be."""

LEAST_ROOM: Final = 64
"""Tokens that must be left for a call's own part, or for one part of a long text: a few sentences."""

PARTS: Final = 64
"""Windows that a text to summarize may fill (count): a long novel with 8,000 tokens each, and half an hour of reading
on a processor."""

NOTE_POINTS: Final = 5
NOTE_TOKENS: Final = 256
NOTE_SHARE: Final = 4
"""Of the notes of one part: points (count), and room (tokens), at most one part in so many of what such notes have to
fit into together: so every round leaves fewer."""

NOTING: Final = wording.noting(NOTE_POINTS)


class _Sizes(Struct, frozen=True):
    """Tokens of a call's own part, and what a window leaves for it."""

    text: int
    context: int
    room: int


class WritingTask:
    """One for all three interfaces; what differs is in ``plans``."""

    def matched(self, options: TaskOptions, abilities: Abilities | None) -> TaskOptions | None:
        """See ``Task``. A missing output language is that of the input, which nobody knows yet."""
        options = _own(options)
        known = abilities.languages if abilities else frozenset[str]()
        inputs = languages.all_served(options.expected_input_languages, known)
        contexts = languages.all_served(options.expected_context_languages, known)
        output = languages.served(options.output_language, known) if options.output_language is not None else None
        if inputs is None or contexts is None or (output is None and options.output_language is not None):
            return None
        return structs.replace(
            options, expected_input_languages=inputs, expected_context_languages=contexts, output_language=output
        )

    async def quota(self, options: TaskOptions, shared_context: str, model: TaskModel) -> int:
        """See ``Task``."""
        options = _own(options)
        shared, room, _ = await _room(options, shared_context, model)
        if room < LEAST_ROOM:
            lacking = (LEAST_ROOM - room) * (1 + plans.plan(options).growth)
            most = max(0, shared - math.ceil(lacking))
            raise QuotaExceededError("The shared context is too long.", requested=shared, quota=most)
        return _quota(options, room)

    async def measure(self, job: Job, model: TaskModel) -> int:
        """See ``Task``."""
        if is_blank(job.input):
            return 0
        return _usage(job, await self._sizes(job, model))

    async def run(self, job: Job, model: TaskModel, write: Write) -> WrittenResult:
        """See ``Task``."""
        options = _own(job.options)
        if is_blank(job.input):
            if isinstance(options, RewriterOptions) and job.input:
                write(job.input)
            return WrittenResult()
        sizes = await self._sizes(job, model)
        usage, quota = _usage(job, sizes), _quota(options, sizes.room)
        if usage > quota:
            raise QuotaExceededError("The input is too long.", requested=usage, quota=quota)
        plan = plans.plan(options)
        text = Section(plan.source, job.input)
        room = sizes.room - sizes.context
        if isinstance(options, SummarizerOptions) and sizes.text > room:
            text = Section("notes", await notes.take(job.input, room, model.count, _Noting(job, model, room).note))
        await _answer(job, plan, text, model, write)
        return WrittenResult()

    async def _sizes(self, job: Job, model: TaskModel) -> _Sizes:
        options = _own(job.options)
        text = fenced([Section(plans.plan(options).source, job.input)])
        context = fenced([Section("context", job.context)])
        _, room, (text_size, context_size) = await _room(options, job.shared_context, model, text, context)
        return _Sizes(text_size, context_size if context else 0, room)


class _Noting:
    """Asks for the notes of one part after the other. ``room``: what those of all must fit into together (tokens)."""

    def __init__(self, job: Job, model: TaskModel, room: int) -> None:
        self._contexts = _contexts(job)
        self._model = model
        self._max_tokens = min(NOTE_TOKENS, room // NOTE_SHARE)

    async def note(self, label: str, part: str) -> str:
        """The key points of one part, or of earlier notes."""
        question = Question(
            instructions=NOTING,
            data=fenced([*self._contexts, Section(label, part)]),
            sampling=SAMPLING_MODES["predictable"],
            max_tokens=self._max_tokens,
            constraint=shapes.key_points(NOTE_POINTS),
            copies=True,
        )
        return await self._model.answer(question)


async def _answer(job: Job, plan: Plan, text: Section, model: TaskModel, write: Write) -> None:
    """Ask for the result, and write it as it comes. Raises UnknownError when the window ends it."""
    options = _own(job.options)
    data = fenced([*_contexts(job), text])
    if options.output_language is not None:
        data += f"\n\n{wording.language(options.output_language)}"
    question = Question(
        instructions=plan.instructions,
        data=data,
        sampling=plan.sampling,
        constraint=plan.constraint,
        copies=plan.copies,
    )
    filters = await to_thread.run_sync(Filters, options, job.input)  # it counts the words of what may be a book
    async with model.asked(question, streamed=True) as answer:
        async for piece in answer:
            if given := filters.push(piece):
                write(given)
            if filters.full:
                break
        if not filters.full and answer.cut:
            raise UnknownError("The answer did not fit into the context window.")
    if last := filters.finish():
        write(last)


def _own(options: TaskOptions) -> WritingOptions:
    """``table.py`` gives this task no others."""
    return cast(WritingOptions, options)


def _contexts(job: Job) -> list[Section]:
    return [Section("context", said) for said in (job.shared_context, job.context)]


async def _room(
    options: WritingOptions, shared_context: str, model: TaskModel, *own: str
) -> tuple[int, int, tuple[int, ...]]:
    """Tokens of the shared context, those that a window then has for a call's own part, and of each text of that."""
    plan = plans.plan(options)
    is_summary = isinstance(options, SummarizerOptions)
    shared = fenced([Section("context", shared_context)])
    instructions = (plan.instructions, NOTING) if is_summary else (plan.instructions,)
    counts = await model.count(shared, *own, *instructions)
    size, ours = counts[0], counts[1 + len(own) :]
    answer = max(plan.answer, NOTE_TOKENS) if is_summary else plan.answer
    left = model.context_window - SPARE_TOKENS - max(ours) - (size if shared else 0)
    room = math.floor((left - min(answer, model.context_window // ANSWER_SHARE)) / (1 + plan.growth))
    return size, room, counts[1 : 1 + len(own)]


def _quota(options: WritingOptions, room: int) -> int:
    return PARTS * room if isinstance(options, SummarizerOptions) else room


def _usage(job: Job, sizes: _Sizes) -> int:
    """Tokens of all that is sent of the call's own: a context goes with every part of a long text."""
    if not isinstance(job.options, SummarizerOptions):
        return sizes.text + sizes.context
    return sizes.text + sizes.context * _windows(sizes)


def _windows(sizes: _Sizes) -> int:
    """How many the text fills beside its context; one more than are allowed where that leaves no room for parts."""
    left = sizes.room - sizes.context
    if sizes.text <= left:
        return 1
    return -(-sizes.text // left) if left >= LEAST_ROOM else PARTS + 1
