"""Real llama.cpp on tiny models of every kind: what is cached, copied or guessed changes no token, only the work."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.decoder import Answer, Decoder
from support.plain_runner import plain_runner
from support.state_gguf import KINDS, SHAPE, WINDOW, make_state_gguf
from support.step_bench import StepBench
from support.tiny_gguf import make_tiny_gguf
from windowsill.engine.commands import Start
from windowsill.engine.compute import EditError
from windowsill.engine.runner import Runner
from windowsill.engine.sequence import Batch, Chunk, Copy, Forget, Remove, Restore, Sequence
from windowsill.engine.stream import Stream
from windowsill.engine_protocol import Sampling

COUNT = 12
NOISE = 0.01
"""Two nearly equal logits may change places with the shape of a batch: by 0.0004 of their range as measured here, where
a token too many or too few in the cache makes it a tenth and more."""

WORDS = range(300, 480)
"""Tokens that are neither markers nor bytes."""


@pytest.fixture(scope="module", params=["plain", *KINDS])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of each kind."""
    path: Path = tmp_path_factory.mktemp("kinds") / f"{request.param}.gguf"
    return make_tiny_gguf(path, SHAPE, ends=False) if request.param == "plain" else make_state_gguf(path, request.param)


@pytest.fixture
def runner(model: Path) -> Iterator[Runner]:
    opened = plain_runner(model, cells=1024)
    yield opened
    opened.close()


@pytest.fixture
def attentive(tmp_path: Path) -> Iterator[Runner]:
    """A model whose state can be cut back anywhere."""
    opened = plain_runner(make_tiny_gguf(tmp_path / "plain.gguf", SHAPE, ends=False))
    yield opened
    opened.close()


def words(count: int, seed: int) -> list[int]:
    chosen = random.Random(seed)
    return [chosen.choice(WORDS) for _ in range(count)]


def afresh(model: Path, prompt: list[int], count: int = COUNT) -> list[int]:
    """All tokens of a sequence, decoded alone and with an empty cache."""
    runner = plain_runner(model)
    (answer,) = Decoder(runner).answer("alone", prompt, count=count)
    runner.close()
    return answer.tokens


def check_truth(model: Path, *answers: Answer) -> None:
    """Each token is the likeliest after those before it, had they been read alone and with an empty cache."""
    runner = plain_runner(model)
    decoder = Decoder(runner)
    for number, answer in enumerate(answers):
        size = len(answer.likeliest)
        said = answer.tokens[-size:]
        (alone,) = decoder.answer(f"alone {number}", answer.tokens[:-size], count=size, said=[said])
        assert alone.cached == 0
        assert max(alone.behind) < NOISE
    runner.close()


def test_text_depends_on_all_that_may_be_looked_back_at(model: Path) -> None:
    prompt = words(WINDOW - 4, 1)
    other = [WORDS[0], *prompt[1:]]
    assert afresh(model, prompt)[len(prompt) :] != afresh(model, other)[len(prompt) :]


def test_next_turn_reads_only_what_is_new_and_says_the_same(model: Path, runner: Runner) -> None:
    decoder = Decoder(runner)
    history = words(3 * WINDOW, 1)
    for turn in range(4):
        (answer,) = decoder.answer("a", history, count=COUNT)
        check_truth(model, answer)
        assert answer.cached == (len(history) - 4 if turn else 0), "all but the last token, which was never read"
        history = [*answer.tokens, *words(3, turn)]


def test_clones_read_nothing_again_and_say_what_they_would_alone(model: Path, runner: Runner) -> None:
    decoder = Decoder(runner)
    (answer,) = decoder.answer("a", words(2 * WINDOW, 1), count=COUNT)
    questions = [[*answer.tokens, *words(5, seed)] for seed in range(4)]
    clones = decoder.answer("a", *questions, count=COUNT)
    assert [clone.cached for clone in clones] == [len(answer.tokens) - 1] * 4
    check_truth(model, *clones)


def test_other_origin_shares_our_instructions_and_nothing_else(model: Path, runner: Runner) -> None:
    decoder = Decoder(runner)
    instructions = words(2 * WINDOW, 1)
    first, second = ([*instructions, *words(20, seed)] for seed in (2, 3))
    decoder.answer("a", first, count=COUNT, instructions=len(instructions))
    for prompt in (first, second):
        (answer,) = decoder.answer("b", prompt, count=COUNT)
        assert answer.cached == len(instructions)
        check_truth(model, answer)


def test_conversations_that_fork_anywhere_in_a_full_cache_say_what_they_would_alone(model: Path) -> None:
    chosen = random.Random(3)
    runner = plain_runner(model, cells=512)
    decoder = Decoder(runner)
    known = [words(150, seed) for seed in range(2)]
    for seed in range(40):
        before = chosen.choice(known)
        prompts = [[*before[: chosen.randrange(1, len(before) + 1)][:250], *words(10, seed + n)] for n in range(3)]
        answers = decoder.answer("a", *prompts, count=COUNT)
        check_truth(model, *answers)
        known += [answer.tokens for answer in answers]
    runner.close()


