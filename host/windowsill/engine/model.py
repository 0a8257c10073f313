"""A loaded model as the event loop sees it: prompts in, answers out. The decode thread behind it does the work.

Rules this file keeps: everything here runs on the event loop except ``prompt``, ``count`` and ``turn_tokens``, which
any worker thread may run while somebody uses the model; every answer ends, even when the decode thread breaks.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
from msgspec import Struct

from windowsill.engine.answers import Answer, Answers
from windowsill.engine.call_grammar import Calls
from windowsill.engine.call_syntax import CallSyntax
from windowsill.engine.chat_template import ChatTemplate, default_template
from windowsill.engine.commands import Close, Event, Forget, Look, Seen, Start
from windowsill.engine.compute import Runner
from windowsill.engine.constraints import Compiler, Matcher, spell
from windowsill.engine.counters import Counters
from windowsill.engine.decode_loop import DecodeLoop
from windowsill.engine.prompt_reader import PromptReader
from windowsill.engine_protocol import AnyTurn, Constraint, Count, Counted, Generate, ModelRef, Tool
from windowsill.errors import NotSupportedError, OperationError
from windowsill.gguf_cursor import GgufError
from windowsill.gguf_header import GgufHeader, read_header

OpenRunner = Callable[[Path, GgufHeader], Runner]
"""From a model's file, and what its header says, to the model in memory."""

LOOK_SECONDS: Final = 2.0
"""How long a look waits for the decode thread, which answers between two steps: those in which streams go on take a
tenth of it, and whoever looks would rather see what was than wait."""


class Prompt(Struct, frozen=True):
    """What a request begins with. ``instructions``: leading tokens that are ours; ``resumed``: tokens of what was
    delivered of the answer before (counts); ``calls``: what the answer may call; ``matcher``: what it must follow, from
    where it goes on."""

    tokens: list[int]
    instructions: int
    resumed: int
    calls: Calls | None
    matcher: Matcher | None


