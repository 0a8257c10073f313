"""The steps of the decode thread: text and one ending for each sequence, and one failure never costs another."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from msgspec import structs

from support.fake_runner import FakeRunner, FakeVocabulary, Script, prompt, says
from support.step_bench import StepBench, Ticks, start
from windowsill.engine import bounds
from windowsill.engine.cells import WORTH_SAVING
from windowsill.engine.commands import Cancel, Close, Ended, Forget, Go, Look, OriginLoad, Pause, Seen, Show, TextReady
from windowsill.engine.compute import EditError
from windowsill.engine.constraints import Compiler, Matcher
from windowsill.engine.sequence import Batch, Cut, Edit, Restore
from windowsill.engine_protocol import RegExp
from windowsill.errors import NotSupportedError

ENDLESS: Script = lambda _: ord("x")  # noqa: E731 - a script is a function
LONG = "a prompt that is worth keeping"
COPY = "over and over and over and over and over and over again"


class TimedRunner(FakeRunner):
    """Takes ``seconds`` of ``clock`` for a step of so many tokens."""

    def __init__(self, script: Script, clock: Ticks, seconds: Callable[[int], float]) -> None:
        super().__init__(script)
        self._clock = clock
        self._seconds = seconds

    def decode(self, batch: Batch) -> None:
        self._clock.now += self._seconds(batch.size)
        super().decode(batch)


def matcher(pattern: str) -> Matcher:
    return Compiler(FakeVocabulary()).compile(RegExp(source=pattern, flags=""))


def test_sequence_says_all_its_text_and_stops() -> None:
    bench = StepBench(FakeRunner(says("Grüße, world")))
    bench.obey(start(1))
    bench.run()
    assert bench.answers() == {1: ("Grüße, world", "stop")}
    assert bench.counters.decoded_tokens == len("Grüße, world".encode())
    assert bench.counters.prefilled_tokens == 3


def test_sequences_share_batches() -> None:
    bench = StepBench(runner := FakeRunner(says("0123456789")))
    bench.obey(start(1), start(2), start(3, origin="b"))
    bench.run()
    assert bench.answers() == dict.fromkeys((1, 2, 3), ("0123456789", "stop"))
    assert any(len(batch) == 3 for batch in runner.batches)


def test_sequence_ends_at_its_limit_of_tokens() -> None:
    bench = StepBench(FakeRunner(ENDLESS))
    bench.obey(start(1, max_tokens=5), start(2, max_tokens=0))
    bench.run()
    assert bench.answers() == {1: ("xxxxx", "length"), 2: ("", "length")}


def test_sequence_ends_when_the_window_is_full() -> None:
    bench = StepBench(FakeRunner(ENDLESS, window=8))
    bench.obey(start(1), start(2, "far too long"))
    bench.run()
    assert bench.answers() == {1: ("xxxxxx", "length"), 2: ("", "length")}


def test_sequence_stops_at_a_stop_string() -> None:
    bench = StepBench(FakeRunner(says("one. two.")))
    bench.obey(start(1, stop=(". t",)))
    bench.run()
    assert bench.answers() == {1: ("one", "stop")}


# ---- commands


def test_cancelled_sequence_gets_no_further_step() -> None:
    bench = StepBench(runner := FakeRunner(ENDLESS))
    bench.obey(start(1))
    bench.steps.step()
    bench.obey(Cancel(1), Cancel(1), Cancel(99))
    bench.run()
    assert bench.answers() == {1: ("x", "cancelled")}
    assert len(runner.batches) == 1


def test_paused_sequence_gets_no_step_until_it_goes_on() -> None:
    bench = StepBench(FakeRunner(says("abcdef")))
    bench.obey(start(1))
    bench.steps.step()
    bench.obey(Pause(1), start(2))
    bench.run()
    assert bench.answers() == {2: ("abcdef", "stop")}
    bench.obey(Go(1))
    bench.run()
    assert bench.answers()[1] == ("abcdef", "stop")


def test_cancelling_all_sequences_of_an_origin_ends_no_other() -> None:
    bench = StepBench(FakeRunner(says("abc"), slots=2))
    bench.obey(start(1), start(2), start(3), start(4, origin="b"))
    bench.steps.step()
    bench.obey(Pause(2), Cancel(1), Cancel(2), Cancel(3))
    bench.run()
    assert {key: reason for key, (_, reason) in bench.answers().items()} == {
        1: "cancelled",
        2: "cancelled",
        3: "cancelled",
        4: "stop",
    }


def test_sequence_that_is_shown_or_hidden_is_told_so() -> None:
    bench = StepBench(FakeRunner(ENDLESS))
    bench.obey(start(1), start(2))
    bench.steps.step()
    for command, hidden in ((Show(1, False), 1), (Show(2, False), 2), (Show(1, True), 1), (Show(99, True), 1)):
        bench.obey(command, Look())
        bench.steps.step()
        seen = [event for event in bench.events if isinstance(event, Seen)][-1]
        assert seen.origins["a"].hidden == hidden


def test_forgotten_partition_leaves_nothing_in_the_cache_or_in_memory_though_nothing_runs() -> None:
    bench = StepBench(runner := FakeRunner(says("abc"), cells=400, window=400, batch_tokens=400, saved_tokens=1000))
    for key, partition in ((1, "private"), (2, "private"), (3, "other")):
        bench.obey(start(key, str(key) * 2 * WORTH_SAVING, partition=partition))
        bench.run()
    assert runner.cache.saved
    before = runner.cache.used
    bench.obey(Forget("private"))
    bench.run()
    assert not runner.cache.saved
    assert 2 * WORTH_SAVING <= runner.cache.used <= before
    bench.obey(Forget("other"))
    bench.run()
    assert runner.cache.used == 0


def test_failure_to_tidy_up_concerns_nobody() -> None:
    class Untidy(FakeRunner):
        decoding = False

        def decode(self, batch: Batch) -> None:
            self.decoding = True
            super().decode(batch)
            self.decoding = False

        def edit(self, edits: list[Edit]) -> None:
            super().edit(edits)
            if not self.decoding:
                raise EditError("scripted")

    bench = StepBench(Untidy(says("abc")))
    for key in (1, 2):
        bench.obey(start(key, LONG))
        bench.run()
    assert bench.answers() == dict.fromkeys((1, 2), ("abc", "stop"))


def test_look_says_what_runs_waits_and_is_paused_by_origin() -> None:
    bench = StepBench(FakeRunner(ENDLESS, slots=2))
    bench.obey(start(1), start(2), start(3), start(4, origin="b"), Pause(2))
    bench.steps.step()
    bench.obey(Look())
    bench.steps.step()
    (seen,) = [event for event in bench.events if isinstance(event, Seen)]
    assert seen.origins == {
        "a": OriginLoad(running=1, waiting=1, paused=1, hidden=0, tokens=1),
        "b": OriginLoad(running=1, waiting=0, paused=0, hidden=0, tokens=1),
    }
    assert (seen.cells, seen.size, seen.kept) == (6, 1024, 0)


def test_closing_is_noted_and_what_still_runs_fails() -> None:
    bench = StepBench(FakeRunner(ENDLESS))
    bench.obey(start(1), Close())
    assert bench.steps.closed
    bench.steps.fail_all()
    assert bench.answers() == {1: ("", "failed")}


# ---- the cache


def test_next_turn_and_clone_read_nothing_again() -> None:
    bench = StepBench(runner := FakeRunner(says("fine"), batch_tokens=64))
    bench.obey(start(1, LONG))
    bench.run()
    history = LONG + "\0fine"
    said = prompt(LONG)
    steps = len(runner.batches)
    for key, question in ((2, "and now?"), (3, "or else?")):
        turn = start(key, history + question)
        turn.prompt[len(said) - 1] = said[-1]
        bench.obey(turn)
    bench.run()
    assert bench.answers()[2] == bench.answers()[3] == ("fine", "stop")
    assert bench.ended(2).cached == bench.ended(3).cached == len(said) + len("fine")
    assert len(runner.batches) == steps + 5, "one step reads both questions, the end of the answer with them"


def test_other_origin_reads_everything_but_our_instructions() -> None:
    bench = StepBench(FakeRunner(says("ok"), batch_tokens=64))
    bench.obey(start(1, LONG, instructions=20))
    bench.run()
    bench.obey(start(2, LONG, origin="b"))
    bench.run()
    assert (bench.ended(1).cached, bench.ended(2).cached) == (0, 20)
    assert bench.counters.cached_tokens == 20


def test_full_cache_makes_sequences_wait_their_turn_and_loses_nothing() -> None:
    bench = StepBench(runner := FakeRunner(says("0123456789" * 3)))
    runner.cache.cells = 40
    bench.obey(start(1), start(2, origin="b"), start(3, origin="c"))
    bench.run()
    assert bench.answers() == dict.fromkeys((1, 2, 3), ("0123456789" * 3, "stop"))


def test_sequence_that_fits_no_cache_ends() -> None:
    bench = StepBench(runner := FakeRunner(ENDLESS))
    runner.cache.cells = 10
    bench.obey(start(1))
    bench.run()
    assert bench.answers() == {1: ("xxxxxxxx", "length")}


# ---- constraints and guesses


def test_forced_tokens_are_read_in_one_step() -> None:
    bench = StepBench(runner := FakeRunner(says("{name: x}"), batch_tokens=64))
    bench.obey(start(1, matcher=matcher(r"\{name: [xy]\}")))
    bench.run()
    assert bench.answers() == {1: ("{name: x}", "stop")}
    assert bench.counters.forced_tokens == len("{name: }")
    assert len(runner.batches) == 2


def test_answer_that_is_forced_altogether_takes_no_step_but_its_last() -> None:
    bench = StepBench(runner := FakeRunner(ENDLESS))
    bench.obey(start(1, matcher=matcher("abc"), max_tokens=2), start(2, matcher=matcher("abc"), stop=("b",)))
    bench.run()
    assert bench.answers() == {1: ("ab", "length"), 2: ("a", "stop")}
    assert runner.batches == []


@pytest.mark.parametrize("call", ["forced", "acceptable", "mask", "accept"])
def test_constraint_that_gives_up_ends_only_its_own_sequence(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking = matcher("[a-z ]+")
    failure = NotSupportedError("The response constraint could not be followed.")

    def give_up(*_: object) -> object:
        raise failure

    bench = StepBench(FakeRunner(says(COPY)))
    bench.obey(start(1, COPY, copies=True, matcher=breaking), start(2, COPY))
    bench.steps.step()
    monkeypatch.setattr(breaking, call, give_up)
    bench.run()
    assert bench.answers()[2] == (COPY, "stop")
    text, reason = bench.answers()[1]
    assert (COPY.startswith(text), reason) == (True, "failed")
    assert bench.ended(1).error is failure


@pytest.mark.parametrize("pattern", [None, "[a-z ]+"])
def test_guesses_change_nothing_but_the_number_of_steps(pattern: str | None) -> None:
    steps = []
    for copies in (False, True):
        bench = StepBench(runner := FakeRunner(says(COPY)))
        bench.obey(start(1, COPY, copies=copies, matcher=matcher(pattern) if pattern else None))
        bench.run()
        assert bench.answers() == {1: (COPY, "stop")}
        assert bench.counters.accepted_tokens <= bench.counters.drafted_tokens
        steps.append(len(runner.batches))
    assert 2 * steps[1] <= steps[0]


def test_guesses_are_not_made_where_a_state_cannot_be_cut_back() -> None:
    bench = StepBench(FakeRunner(says(COPY), whole=True))
    bench.obey(start(1, COPY, copies=True))
    bench.run()
    assert bench.answers() == {1: (COPY, "stop")}
    assert bench.counters.drafted_tokens == 0


def test_guesses_that_fail_go_on_where_rows_cost_nothing_and_stop_where_they_cost_much() -> None:
    misleading = "".join(f"xy{letter}" for letter in random.Random(7).choices("abcdefghijklmnopqrstuvw", k=100))

    def drafted(seconds: Callable[[int], float]) -> int:
        clock = Ticks(0.0)
        bench = StepBench(TimedRunner(says(misleading), clock, seconds), clock)
        bench.obey(start(1, copies=True, max_tokens=400))
        bench.run()
        assert bench.answers() == {1: (misleading, "stop")}
        return bench.counters.drafted_tokens

    assert drafted(lambda _: 0.02) > 2 * drafted(lambda rows: 0.02 * rows)


# ---- publishing


def test_first_text_is_published_at_once_and_later_text_joined() -> None:
    clock = Ticks(0.0)
    bench = StepBench(TimedRunner(says("abcdefghij"), clock, lambda _: bounds.ENGINE_JOIN_SECONDS / 3.5), clock)
    bench.obey(start(1))
    bench.run()
    texts = [event.text for event in bench.events if isinstance(event, TextReady)]
    assert texts[0] == "a"
    assert [len(text) for text in texts[1:-1]] == [4] * len(texts[1:-1])
    assert "".join(texts) == "abcdefghij"


def test_text_of_guessed_tokens_is_joined_too() -> None:
    bench = StepBench(FakeRunner(says(COPY)), Ticks(0.0))
    bench.obey(start(1, COPY, copies=True))
    bench.run()
    assert [event.text for event in bench.events if isinstance(event, TextReady)] == [COPY[0], COPY[1:]]


def test_text_is_not_held_back_when_no_step_follows() -> None:
    bench = StepBench(FakeRunner(ENDLESS), Ticks(0.0))
    bench.obey(start(1))
    for _ in range(3):
        bench.steps.step()
    bench.obey(Pause(1))
    bench.run()
    assert bench.events == [TextReady(1, "x"), TextReady(1, "xx")]


def test_text_is_not_held_back_during_the_step_of_a_prompt() -> None:
    bench = StepBench(FakeRunner(ENDLESS, batch_tokens=5), Ticks(0.0))
    bench.obey(start(1))
    for _ in range(3):
        bench.steps.step()
    bench.obey(start(2, "a long prompt"))
    bench.steps.step()
    assert bench.events == [TextReady(1, "x"), TextReady(1, "xx")]


# ---- failures


def test_failing_step_costs_only_the_sequence_that_fails_it(caplog: pytest.LogCaptureFixture) -> None:
    bench = StepBench(runner := FakeRunner(says("0123456789")))

    def poisoned(batch: Batch) -> bool:
        return any(sequence.key == 2 and sequence.generated >= 4 for sequence in batch.sequences())

    runner.fails = poisoned
    bench.obey(start(1), start(2), start(3, origin="b"))
    bench.run()
    assert bench.answers() == {1: ("0123456789", "stop"), 2: ("0123", "failed"), 3: ("0123456789", "stop")}
    assert "a batch of " in caplog.text
    bench.obey(start(4))
    bench.run()
    assert bench.answers()[4] == ("0123456789", "stop")


def test_conversation_that_cannot_be_had_back_is_read_again(caplog: pytest.LogCaptureFixture) -> None:
    question = "a long question, " * 10

    def fails(edit: Restore | Cut) -> bool:
        return isinstance(edit, Restore)

    runner = FakeRunner(says("yes"), cells=600, saved_tokens=1000, batch_tokens=64, edit_fails=fails)
    bench = StepBench(runner)
    for key, text in enumerate((question, "something else, " * 10)):
        bench.obey(start(key, text))
        bench.run()
    bench.obey(start(2, question), start(3, "short"))
    bench.run()
    assert {key: bench.answers()[key] for key in (2, 3)} == {2: ("yes", "stop"), 3: ("yes", "stop")}
    assert caplog.text.count("an edit of the cache failed") == 1


def test_nobody_goes_on_from_what_was_kept_beside_an_edit_that_failed(caplog: pytest.LogCaptureFixture) -> None:
    runner = FakeRunner(says(COPY), whole=True, sliding=40)
    bench = StepBench(runner)
    bench.obey(start(1, COPY, copies=True))
    while not any(isinstance(event, Ended) for event in bench.events):
        bench.steps.step()
    runner.edit_fails = lambda _: True
    bench.obey(start(2, COPY + COPY))
    bench.steps.step()
    assert "an edit of the cache failed" in caplog.text
    runner.edit_fails = lambda _: False
    follower = structs.replace(start(3), prompt=[*prompt(COPY), *COPY.encode(), *prompt(COPY)])
    bench.obey(follower)
    bench.run()
    assert [bench.answers()[key] for key in (1, 2, 3)] == [(COPY, "stop")] * 3


def test_every_sequence_ends_once_whatever_becomes_of_it() -> None:
    bench = StepBench(FakeRunner(says("0123456789"), slots=2))
    bench.obey(*(start(key, origin="abc"[key % 3], visible=key % 2 == 0) for key in range(1, 20)))
    for key in range(1, 10):
        bench.steps.step()
        bench.obey(Pause(key), Cancel(key + 5), Go(key))
    bench.run()
    assert sorted(event.key for event in bench.events if isinstance(event, Ended)) == list(range(1, 20))


class Paced:
    """A clock by which decoding takes ``seconds`` a token."""

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self.seconds = seconds
        self.sizes: list[int] = []

    def __call__(self) -> float:
        return self.now

    def decoded(self, batch: Batch) -> None:
        size = len(batch.decoding) + sum(chunk.size for chunk in batch.chunks)
        self.sizes.append(size)
        self.now += size * self.seconds


@pytest.mark.parametrize(("seconds", "most"), [(0.01, bounds.SHARED_BATCH_TOKENS), (0.001, 192), (0.00001, 256)])
def test_prompts_are_read_beside_streams_in_blocks_as_long_as_the_device_is_fast(seconds: float, most: int) -> None:
    clock = Paced(seconds)
    runner = FakeRunner(ENDLESS, cells=8192, window=4096, batch_tokens=256)
    decode = runner.decode

    def timed(batch: Batch) -> None:
        decode(batch)
        clock.decoded(batch)

    runner.decode = timed  # type: ignore[method-assign]
    bench = StepBench(runner, clock)
    bench.obey(start(1, "x" * 400, max_tokens=1000))
    for _ in range(4):
        bench.steps.step()
    bench.obey(start(2, "y" * 3000, max_tokens=1))
    clock.sizes.clear()
    for _ in range(8):
        bench.steps.step()
    assert max(clock.sizes) == most


def test_defect_in_choosing_costs_that_sequence_only(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Matcher):
        def mask(self, logits: object) -> bool:
            raise RuntimeError("a bug")

    compiled = matcher("[a-z]+")
    compiled.__class__ = Broken
    bench = StepBench(FakeRunner(says("abc")))
    bench.obey(start(1, matcher=compiled), start(2))
    bench.run()
    assert bench.answers() == {1: ("", "failed"), 2: ("abc", "stop")}
    assert "failed by a defect" in caplog.text


def test_prompt_of_nothing_fails_and_costs_nobody() -> None:
    bench = StepBench(FakeRunner(says("abc")))
    bench.obey(structs.replace(start(1), prompt=[]), start(2))
    bench.run()
    assert bench.answers() == {1: ("", "failed"), 2: ("abc", "stop")}