def test_end_of_a_sequence_tells_what_was_cached(attentive: Runner) -> None:
    bench = StepBench(attentive)
    prompt = words(60, 1)

    def ask(key: int, tokens: list[int]) -> None:
        greedy = Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)
        bench.obey(Start(key=key, origin="a", visible=True, prompt=tokens, sampling=greedy, stop=(), max_tokens=COUNT))
        bench.run()

    ask(1, prompt)
    ask(2, prompt)
    ask(3, [*prompt[:40], *words(20, 2)])
    assert [bench.ended(key).cached for key in (1, 2, 3)] == [0, len(prompt) - 1, 40]
    assert bench.answers()[1] == bench.answers()[2]


# ---- guesses


@pytest.mark.parametrize("wrong", [0.0, 0.3, 1.0])
def test_guesses_leave_greedy_output_unchanged_token_by_token(model: Path, runner: Runner, wrong: float) -> None:
    prompt = words(40, 1)
    expected = afresh(model, prompt, count=60)
    chosen = random.Random(5)

    def guess(tokens: list[int]) -> list[int]:
        draft = expected[len(tokens) : len(tokens) + 8]
        return [WORDS[0] if chosen.random() < wrong else token for token in draft]

    decoder = Decoder(runner)
    (answer,) = decoder.answer("a", prompt, count=60, guess=guess)
    check_truth(model, answer)
    if wrong == 0.0 and runner.rows > runner.slots:
        assert decoder.steps < 20
    else:
        assert (decoder.steps >= 60) == (wrong == 1.0 or runner.rows == runner.slots)


PROMPT = words(30, 1)
SEEDS = 300
DRAWN = 3
"""Tokens of one sample (count)."""

DEVIATIONS = 4
"""Standard deviations that the chi-squared statistic may be above its mean: once in ten thousand it is."""


def sampling(seed: int) -> Sampling:
    return Sampling(temperature=1.3, top_k=4, top_p=1.0, min_p=0.0, seed=seed)


def drawn(runner: Runner, seed: int, draft: list[int]) -> tuple[int, ...]:
    """DRAWN tokens after PROMPT, with ``draft`` tried at first."""
    sequence = Sequence(1, "a", PROMPT, visible=True)
    sequence.slot = 0
    start = Start(key=1, origin="a", visible=True, prompt=PROMPT, sampling=sampling(seed), stop=(), max_tokens=DRAWN)
    stream = Stream(start, sequence, runner.sampler(start.sampling), runner.vocabulary.ends)
    while sequence.generated < DRAWN:
        size = len(sequence.tokens)
        # All is read again each time: what a draft left behind must not matter.
        runner.decode(Batch([], [Chunk(sequence, 0, size, draft)], [Remove(0)]))
        sequence.tokens += stream.choose(runner, size - 1, draft)[0]
        draft = []
    stream.close()
    return tuple(sequence.tokens[len(PROMPT) :][:DRAWN])


def test_guesses_leave_the_distribution_of_samples_unchanged(attentive: Runner) -> None:
    likeliest = Decoder(attentive).answer("a", PROMPT, count=DRAWN)[0].tokens[len(PROMPT) :]
    plain = [drawn(attentive, seed, []) for seed in range(SEEDS)]
    guessed = [drawn(attentive, seed, likeliest[:2]) for seed in range(SEEDS)]
    same = sum(one == other for one, other in zip(plain, guessed, strict=True))
    assert same > 0.97 * SEEDS, "the same seed draws the same tokens, but for noise"
    expected = Counter(plain)
    other = Counter(drawn(attentive, seed, likeliest[:2]) for seed in range(SEEDS, 2 * SEEDS))
    freedom = len(expected | other) - 1
    assert freedom > 10, "there is something to compare"
    statistic = sum((expected[one] - other[one]) ** 2 / (expected[one] + other[one]) for one in expected | other)
    assert statistic < freedom + DEVIATIONS * (2 * freedom) ** 0.5


def test_conversation_that_moved_to_memory_goes_on_as_if_it_had_stayed(tmp_path: Path) -> None:
    model = make_tiny_gguf(tmp_path / "plain.gguf", SHAPE, ends=False)
    runner = plain_runner(model, cells=1024, saved_tokens=4096)
    decoder = Decoder(runner, idle=0)
    first = words(200, 1)
    (begun,) = decoder.answer("a", first, count=COUNT)
    decoder.answer("a", words(200, 2), count=COUNT)
    (more,) = decoder.answer("a", [*begun.tokens, *words(20, 3)], count=COUNT)
    assert more.cached >= len(first)
    (elsewhere,) = decoder.answer("b", [*first, *words(5, 4)], count=1)
    assert elsewhere.cached == 0
    runner.close()
    check_truth(model, more)


def test_edit_that_fails_keeps_no_other_from_being_made(attentive: Runner) -> None:
    decoder = Decoder(attentive)
    (first,) = decoder.answer("a", words(50, 1), count=1)
    member = Sequence(1, "a", words(50, 2), visible=True)
    member.slot = 1
    batch = Batch([], [Chunk(member, 0, 50)], [Restore(99, 1), Copy(0, 2, 0), Remove(1), Forget(99)])
    with pytest.raises(EditError):
        attentive.decode(batch)
    assert batch.edits == []
    attentive.decode(Batch([], [Chunk(member, 0, 50)], []))
    check_cached = decoder.answer("a", [*first.tokens, *words(5, 3)], count=1)[0].cached
    assert check_cached >= 50
