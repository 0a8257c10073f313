"""One sequence's tokens and text: what a draft may and may not change, what ends it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from support.fake_runner import BEGIN, END, FakeRunner, FakeVocabulary, prompt, says
from windowsill.engine.commands import Start
from windowsill.engine.constraints import Compiler, Matcher
from windowsill.engine.sequence import Batch, Chunk, Sequence
from windowsill.engine.stream import Stream
from windowsill.engine_protocol import RegExp, Sampling

GREEDY = Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)


class Bench:
    """One stream over a runner, whose sequence is read as far as the test says."""

    def __init__(
        self, answer: str, *, stop: tuple[str, ...] = (), copies: bool = False, matcher: Matcher | None = None
    ) -> None:
        self.runner = FakeRunner(says(answer), batch_tokens=64)
        self.sequence = Sequence(1, "a", prompt("hi"), visible=True)
        self.sequence.slot = 0
        start = Start(
            key=1,
            origin="a",
            visible=True,
            prompt=self.sequence.tokens,
            sampling=GREEDY,
            stop=stop,
            max_tokens=100,
            copies=copies,
            matcher=matcher,
        )
        self.stream = Stream(start, self.sequence, self.runner.sampler(GREEDY), self.runner.vocabulary.ends)

    def choose(self, draft: str = "") -> str:
        """The tokens that come after the prompt when ``draft`` is tried."""
        guess = [*draft.encode()]
        size = len(self.sequence.tokens)
        self.runner.decode(Batch([], [Chunk(self.sequence, 0, size, guess)], []))
        tokens, self.right = self.stream.choose(self.runner, size - 1, guess)
        return "".join("$" if token == END else chr(token) for token in tokens)

    def take(self, text: str) -> None:
        for token in text.encode():
            self.stream.take(token, bytes([token]))


def matcher(pattern: str) -> Matcher:
    return Compiler(FakeVocabulary()).compile(RegExp(source=pattern, flags=""))


def test_stream_without_a_draft_chooses_one_token() -> None:
    assert Bench("abc").choose() == "a"


def test_right_draft_brings_all_its_tokens_and_one_more() -> None:
    assert Bench("abcdef").choose("abc") == "abcd"


def test_wrong_draft_brings_what_would_have_come_anyway() -> None:
    assert Bench("abcdef").choose("abx") == "abc"
    assert Bench("abcdef").choose("xbc") == "a"


def test_draft_does_not_go_beyond_the_end() -> None:
    assert Bench("ab").choose("abcd") == "ab$"


def test_draft_does_not_go_beyond_its_constraint() -> None:
    bench = Bench("abcdef", matcher=matcher("abx+"))
    assert bench.choose("abc") == "abx"
    assert bench.stream.ended is None


def test_constraint_that_is_complete_ends_the_stream_even_within_a_draft() -> None:
    bench = Bench("abcdef", matcher=matcher("ab"))
    assert bench.choose("abcd") == "ab"
    assert bench.stream.ended == "stop"


def test_forced_tokens_are_accepted_and_not_offered_again() -> None:
    bench = Bench("", matcher=matcher("abc(x|y)"))
    assert bytes(bench.stream.forced()) == b"abc"
    assert bench.stream.forced() == []
    assert Bench("").stream.forced() == []


def test_draft_is_cut_to_what_the_constraint_allows() -> None:
    bench = Bench("", copies=True, matcher=matcher("(hello )+x+"))
    bench.take("hello hel")
    assert bench.stream.forced()
    assert bench.stream.draft(4) == []
    free = Bench("", copies=True)
    free.take("hello hel")
    assert bytes(free.stream.draft(4)) == b"lo "


def test_stream_that_copies_nothing_guesses_nothing() -> None:
    bench = Bench("")
    bench.take("hello hel")
    assert bench.stream.draft(8) == []


def test_end_token_and_stop_string_end_the_stream() -> None:
    bench = Bench("", stop=(". t",))
    bench.take("one. t")
    assert (bench.stream.ended, bench.stream.unsent) == ("stop", "one")
    bench = Bench("")
    bench.stream.take(END, b"")
    assert (bench.stream.ended, bench.stream.unsent) == ("stop", "")


def test_text_that_was_held_back_comes_when_nothing_else_does() -> None:
    bench = Bench("", stop=("never",))
    bench.take("a ne")
    assert bench.stream.unsent == "a "
    bench.stream.flush()
    assert bench.stream.unsent == "a ne"


def test_closed_stream_closes_its_sampler() -> None:
    bench = Bench("")
    bench.stream.close()
    assert bench.runner.samplers[0].closed


@given(st.text("ab", max_size=6), st.text("ab", max_size=6), st.none() | st.sampled_from(["a+b?", "(ab)*", "b+"]))
def test_right_tokens_of_a_draft_are_the_common_beginning(answer: str, draft: str, pattern: str | None) -> None:
    bench = Bench(answer, matcher=None if pattern is None else matcher(pattern))
    tokens = bench.choose(draft)
    assert tokens[: bench.right] == draft[: bench.right]
    assert bench.right == min(len(tokens), len(draft)) or tokens[bench.right] != draft[bench.right]


def test_prompt_of_the_fake_ends_with_its_mark() -> None:
    assert prompt("a") == [97, BEGIN]
