"""A Host that does every task of a page by a rule, without a model: what it answers follows from the input.

Stands behind a real browser, Page, Relay and Broker, so that what tests see is theirs.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from windowsill import wire
from windowsill.errors import NotAllowedError, NotSupportedError, QuotaExceededError, WindowsillError
from windowsill.frames import Frame, FrameReader
from windowsill.greeting import greet
from windowsill.protocol import (
    AvailabilityResult,
    Chunk,
    Correction,
    CorrectionType,
    CreateTask,
    DetectedLanguage,
    DetectionResult,
    Done,
    Error,
    FromPage,
    Hello,
    HostSays,
    LanguageDetectorOptions,
    MeasureResult,
    MeasureTask,
    Progress,
    ProofreaderOptions,
    ProofreadResult,
    Result,
    RewriterOptions,
    RunTask,
    TaskAvailability,
    TaskOptions,
    TaskResult,
    TranslatorOptions,
    WrittenResult,
)
from windowsill.settings import MAX_FRAME_FROM_BROWSER
from windowsill.tasks.table import interface_of

QUOTA: Final = 1000
"""What a call may take, in UTF-16 units for tokens."""

WAITS: Final = "wait"
"""An input whose answer begins and never ends."""

UNSUPPORTED: Final = '"unk"'
"""A language that no task knows."""

FAULT: Final = "teh"
MENDED: Final = "the"
"""What the proofreader corrects."""


def stand_in(launcher: Path, _record: Path) -> None:
    """Let the browser start this Host by ``launcher``."""
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}"\n')
    launcher.chmod(stat.S_IRWXU)


class TaskHost:
    """Answers pages; remembers what each of their objects was made for."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, int], TaskOptions] = {}

    def answer(self, message: FromPage) -> Iterator[HostSays]:
        request = wire.decode_page_request(message.request)
        if not isinstance(request, TaskAvailability | CreateTask | RunTask | MeasureTask):
            return
        try:
            for said in self._events(message, request):
                if isinstance(said, str):
                    yield Chunk(client=message.client, id=request.id, text=said)
                elif isinstance(said, float):
                    yield Progress(client=message.client, id=request.id, loaded=said)
                else:
                    yield Done(client=message.client, id=request.id, result=said)
        except WindowsillError as error:
            yield Error(client=message.client, id=request.id, error=error.to_wire())

    def _events(
        self, message: FromPage, request: TaskAvailability | CreateTask | RunTask | MeasureTask
    ) -> Iterator[str | float | Result]:
        """Text, fractions of progress, and the result."""
        match request:
            case TaskAvailability(options=options):
                serves = interface_of(options) in message.allowed and _is_supported(options)
                yield AvailabilityResult(availability="available" if serves else "unavailable")
            case CreateTask(options=options):
                if interface_of(options) not in message.allowed:
                    raise NotAllowedError("The policy forbids it.")
                if not _is_supported(options):
                    raise NotSupportedError("The language is not supported.")
                self._made[message.client, request.id] = options
                yield from (0.0, 1.0)
                yield TaskResult(
                    options=options, input_quota=None if isinstance(options, LanguageDetectorOptions) else QUOTA
                )
            case MeasureTask():
                yield MeasureResult(usage=_size(request))
            case RunTask():
                if _size(request) > QUOTA:
                    raise QuotaExceededError("Too large.", requested=_size(request), quota=QUOTA)
                yield from _done(self._made[message.client, request.session], request.input)


def _done(options: TaskOptions, text: str) -> Iterator[str | Result]:
    match options:
        case ProofreaderOptions():
            yield _proofread(options, text)
        case LanguageDetectorOptions():
            found = {"en": 0.9, "und": 0.1} if text.strip() else {"und": 1.0}
            languages = [DetectedLanguage(detected_language=tag, confidence=share) for tag, share in found.items()]
            yield DetectionResult(languages=tuple(languages))
        case _:
            if text.strip():
                yield from filter(None, text.partition(" "))
            elif text and isinstance(options, RewriterOptions | TranslatorOptions):
                yield text
            if text != WAITS:
                yield WrittenResult()


def _proofread(options: ProofreaderOptions, text: str) -> ProofreadResult:
    types: tuple[CorrectionType, ...] | UnsetType = ("spelling",) if options.include_correction_types else UNSET
    corrections = []
    for found in re.finditer(FAULT, text):
        start = _units(text[: found.start()])
        end = start + len(FAULT)
        corrections.append(Correction(start_index=start, end_index=end, correction=MENDED, types=types))
    mended = text.replace(FAULT, MENDED)
    return ProofreadResult(corrected_input=mended, corrections=tuple(corrections) if text.strip() else None)


def _is_supported(options: TaskOptions) -> bool:
    return UNSUPPORTED not in msgspec.json.encode(options).decode()


def _size(request: RunTask | MeasureTask) -> int:
    return _units(request.input + request.context)


def _units(text: str) -> int:
    """Its length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def _serve() -> Iterator[HostSays]:
    host, frames = TaskHost(), FrameReader(MAX_FRAME_FROM_BROWSER)
    while data := os.read(sys.stdin.fileno(), 65_536):
        for frame in frames.feed(data):
            assert isinstance(frame, Frame), "a frame over the limit"
            message = wire.decode_host_hears(frame.body)
            if isinstance(message, Hello):
                yield greet(message)[1]
            elif isinstance(message, FromPage):
                yield from host.answer(message)


if __name__ == "__main__":
    for event in _serve():
        sys.stdout.buffer.write(wire.encode(event))
        sys.stdout.buffer.flush()
