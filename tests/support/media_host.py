"""A Host that takes images and audio, and answers nothing to anything: it writes down what pages sent.

Stands behind a real browser, Page, Relay and Broker, where no model that takes media is at hand.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import assert_never

from msgspec import Raw

from windowsill import whole_file, wire
from windowsill.frames import Frame, FrameReader
from windowsill.greeting import greet
from windowsill.protocol import (
    Abort,
    Append,
    Availability,
    AvailabilityResult,
    Clone,
    Create,
    CreateTask,
    Credit,
    Destroy,
    Done,
    FromPage,
    Hello,
    HostSays,
    Measure,
    MeasureResult,
    MeasureTask,
    PageRequest,
    Prompt,
    Result,
    RunTask,
    SessionResult,
    TaskAvailability,
    TaskResult,
    ToolResults,
    UsageResult,
    WrittenResult,
)
from windowsill.settings import MAX_FRAME_FROM_BROWSER


def stand_in(launcher: Path, record: Path) -> None:
    """Let the browser start this Host by ``launcher``. What it hears goes into the folder ``record``."""
    record.mkdir()
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" "{record}"\n')
    launcher.chmod(stat.S_IRWXU)


def heard(record: Path) -> list[PageRequest]:
    """The requests of pages so far, in their order."""
    files = sorted(record.glob("*.json"), key=lambda file: int(file.stem))
    return [wire.decode_page_request(Raw(file.read_bytes())) for file in files]


def _answer(request: PageRequest) -> Result | None:
    match request:
        case Availability() | TaskAvailability():
            return AvailabilityResult(availability="available")
        case Create() | Clone():
            return SessionResult(context_window=10_000, context_usage=0)
        case Prompt() | Append():
            return UsageResult(context_usage=1)
        case CreateTask():
            return TaskResult(options=request.options, input_quota=10_000)
        case RunTask():
            return WrittenResult()
        case Measure() | MeasureTask():
            return MeasureResult(usage=1)
        case Abort() | Credit() | Destroy() | ToolResults():
            return None
        case _:
            assert_never(request)


def _serve(record: Path) -> Iterator[HostSays]:
    frames = FrameReader(MAX_FRAME_FROM_BROWSER)
    count = 0
    while data := os.read(sys.stdin.fileno(), 65_536):
        for frame in frames.feed(data):
            assert isinstance(frame, Frame), "a frame over the limit"
            message = wire.decode_host_hears(frame.body)
            if isinstance(message, Hello):
                yield greet(message)[1]
            elif isinstance(message, FromPage):
                count += 1
                whole_file.write(record / f"{count}.json", bytes(message.request), mode=0o600)
                request = wire.decode_page_request(message.request)
                result = _answer(request)
                if result is not None and not isinstance(request, Abort | Credit | Destroy | ToolResults):
                    yield Done(client=message.client, id=request.id, result=result)


if __name__ == "__main__":
    for event in _serve(Path(sys.argv[1])):
        sys.stdout.buffer.write(wire.encode(event))
        sys.stdout.buffer.flush()
