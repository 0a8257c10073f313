"""A loaded model as the event loop sees it: prompts in, answers out. The decode thread behind it does the work.

Rules this file keeps: everything here runs on the event loop except ``prompt`` and ``turn_tokens``, which any worker
thread may run while somebody uses the model; every answer ends, even when the decode thread breaks.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path

import anyio.to_thread

from windowsill.engine.chat_template import ChatTemplate
from windowsill.engine.compute import Runner
from windowsill.engine.decode_loop import (
    Cancel,
    Close,
    Counters,
    DecodeLoop,
    Ended,
    Event,
    Go,
    Pause,
    Start,
    TextReady,
)
from windowsill.engine.prompt_reader import PromptReader
from windowsill.engine_protocol import Generate, ModelRef, Turn
from windowsill.errors import NotSupportedError, OperationError
from windowsill.gguf_cursor import GgufError
from windowsill.gguf_header import GgufHeader, read_header

OpenRunner = Callable[[Path], Runner]


class Answer:
    """One sequence under way. ``ended`` is done when it is over; ``text`` is all that was said until now."""

    def __init__(self, key: int, submit: Callable[[Cancel | Pause | Go], None], on_text: Callable[[str], None]) -> None:
        self.ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._key = key
        self._submit = submit
        self._on_text = on_text
        self._texts: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def cancel(self) -> None:
        """End it at the next step."""
        self._submit(Cancel(self._key))

    def pause(self) -> None:
        """No more steps until ``go``."""
        self._submit(Pause(self._key))

    def go(self) -> None:
        """Undo ``pause``."""
        self._submit(Go(self._key))

    def take(self, event: Event) -> None:
        """What the decode thread says of it."""
        match event:
            case TextReady(_, text):
                self._texts.append(text)
                self._on_text(text)
            case Ended():
                self.ended.set_result(event)


class _Answers:
    """Those under way, by key."""

    def __init__(self) -> None:
        self._by_key: dict[int, Answer] = {}

    def add(self, key: int, answer: Answer) -> None:
        self._by_key[key] = answer

    def deliver(self, events: list[Event]) -> None:
        """Hand over what the decode thread published."""
        for event in events:
            self._by_key[event.key].take(event)
            if isinstance(event, Ended):
                del self._by_key[event.key]

    def fail_all(self) -> None:
        """The decode thread is gone."""
        self.deliver([Ended(key, "failed", 0) for key in self._by_key])


class Model:
    """Made by ``load``. ``context_window``: tokens one conversation may hold, template overhead taken off."""

    def __init__(
        self, name: str, runner: Runner, reader: PromptReader, decoding: DecodeLoop, answers: _Answers
    ) -> None:
        self.name = name
        self.vocabulary = runner.vocabulary.size
        self.device = runner.device
        self.context_window = runner.window - reader.overhead
        self._reader = reader
        self._decoding = decoding
        self._answers = answers
        self._keys = itertools.count(1)

    @classmethod
    async def load(cls, ref: ModelRef, open_runner: OpenRunner, counters: Counters) -> Model:
        """Check the file and load it. Raises NotSupportedError or OperationError."""
        path = Path(ref.path)
        header = await anyio.to_thread.run_sync(_checked, path)
        loop = asyncio.get_running_loop()
        answers = _Answers()

        def publish(events: list[Event]) -> None:
            loop.call_soon_threadsafe(answers.deliver, events)

        decoding = DecodeLoop(lambda: open_runner(path), publish, counters)
        decoding.start()
        runner = await asyncio.wrap_future(decoding.loaded)
        decoding.closed.add_done_callback(lambda _: loop.call_soon_threadsafe(answers.fail_all))
        try:
            reader = await anyio.to_thread.run_sync(_prompt_reader, header, runner)
        except Exception:
            await _close(decoding)
            raise
        return cls(header.name or path.stem, runner, reader, decoding, answers)

    @property
    def broken(self) -> bool:
        """Its decode thread works no more."""
        return not self._decoding.open

    @property
    def seated(self) -> int:
        """Sequences in a slot (count)."""
        return self._decoding.seated

    @property
    def waiting(self) -> int:
        """Sequences without one (count)."""
        return self._decoding.waiting

    def prompt(self, message: Generate) -> list[int]:
        """The tokens to begin with. Raises NotSupportedError."""
        return self._reader.prompt(message.turns, continues=message.continues, resume=message.resume)

    def turn_tokens(self, turns: tuple[Turn, ...]) -> tuple[int, ...]:
        """What each turn takes in a conversation."""
        return tuple([self._reader.turn_tokens(turn) for turn in turns])

    def start(self, message: Generate, prompt: list[int], on_text: Callable[[str], None]) -> Answer:
        """Begin to answer; ``on_text`` gets the text in the event loop. Raises OperationError."""
        if self.broken:
            raise OperationError("The model stopped working.")
        key = next(self._keys)
        answer = Answer(key, self._decoding.submit, on_text)
        self._answers.add(key, answer)
        self._decoding.submit(
            Start(
                key=key,
                origin=message.origin,
                visible=message.visible,
                prompt=prompt,
                sampling=message.sampling,
                stop=message.stop,
                max_tokens=message.max_tokens - self._reader.text_tokens(message.resume),
            )
        )
        return answer

    async def close(self) -> None:
        """Unload it; answers under way fail."""
        await _close(self._decoding)


async def _close(decoding: DecodeLoop) -> None:
    decoding.submit(Close())
    await asyncio.wrap_future(decoding.closed)


def _prompt_reader(header: GgufHeader, runner: Runner) -> PromptReader:
    vocabulary = runner.vocabulary
    reader = PromptReader(
        ChatTemplate(header.chat_template, bos=vocabulary.bos_text, eos=vocabulary.eos_text), vocabulary
    )
    if reader.overhead >= runner.window:
        raise NotSupportedError("The model cannot be used.", detail="its chat template fills its context window")
    return reader


def _checked(path: Path) -> GgufHeader:
    try:
        return read_header(path)
    except GgufError as error:
        detail = f"{path} cannot be used: {error}"
        if error.unsuitable:
            raise NotSupportedError("The model cannot be used.", detail=detail) from error
        raise OperationError("The model could not be loaded.", detail=detail) from error
