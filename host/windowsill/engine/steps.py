"""What the decode thread does: obeys commands, has batches decoded, chooses tokens, publishes text.

Rules this file keeps:
* Every ``Start`` is answered with any number of ``TextReady`` and then exactly one ``Ended``.
* Text is published when it is due, and none is held back before a long step or when there is no next one.
* A step that fails costs the sequence that made it fail, no other; where the cache itself failed, all read again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import assert_never

from windowsill.engine import bounds
from windowsill.engine.cells import Cells
from windowsill.engine.commands import (
    Cancel,
    Close,
    Command,
    Ended,
    EndReason,
    Event,
    Forget,
    Go,
    Look,
    OriginLoad,
    Pause,
    Seen,
    Show,
    Start,
    Steering,
    TextReady,
)
from windowsill.engine.compute import EditError, NoRoom, Runner
from windowsill.engine.counters import Counters
from windowsill.engine.outbox import Outbox
from windowsill.engine.scheduler import Limits, Scheduler
from windowsill.engine.sequence import Batch, Sequence, State, is_in
from windowsill.engine.speculation import LONGEST_DRAFT
from windowsill.engine.step_cost import StepCost
from windowsill.engine.stream import Stream
from windowsill.errors import WindowsillError

logger = logging.getLogger(__name__)


class Steps:
    """``closed`` is set by ``Close``; after it only ``fail_all`` may be called."""

    def __init__(
        self,
        runner: Runner,
        publish: Callable[[list[Event]], None],
        counters: Counters,
        clock: Callable[[], float],
    ) -> None:
        self.closed = False
        self._runner = runner
        self._counters = counters
        self._clock = clock
        self._streams: dict[int, Stream] = {}
        self._outbox = Outbox(publish, clock, self._streams)
        self._given: Counter[str] = Counter()
        self._step_cost = StepCost()
        self._row_cost = 0.0
        self._piece = runner.vocabulary.piece
        self._ends = runner.vocabulary.ends
        self._cells = Cells(
            runner.cells,
            seats=runner.slots + 1,  # one for a newcomer, until it is known whom it displaces
            shelves=runner.ids - runner.slots - 1,
            whole=runner.whole,
            idle=bounds.IDLE_CELLS if runner.saved_tokens else None,
            saved=runner.saved_tokens,
        )
        self._limits = Limits(
            slots=runner.slots,
            batch=runner.batch_tokens,
            shared=min(runner.batch_tokens, bounds.SHARED_BATCH_TOKENS),
            rows=runner.rows,
            window=runner.window,
        )
        self._scheduler = Scheduler(self._limits, self._cells)

    def step(self) -> bool:
        """Do the next step; False when there is nothing to do until a command comes."""
        self._outbox.send()
        batch = self._scheduler.next_batch()
        if batch is None:
            self._outbox.send_all()
            self._tidy()
            return False
        if any(not chunk.draft for chunk in batch.chunks):
            self._outbox.send_all()
        began = self._clock()
        try:
            self._runner.decode(batch)
        except NoRoom:
            if not self._scheduler.preempt(batch):
                self._end(self._streams[batch.sequences()[0].key], "length")
            return True
        except EditError:
            logger.exception("an edit of the cache failed; everything in it is read again")
            self._scheduler.start_over()
            return True
        except Exception:
            logger.exception("a batch of %d sequences failed", len(batch.sequences()))
            culprit = self._scheduler.isolate(batch)
            if culprit is not None:
                self._end(self._streams[culprit.key], "failed")
            return True
        if batch.chunks:
            self._pace(batch, self._clock() - began)
        self._scheduler.was_read(batch)
        self._counters.steps += 1
        self._counters.prefilled_tokens += sum([chunk.size for chunk in batch.chunks if not chunk.draft])
        rows = list(batch.rows())
        self._row_cost = self._step_cost.of_row(len(rows))
        for row, sequence, draft in rows:
            self._go_on(self._streams[sequence.key], row, draft)
        if all(chunk.draft for chunk in batch.chunks):
            # With choosing the tokens: some devices are not done before, and each row takes its share of that, too.
            self._step_cost.took(batch.size, self._clock() - began)
        self._outbox.send_due()
        return True

    def _pace(self, batch: Batch, seconds: float) -> None:
        """Let prompts be read beside running streams in pieces that take SHARED_STEP_SECONDS on this device."""
        if batch.size >= self._limits.shared and seconds > 0:
            fitting = int(batch.size / seconds * bounds.SHARED_STEP_SECONDS)
            fitting -= fitting % bounds.ROW_BLOCK
            self._scheduler.shared = max(self._limits.shared, min(fitting, self._limits.batch))

    def _tidy(self) -> None:
        """Nothing runs: what the next step would begin with is done now, the sooner what was forgotten is gone."""
        if self._cells.edited and not self._scheduler.seated:
            try:
                self._runner.edit(self._cells.take_edits())
            except EditError:
                logger.exception("an edit of the cache failed; nothing that was kept is gone on from")
                self._scheduler.start_over()

    def fail_all(self) -> None:
        """Nothing goes on: every sequence ends."""
        for stream in list(self._streams.values()):
            self._end(stream, "failed")
        self._outbox.send_all()

    # -- one sequence's next tokens

    def _go_on(self, stream: Stream, row: int, draft: list[int]) -> None:
        try:
            self._advance(stream, row, draft)
        except WindowsillError as error:
            self._give_up(stream, error)
        except Exception:
            logger.exception("a sequence failed by a defect")
            stream.ended = "failed"
        if stream.ended is not None:
            self._end(stream, stream.ended)

    def _advance(self, stream: Stream, row: int, draft: list[int]) -> None:
        tokens, right = stream.choose(self._runner, row, draft)
        if draft:
            self._scheduler.verified(stream.sequence, draft, right)
            stream.judge(len(draft), right, self._row_cost)
            self._counters.drafted_tokens += len(draft)
            self._counters.accepted_tokens += right
        self._take(stream, tokens)
        if stream.ended is None:
            self._force(stream)
        if stream.ended is None and stream.sequence.unread == 1:
            self._scheduler.propose(stream.sequence, stream.draft(LONGEST_DRAFT))

    def _force(self, stream: Stream) -> None:
        """Append what is not sampled, and read in one step: what the constraint leaves no choice of, and with what an
        answer ends that goes on for ever or has no room left."""
        self._append(stream, stream.forced())
        if stream.ended is None:
            sequence = stream.sequence
            room = min(stream.max_tokens - sequence.generated, self._scheduler.limit - len(sequence.tokens))
            end = stream.completion(room)
            if end is not None:
                self._append(stream, end)
                stream.ended = "stop"

    def _append(self, stream: Stream, forced: list[int]) -> None:
        self._counters.forced_tokens += len(forced)
        self._take(stream, forced)

    def _take(self, stream: Stream, tokens: list[int]) -> None:
        sequence = stream.sequence
        for token in tokens:
            stream.take(token, self._piece(token))
            if token in self._ends:
                return
            self._counters.decoded_tokens += 1
            self._given[sequence.origin] += 1
            fits = self._scheduler.append(sequence, token)
            if stream.ended is None and (not fits or sequence.generated >= stream.max_tokens):
                stream.ended = "length"
            if stream.ended is not None:
                return

    def _give_up(self, stream: Stream, error: WindowsillError) -> None:
        """Its constraint failed it, and it alone."""
        logger.info("a sequence cannot go on: %s", error.detail)
        stream.ended = "failed"
        stream.error = error

    def _end(self, stream: Stream, reason: EndReason) -> None:
        sequence = stream.sequence
        self._scheduler.finish(sequence)
        del self._streams[sequence.key]
        stream.close()
        if reason != "cancelled":
            stream.flush()
        if stream.unsent:
            self._outbox.add(TextReady(sequence.key, stream.unsent))
        self._counters.cached_tokens += sequence.cached
        self._outbox.add(Ended(sequence.key, reason, sequence.generated, sequence.cached, stream.error))
        if all(other.sequence.origin != sequence.origin for other in self._streams.values()):
            del self._given[sequence.origin]

    # -- commands

    def obey(self, command: Command) -> None:
        """Let ``command`` take effect."""
        match command:
            case Start():
                self._begin(command)
            case Cancel() | Pause() | Go() | Show():
                if command.key in self._streams:
                    self._steer(self._streams[command.key], command)
            case Forget(partition):
                self._cells.forget(lambda owner: is_in(partition, owner))
            case Look():
                self._outbox.add(self._seen())
            case Close():
                self.closed = True
            case _:
                assert_never(command)

    def _steer(self, stream: Stream, command: Steering) -> None:
        match command:
            case Cancel():
                self._end(stream, "cancelled")
            case Pause():
                self._scheduler.pause(stream.sequence)
            case Go():
                self._scheduler.go(stream.sequence)
            case Show(_, visible):
                self._scheduler.show(stream.sequence, visible=visible)

    def _begin(self, start: Start) -> None:
        if not start.prompt:
            self._outbox.add(Ended(start.key, "failed", 0))
            return
        sequence = Sequence(
            start.key,
            start.origin,
            start.prompt,
            visible=start.visible,
            instructions=start.instructions,
            partition=start.partition,
        )
        if start.max_tokens <= 0 or not self._scheduler.fits(sequence):
            self._outbox.add(Ended(start.key, "length", 0))
            return
        stream = Stream(start, sequence, self._runner.sampler(start.sampling), self._ends)
        self._streams[start.key] = stream
        self._scheduler.add(sequence)
        try:
            self._force(stream)
        except WindowsillError as error:
            self._give_up(stream, error)
        if stream.ended is not None:
            self._end(stream, stream.ended)

    def _seen(self) -> Seen:
        states: dict[str, Counter[State]] = {}
        hidden: Counter[str] = Counter()
        for stream in self._streams.values():
            sequence = stream.sequence
            states.setdefault(sequence.origin, Counter())[sequence.state] += 1
            hidden[sequence.origin] += not sequence.visible
        origins = {
            origin: OriginLoad(
                running=count[State.PREFILL] + count[State.DECODE],
                waiting=count[State.WAITING],
                paused=count[State.PAUSED],
                hidden=hidden[origin],
                tokens=self._given[origin],
            )
            for origin, count in states.items()
        }
        return Seen(origins, self._cells.used, self._cells.size, self._cells.kept)
