"""The one thread that owns scheduler and runner: next batch, decode, sample, publish.

Rules this file keeps:
* Everything reaches the thread as a command in its queue and takes effect at the next step; without work it sleeps.
* Every ``Start`` is answered with any number of ``TextReady`` and then exactly one ``Ended``.
* A sequence's first text is published at once, later text at most every ENGINE_JOIN_SECONDS, and nothing is held back
  before a long step or when there is no next one.
* A step that fails costs the sequence that made it fail, no other.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Literal

from msgspec import Struct

from windowsill import settings
from windowsill.engine.compute import NoRoom, Runner, Sampler
from windowsill.engine.scheduler import Scheduler
from windowsill.engine.sequence import Batch, Sequence
from windowsill.engine.text_stream import TextStream
from windowsill.engine_protocol import FinishReason, Sampling
from windowsill.errors import OperationError, WindowsillError

logger = logging.getLogger(__name__)

EndReason = FinishReason | Literal["failed"]


class Start(Struct, frozen=True, kw_only=True):
    """A new sequence. ``max_tokens``: tokens to generate at most."""

    key: int
    origin: str
    visible: bool
    prompt: list[int]
    sampling: Sampling
    stop: tuple[str, ...]
    max_tokens: int


class Cancel(Struct, frozen=True):
    """End the sequence now; no command for one that already ended means anything."""

    key: int


class Pause(Struct, frozen=True):
    """No more steps for the sequence until ``Go``."""

    key: int


class Go(Struct, frozen=True):
    """Undo ``Pause``."""

    key: int


class Close(Struct, frozen=True):
    """End all sequences, unload the model, leave."""


Command = Start | Cancel | Pause | Go | Close


class TextReady(Struct, frozen=True):
    """Text of one sequence: whole code points, never empty."""

    key: int
    text: str


class Ended(Struct, frozen=True):
    """``tokens``: generated (count)."""

    key: int
    reason: EndReason
    tokens: int


Event = TextReady | Ended


class Counters:
    """Totals since the Engine's start, over all models. Written by the decode thread, read by anyone."""

    def __init__(self) -> None:
        self.steps = 0
        self.decoded_tokens = 0
        self.prefilled_tokens = 0


class _Stream:
    """One sequence with what it takes to turn its tokens into text."""

    __slots__ = ("due", "max_tokens", "sampler", "sequence", "text", "unsent")

    def __init__(self, sequence: Sequence, sampler: Sampler, text: TextStream, max_tokens: int) -> None:
        self.sequence = sequence
        self.sampler = sampler
        self.text = text
        self.max_tokens = max_tokens
        self.unsent = ""
        self.due = 0.0


