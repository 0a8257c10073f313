"""The decode thread: it loads, obeys from any thread, survives what it can, and always closes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest

from support.fake_runner import FakeRunner, Panic, Script, says
from support.step_bench import Ticks, start
from windowsill.engine.commands import Cancel, Close, Command, Ended, Event, Go, Look, Pause, Seen, TextReady
from windowsill.engine.compute import Runner
from windowsill.engine.counters import Counters
from windowsill.engine.decode_loop import DecodeLoop
from windowsill.engine.sequence import Batch
from windowsill.errors import NotSupportedError, OperationError

ENDLESS: Script = lambda _: ord("x")  # noqa: E731 - a script is a function


class Bench:
    """A decode loop over a fake runner, with its published rounds in a queue."""

    def __init__(self, runner: FakeRunner) -> None:
        self.runner = runner
        self.rounds: SimpleQueue[list[Event]] = SimpleQueue()
        self.clock = Ticks()
        self.loop = DecodeLoop(lambda: runner, self.rounds.put, Counters(), size=0, clock=self.clock)
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
                case Seen():
                    pass
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


def bench_of(benches: list[Bench], runner: FakeRunner) -> Bench:
    benches.append(Bench(runner))
    return benches[-1]


def test_sequences_of_any_thread_are_answered(benches: list[Bench]) -> None:
    bench = bench_of(benches, FakeRunner(says("Grüße, world")))
    threads = [threading.Thread(target=bench.submit, args=(start(key),)) for key in (1, 2, 3)]
    for thread in threads:
        thread.start()
    assert bench.answers(1, 2, 3) == dict.fromkeys((1, 2, 3), ("Grüße, world", "stop"))
    for thread in threads:
        thread.join()


def test_commands_during_a_step_take_effect_before_the_next(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(ENDLESS))
    runner.gate.clear()
    bench.submit(start(1))
    assert runner.reached_gate.acquire(timeout=10)
    bench.submit(Cancel(1))
    runner.gate.set()
    assert bench.answers(1) == {1: ("x", "cancelled")}
    assert len(runner.batches) == 1


def test_paused_sequence_leaves_the_thread_to_others_and_then_goes_on(benches: list[Bench]) -> None:
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


def test_idle_thread_answers_a_look(benches: list[Bench]) -> None:
    bench = bench_of(benches, FakeRunner(ENDLESS))
    bench.submit(Look())
    assert bench.event() == Seen({}, 0, 1024, 0)


def test_step_that_does_not_end_is_known_to_be_stuck(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(says("a")))
    runner.gate.clear()
    bench.submit(start(1))
    assert runner.reached_gate.acquire(timeout=10)
    before = bench.loop.stuck
    bench.clock.now += 10**6
    assert (before, bench.loop.stuck) == (False, True)
    runner.gate.set()
    assert bench.answers(1) == {1: ("a", "stop")}


def test_step_may_take_as_long_as_a_full_batch_of_its_device(benches: list[Bench]) -> None:
    bench = bench_of(benches, runner := FakeRunner(ENDLESS, batch_tokens=400))
    bench.submit(start(1, max_tokens=2))
    assert bench.answers(1) == {1: ("xx", "length")}
    runner.gate.clear()
    bench.submit(start(2, max_tokens=1))
    for _ in range(len(runner.batches) + 1):
        assert runner.reached_gate.acquire(timeout=10)
    bench.clock.now += 300
    before = bench.loop.stuck
    bench.clock.now += 10**4
    assert (before, bench.loop.stuck) == (False, True)


def test_load_that_does_not_end_is_known_to_be_stuck() -> None:
    gate, opening = threading.Event(), threading.Event()

    def hang() -> Runner:
        opening.set()
        gate.wait()
        raise OperationError("The model could not be loaded.")

    clock = Ticks()
    loop = DecodeLoop(hang, lambda _: None, Counters(), size=10**9, clock=clock)
    before_it_began = loop.stuck
    loop.start()
    assert opening.wait(timeout=10)
    clock.now += 700
    while_the_file_may_be_read = loop.stuck
    clock.now += 10**4
    assert (before_it_began, while_the_file_may_be_read, loop.stuck) == (False, False, True)
    gate.set()
    loop.closed.result(timeout=10)
    assert not loop.stuck


@pytest.mark.parametrize(("method", "command"), [("sampler", start(1)), ("close", Close())])
def test_command_that_does_not_end_is_known_to_be_stuck(method: str, command: Command) -> None:
    gate, reached = threading.Event(), threading.Event()
    usual = getattr(runner := FakeRunner(says("a")), method)

    def hang(*arguments: object) -> object:
        reached.set()
        gate.wait()
        return usual(*arguments)

    setattr(runner, method, hang)
    bench = Bench(runner)
    bench.submit(command)
    assert reached.wait(timeout=10)
    before = bench.loop.stuck
    bench.clock.now += 10**3
    assert (before, bench.loop.stuck) == (False, True)
    gate.set()
    bench.close()
    assert not bench.loop.stuck


def test_broken_loop_fails_its_sequences_and_keeps_its_model_until_closed(caplog: pytest.LogCaptureFixture) -> None:
    runner = FakeRunner(ENDLESS)
    decode = runner.decode

    def panic(batch: Batch) -> None:
        if batch.decoding:
            raise Panic
        decode(batch)

    runner.decode = panic  # type: ignore[method-assign]
    bench = Bench(runner)
    before = bench.loop.open
    bench.submit(start(1))
    assert bench.answers(1) == {1: ("x", "failed")}
    bench.submit(Pause(1), start(2), Look())
    assert bench.event() == Ended(2, "failed", 0)
    assert bench.event() == Seen({}, 0, 0, 0)
    assert (before, bench.loop.open, runner.closed) == (True, False, False)
    bench.clock.now += 10**6
    assert not bench.loop.stuck, "it waits to be closed"
    bench.submit(Close())
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
    loop = DecodeLoop(slow, rounds.put, Counters(), size=0)
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

    loop = DecodeLoop(fail, lambda _: None, Counters(), size=0)
    loop.start()
    assert isinstance(loop.loaded.exception(timeout=10), expected)
    loop.closed.result(timeout=10)
    assert not loop.open