class Model:
    """Made by ``load``. ``context_window``: tokens one conversation may hold, template overhead taken off.
    ``alone``: no other model is in memory."""

    def __init__(
        self,
        name: str,
        runner: Runner,
        reader: PromptReader,
        decoding: DecodeLoop,
        answers: Answers,
        *,
        alone: bool,
    ) -> None:
        self.name = name
        self.vocabulary = runner.vocabulary.size
        self.device = runner.device
        self.memory = runner.memory
        self.context_window = runner.window - reader.overhead
        self._reader = reader
        self._decoding = decoding
        self._answers = answers
        self._seen = Seen({}, 0, runner.cells, 0)
        self._keys = itertools.count(1)
        self._words = runner.vocabulary
        # No other thread of Python runs while it is made, half a second with a large vocabulary: beforehand where that
        # holds up nobody else's stream, else for the first who needs it.
        self._compiler = self._make_compiler() if alone else None

    @classmethod
    async def load(cls, ref: ModelRef, open_runner: OpenRunner, counters: Counters, threads: set[DecodeLoop]) -> Model:
        """Check the file and load it. Raises NotSupportedError, OperationError or TooLarge.

        Its decode thread is among ``threads`` from when it is started until it has unloaded.
        """
        path = Path(ref.path)
        header = await anyio.to_thread.run_sync(_checked, path)
        loop = asyncio.get_running_loop()
        answers = Answers()

        def publish(events: list[Event]) -> None:
            loop.call_soon_threadsafe(answers.deliver, events)

        decoding = DecodeLoop(lambda: open_runner(path, header), publish, counters, size=header.size)
        decoding.start()
        threads.add(decoding)
        decoding.closed.add_done_callback(lambda _: loop.call_soon_threadsafe(threads.discard, decoding))
        runner = await asyncio.wrap_future(decoding.loaded)
        decoding.closed.add_done_callback(lambda _: loop.call_soon_threadsafe(answers.fail_all))
        try:
            reader = await anyio.to_thread.run_sync(_prompt_reader, header, runner)
        except Exception:
            await _close(decoding)
            raise
        return cls(header.name or path.stem, runner, reader, decoding, answers, alone=threads == {decoding})

    @property
    def broken(self) -> bool:
        """Its decode thread works no more."""
        return not self._decoding.open

    def prompt(self, message: Generate) -> Prompt:
        """What to begin with; once the model is ``ready_for`` it. Raises NotSupportedError or OperationError."""
        reader = self._reader
        turns, tools = message.turns, message.tools
        tokens, syntax = reader.prompt(
            turns,
            tools,
            constrained=message.constraint is not None,
            continues=message.continues,
            resume=message.resume,
        )
        said = (turns[-1].content if message.continues else "") + message.resume
        calls = None if said else self._calls(syntax, tools)
        matcher = self._matcher(message.constraint, said, calls, wordy=message.wordy)
        return Prompt(
            tokens=tokens,
            instructions=reader.shared(tokens, turns[: message.instructions]) if message.instructions else 0,
            resumed=reader.text_tokens(message.resume),
            calls=None if message.wordy else calls,
            matcher=matcher,
        )

    async def ready_for(self, message: Count | Generate) -> None:
        """Wait until ``prompt`` or ``count`` has what it needs."""
        if message.constraint is None and not message.tools:
            return
        compiler = self._compiler
        # When one failed, there was no memory for it, or for its thread; there may be now.
        if compiler is None or (compiler.done() and compiler.exception() is not None):
            compiler = self._compiler = self._make_compiler()
        await asyncio.shield(compiler)

    def count(self, message: Count) -> Counted:
        """What turns and definitions take in a conversation; once the model is ``ready_for`` it.

        Raises NotSupportedError when no answer could follow the constraint or call the tools.
        """
        said = message.turns[-1].content if message.continues else ""
        self._matcher(message.constraint, said, self._calls(self._reader.syntax, message.tools))
        return Counted(
            id=message.id,
            tokens=self.turn_tokens(message.turns),
            tools=self._reader.tools_tokens(message.tools),
        )

    def forget(self, partition: str) -> None:
        """Keep nothing of what ended there."""
        self._decoding.submit(Forget(partition))

    def turn_tokens(self, turns: tuple[AnyTurn, ...]) -> tuple[int, ...]:
        """What each turn takes in a conversation."""
        return tuple([self._reader.turn_tokens(turn) for turn in turns])

    def start(self, message: Generate, prompt: Prompt, on_text: Callable[[str], None]) -> Answer:
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
                prompt=prompt.tokens,
                sampling=message.sampling,
                stop=message.stop,
                max_tokens=message.max_tokens - prompt.resumed,
                instructions=prompt.instructions,
                copies=message.copies,
                partition=message.partition,
                matcher=prompt.matcher,
                last=message.last,
            )
        )
        return answer

    async def look(self) -> Seen:
        """What runs now; or what ran when it last said so, if its decode thread does not answer soon."""
        if self.broken:
            return Seen({}, 0, 0, 0)
        seen = self._answers.look()
        self._decoding.submit(Look())
        with anyio.move_on_after(LOOK_SECONDS):
            self._seen = await seen
        return self._seen

    async def close(self) -> None:
        """Unload it; answers under way fail."""
        if self._compiler is not None:
            # It asks the vocabulary, which goes with the model.
            await asyncio.wait([self._compiler])
        await _close(self._decoding)

    def _make_compiler(self) -> asyncio.Future[Compiler]:
        return asyncio.ensure_future(anyio.to_thread.run_sync(Compiler, self._words))

    def _calls(self, syntax: CallSyntax, tools: Sequence[Tool]) -> Calls | None:
        return Calls(syntax, tools, lambda text: spell(self._reader.tokenizer, text)) if tools else None

    def _matcher(
        self, constraint: Constraint | None, said: str, calls: Calls | None, *, wordy: bool = False
    ) -> Matcher | None:
        if calls is not None:
            return self._ready_compiler().compile_calls(calls, constraint, wordy=wordy)
        return None if constraint is None else self._ready_compiler().compile(constraint, said)

    def _ready_compiler(self) -> Compiler:
        if self._compiler is None:
            raise RuntimeError("nobody waited until the model was ready")
        return self._compiler.result()


async def _close(decoding: DecodeLoop) -> None:
    decoding.submit(Close())
    await asyncio.wrap_future(decoding.closed)


def _prompt_reader(header: GgufHeader, runner: Runner) -> PromptReader:
    vocabulary = runner.vocabulary
    reader = PromptReader(
        ChatTemplate(
            header.chat_template or default_template(vocabulary), bos=vocabulary.bos_text, eos=vocabulary.eos_text
        ),
        vocabulary,
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