class DecodeLoop:
    """``open_runner`` runs in the thread; ``publish`` is called from it, and must not block."""

    def __init__(
        self,
        open_runner: Callable[[], Runner],
        publish: Callable[[list[Event]], None],
        counters: Counters,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_runner = open_runner
        self._publish = publish
        self._counters = counters
        self._clock = clock
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._events: list[Event] = []
        self._streams: dict[int, _Stream] = {}
        self._thread = threading.Thread(target=self._run, name="decode", daemon=True)
        self.open = True
        """Whether sequences can still be begun: not after ``Close``, nor after a bug ended the thread's work."""
        self.loaded: Future[Runner] = Future()
        """The runner, once it is open, or the WindowsillError that kept it from that."""
        self.closed: Future[None] = Future()
        """Done when the thread has unloaded the model, or never loaded it; nothing is obeyed any more."""

    def start(self) -> None:
        """Begin to load the model."""
        self._thread.start()

    def submit(self, command: Command) -> None:
        """Have ``command`` obeyed before the next step. Any thread."""
        self._commands.put(command)

    @property
    def seated(self) -> int:
        """Sequences in a slot (count)."""
        return self._scheduler.seated if self.loaded.done() and not self.loaded.exception() else 0

    @property
    def waiting(self) -> int:
        """Sequences without one (count)."""
        return self._scheduler.waiting if self.loaded.done() and not self.loaded.exception() else 0

    # -- the thread

    def _run(self) -> None:
        try:
            self._load()
            if not self.loaded.exception():
                self._work()
        finally:
            self.closed.set_result(None)

    def _load(self) -> None:
        try:
            runner = self._open_runner()
        except WindowsillError as error:
            self.loaded.set_exception(error)
        except Exception as error:
            logger.exception("the model could not be loaded")
            self.loaded.set_exception(OperationError("The model could not be loaded.", detail=repr(error)))
        else:
            self._runner = runner
            self._piece = runner.vocabulary.piece
            self._ends = runner.vocabulary.ends
            self._scheduler = Scheduler(
                slots=runner.slots, cells=runner.cells, window=runner.window, batch_tokens=runner.batch_tokens
            )
            self.loaded.set_result(runner)

    def _work(self) -> None:
        try:
            while self._obey_all():
                batch = self._scheduler.next_batch()
                if batch is not None:
                    self._step(batch)
                else:
                    self._publish_now()
                    self._obey(self._commands.get())
        except Exception:
            logger.exception("the decode loop broke; its sequences fail and its model is unloaded")
        finally:
            self.open = False
            for stream in list(self._streams.values()):
                self._end(stream, "failed")
            self._publish_now()
            self._runner.close()

    def _step(self, batch: Batch) -> None:
        if batch.chunks:
            self._publish_now()
        try:
            self._runner.decode(batch)
        except NoRoom:
            if not self._scheduler.preempt():
                self._end(self._streams[batch.sequences()[0].key], "length")
            return
        except Exception:
            logger.exception("a batch of %d sequences failed", len(batch.sequences()))
            culprit = self._scheduler.isolate(batch)
            if culprit is not None:
                self._end(self._streams[culprit.key], "failed")
            return
        self._scheduler.was_read(batch)
        self._counters.steps += 1
        self._counters.prefilled_tokens += sum([chunk.end - chunk.start for chunk in batch.chunks])
        for row, sequence in batch.rows():
            stream = self._streams[sequence.key]
            self._take(stream, stream.sampler.sample(row))
        self._publish_due()

    def _take(self, stream: _Stream, token: int) -> None:
        if token in self._ends:
            self._end(stream, "stop")
            return
        self._counters.decoded_tokens += 1
        stream.unsent += stream.text.push(self._piece(token))
        fits = self._scheduler.append(stream.sequence, token)
        if stream.text.stopped:
            self._end(stream, "stop")
        elif not fits or stream.sequence.generated >= stream.max_tokens:
            self._end(stream, "length")

    def _end(self, stream: _Stream, reason: EndReason) -> None:
        sequence = stream.sequence
        self._scheduler.finish(sequence)
        del self._streams[sequence.key]
        stream.sampler.close()
        if reason != "cancelled":
            stream.unsent += stream.text.finish()
        if stream.unsent:
            self._events.append(TextReady(sequence.key, stream.unsent))
        self._events.append(Ended(sequence.key, reason, sequence.generated))

    # -- commands

    def _obey_all(self) -> bool:
        """Obey what is in the queue; False after ``Close``."""
        while not self._commands.empty():
            self._obey(self._commands.get())
        if self._events:
            self._send()
        return self.open

    def _obey(self, command: Command) -> None:
        match command:
            case Start():
                self._begin(command)
            case Cancel(key):
                if key in self._streams:
                    self._end(self._streams[key], "cancelled")
            case Pause(key):
                if key in self._streams:
                    self._scheduler.pause(self._streams[key].sequence)
            case Go(key):
                if key in self._streams:
                    self._scheduler.go(self._streams[key].sequence)
            case Close():
                self.open = False

    def _begin(self, start: Start) -> None:
        sequence = Sequence(start.key, start.origin, start.prompt, visible=start.visible)
        if start.max_tokens <= 0 or not self._scheduler.fits(sequence):
            self._events.append(Ended(start.key, "length", 0))
            return
        sampler = self._runner.sampler(start.sampling)
        self._streams[start.key] = _Stream(sequence, sampler, TextStream(start.stop), start.max_tokens)
        self._scheduler.add(sequence)

    # -- publishing

    def _publish_due(self) -> None:
        now = self._clock()
        for key, stream in self._streams.items():
            if stream.unsent and now >= stream.due:
                self._events.append(TextReady(key, stream.unsent))
                stream.unsent = ""
                stream.due = now + settings.ENGINE_JOIN_SECONDS
        if self._events:
            self._send()

    def _publish_now(self) -> None:
        for stream in self._streams.values():
            stream.due = 0.0
        self._publish_due()

    def _send(self) -> None:
        events, self._events = self._events, []
        self._publish(events)
