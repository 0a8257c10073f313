"""The decode thread: commands in, text and endings out, one failing sequence never costing another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from support.fake_runner import BEGIN, FakeRunner, Script, prompt, says
from windowsill import settings
from windowsill.engine.compute import Runner
from windowsill.engine.decode_loop import (
    Cancel,
    Close,
    Command,
    Counters,
    DecodeLoop,
    Ended,
    Event,
    Go,
    Pause,
    Start,
    TextReady,
)
from windowsill.engine.sequence import Batch
from windowsill.engine_protocol import Sampling
from windowsill.errors import NotSupportedError, OperationError

GREEDY = Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)
ENDLESS: Script = lambda _: ord("x")  # noqa: E731 - a script is a function


class ManualClock:
    """Stands still until told; ``per_look`` seconds pass with every look."""

    def __init__(self, per_look: float = 0.0) -> None:
        self.now = 100.0
        self.per_look = per_look

    def __call__(self) -> float:
        self.now += self.per_look
        return self.now


class Bench:
    """A decode loop over a fake runner, with its published rounds in a queue."""

    def __init__(self, runner: FakeRunner, clock: ManualClock | None = None) -> None:
        self.runner = runner
        self.rounds: SimpleQueue[list[Event]] = SimpleQueue()
        self.counters = Counters()
        self.loop = DecodeLoop(lambda: runner, self.rounds.put, self.counters, clock=clock or ManualClock(1.0))
        self.loop.start()
        self.loop.loaded.result(timeout=10)
        self._events: list[Event] = []

    def submit(self, *commands: Command) -> None:
        for command in commands:
            self.loop.submit(command)

    def event(self) -> Event:
        while not self._events:
            self._events += self.rounds.get(timeout=10)
        return self._events.pop(0)

    def answers(self, *keys: int) -> dict[int, tuple[str, str]]:
        """Text and reason of each sequence, when all have ended."""
        texts = dict.fromkeys(keys, "")
        reasons: dict[int, str] = {}
        while reasons.keys() != set(keys):
            match self.event():
                case TextReady(key, text):
                    assert key not in reasons, "text after the end"
                    texts[key] += text
                case Ended(key, reason):
                    assert key not in reasons, "a second end"
                    reasons[key] = reason
        return {key: (texts[key], reasons[key]) for key in keys}

    def close(self) -> None:
        self.runner.gate.set()
        self.loop.submit(Close())
        self.loop.closed.result(timeout=10)


@pytest.fixture
def benches() -> Iterator[list[Bench]]:
    made: list[Bench] = []
    yield made
    for bench in made:
        bench.close()
        assert bench.runner.closed


def start(key: int, text: str = "hi", *, max_tokens: int = 100, stop: tuple[str, ...] = (), origin: str = "a") -> Start:
    return Start(
        key=key, origin=origin, visible=True, prompt=prompt(text), sampling=GREEDY, stop=stop, max_tokens=max_tokens
    )


def bench_of(benches: list[Bench], runner: FakeRunner, clock: ManualClock | None = None) -> Bench:
    benches.append(Bench(runner, clock))
    return benches[-1]


def test_sequence_says_all_its_text_and_stops(benches: list[Bench]) -> None:
    bench = bench_of(benches, FakeRunner(says("Grüße, world")))
    bench.submit(start(1))
    assert bench.answers(1) == {1: ("Grüße, world", "stop")}
    assert bench.counters.decoded_tokens == len("Grüße, world".encode())
    assert bench.counters.prefilled_tokens == 3


def test_sequences_share_batches(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(says("0123456789")))
    runner.gate.clear()
    bench.submit(start(1), start(2), start(3, origin="b"))
    runner.gate.set()
    assert bench.answers(1, 2, 3) == dict.fromkeys((1, 2, 3), ("0123456789", "stop"))
    assert any(len(batch) == 3 for batch in runner.batches)


def test_sequence_ends_at_its_limit_of_tokens(benches: list[Bench]) -> None:
    bench = bench_of(benches, FakeRunner(ENDLESS))
    bench.submit(start(1, max_tokens=5), start(2, max_tokens=0))
    assert bench.answers(1, 2) == {1: ("xxxxx", "length"), 2: ("", "length")}


def test_sequence_ends_when_the_window_is_full(benches: list[Bench]) -> None:
    bench = bench_of(benches, FakeRunner(ENDLESS, window=8))
    bench.submit(start(1, "hi"), start(2, "far too long"))
    assert bench.answers(1, 2) == {1: ("xxxxxx", "length"), 2: ("", "length")}


def test_sequence_stops_at_a_stop_string(benches: list[Bench]) -> None:
    bench = bench_of(benches, FakeRunner(says("one. two.")))
    bench.submit(start(1, stop=(". t",)))
    assert bench.answers(1) == {1: ("one", "stop")}


def test_cancelled_sequence_gets_no_further_step(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(ENDLESS))
    runner.gate.clear()
    bench.submit(start(1))
    assert runner.reached_gate.acquire(timeout=10)
    bench.submit(Cancel(1), Cancel(99))
    runner.gate.set()
    assert bench.answers(1)[1][1] == "cancelled"
    assert len(runner.batches) == 1


def test_paused_sequence_gets_no_step_until_it_goes_on(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(says("abcdef")))
    runner.gate.clear()
    bench.submit(start(1))
    assert runner.reached_gate.acquire(timeout=10)
    bench.submit(Pause(1), start(2))
    runner.gate.set()
    assert bench.event() == TextReady(1, "a")
    assert bench.answers(2) == {2: ("abcdef", "stop")}
    bench.submit(Go(1))
    assert bench.answers(1) == {1: ("bcdef", "stop")}


def test_first_text_is_published_at_once_and_later_text_joined(benches: list[Bench]) -> None:
    clock = ManualClock(per_look=settings.ENGINE_JOIN_SECONDS / 3.5)
    bench = bench_of(benches, FakeRunner(says("abcdefghij")), clock)
    bench.submit(start(1))
    texts = []
    while isinstance(event := bench.event(), TextReady):
        texts.append(event.text)
    assert texts[0] == "a"
    assert [len(text) for text in texts[1:-1]] == [4] * len(texts[1:-1])
    assert "".join(texts) == "abcdefghij"


def test_text_is_not_held_back_when_no_step_follows(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(ENDLESS, window=10**6, cells=10**6), ManualClock())
    bench.submit(start(1, max_tokens=10**6))
    assert bench.event() == TextReady(1, "x")
    for _ in range(3):
        assert runner.reached_gate.acquire(timeout=10)
    bench.submit(Pause(1))
    assert isinstance(bench.event(), TextReady)
    bench.submit(Cancel(1))
    assert bench.answers(1)[1][1] == "cancelled"


def test_text_is_not_held_back_during_the_step_of_a_prompt(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(ENDLESS, batch_tokens=5), ManualClock())
    bench.submit(start(1))
    assert bench.event() == TextReady(1, "x")
    runner.gate.clear()
    bench.submit(start(2, "a long prompt"))
    event = bench.event()
    assert isinstance(event, TextReady)
    assert event.key == 1
    runner.gate.set()
    bench.submit(Cancel(1), Cancel(2))
    assert bench.answers(1, 2)[2][1] == "cancelled"


def test_full_cache_makes_sequences_wait_their_turn_and_loses_nothing(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(says("0123456789" * 3), cells=1024))
    runner.real_cells = 40
    bench.submit(start(1), start(2, origin="b"), start(3, origin="c"))
    assert bench.answers(1, 2, 3) == dict.fromkeys((1, 2, 3), ("0123456789" * 3, "stop"))


def test_sequence_that_fits_no_cache_ends(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(ENDLESS))
    runner.real_cells = 10
    bench.submit(start(1))
    assert bench.answers(1) == {1: ("xxxxxxxx", "length")}


def test_failing_step_costs_only_the_sequence_that_fails_it(
    benches: list[Bench], caplog: pytest.LogCaptureFixture
) -> None:
    bench = bench_of(benches, runner := FakeRunner(says("0123456789")))

    def poisoned(batch: Batch) -> bool:
        return any(sequence.key == 2 and sequence.generated >= 4 for sequence in batch.sequences())

    runner.fails = poisoned
    runner.gate.clear()
    bench.submit(start(1), start(2), start(3, origin="b"))
    runner.gate.set()
    assert bench.answers(1, 2, 3) == {
        1: ("0123456789", "stop"),
        2: ("0123", "failed"),
        3: ("0123456789", "stop"),
    }
    assert "a batch of 3 sequences failed" in caplog.text
    bench.submit(start(4))
    assert bench.answers(4) == {4: ("0123456789", "stop")}


def test_broken_loop_fails_its_sequences_and_unloads_the_model(caplog: pytest.LogCaptureFixture) -> None:
    def broken(tokens: list[int]) -> int:
        if len(tokens) > 5:
            raise RuntimeError("a bug")
        return ord("x")

    bench = Bench(runner := FakeRunner(broken))
    bench.submit(start(1))
    assert bench.answers(1) == {1: ("xxx", "failed")}
    bench.loop.closed.result(timeout=10)
    assert runner.closed
    assert "the decode loop broke" in caplog.text


def test_closing_ends_sequences_under_way() -> None:
    bench = Bench(FakeRunner(ENDLESS, window=10**6, cells=10**6))
    bench.submit(start(1, max_tokens=10**6))
    assert bench.event() == TextReady(1, "x")
    bench.close()
    assert bench.answers(1)[1][1] == "failed"
    assert bench.runner.closed


def test_commands_before_the_model_is_loaded_wait_for_it() -> None:
    gate = threading.Event()
    runner = FakeRunner(says("ok"))

    def slow() -> Runner:
        gate.wait()
        return runner

    rounds: SimpleQueue[list[Event]] = SimpleQueue()
    loop = DecodeLoop(slow, rounds.put, Counters())
    assert (loop.seated, loop.waiting) == (0, 0)
    loop.start()
    loop.submit(start(1))
    gate.set()
    assert rounds.get(timeout=10)[0] == TextReady(1, "o")
    loop.submit(Close())
    loop.closed.result(timeout=10)


@pytest.mark.parametrize(
    ("raised", "expected"),
    [(NotSupportedError("no"), NotSupportedError), (MemoryError("gone"), OperationError)],
)
def test_model_that_cannot_be_loaded_says_why(raised: Exception, expected: type[Exception]) -> None:
    def fail() -> Runner:
        raise raised

    loop = DecodeLoop(fail, lambda _: None, Counters())
    loop.start()
    assert isinstance(loop.loaded.exception(timeout=10), expected)
    loop.closed.result(timeout=10)
    assert (loop.seated, loop.waiting) == (0, 0)


def test_prompt_of_the_fake_ends_with_its_mark() -> None:
    assert prompt("a") == [97, BEGIN]
