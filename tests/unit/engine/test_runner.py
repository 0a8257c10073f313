"""The real runner on tiny real models: vocabulary, samplers, and files that llama.cpp refuses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from support.plain_runner import plain_runner
from support.state_gguf import make_state_gguf
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.engine import bounds
from windowsill.engine.compute import DecodeError, EditError
from windowsill.engine.runner import Runner
from windowsill.engine.sequence import Batch, Chunk, Copy, Cut, Remove, Restore, Sequence
from windowsill.engine_protocol import Sampling
from windowsill.errors import NotSupportedError, OperationError

SMALL = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1, context=128)
BOS, START, STOP = 1, 3, 4


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    runner = plain_runner(make_tiny_gguf(tmp_path_factory.mktemp("runner") / "tiny.gguf", SMALL))
    yield runner
    runner.close()


@pytest.fixture(scope="module")
def spacing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """A runner whose vocabulary puts a space before every text, as SentencePiece's usually do."""
    path = tmp_path_factory.mktemp("spacing") / "tiny.gguf"
    runner = plain_runner(make_tiny_gguf(path, SMALL, add_space_prefix=True))
    yield runner
    runner.close()


def said(runner: Runner, tokens: list[int]) -> bytes:
    return b"".join(map(runner.vocabulary.piece, tokens))


def test_runner_says_what_it_holds(runner: Runner) -> None:
    assert (runner.window, runner.cells, runner.slots) == (128, 1024, bounds.SLOTS)
    assert (runner.rows, runner.ids) == (bounds.SLOTS + bounds.DRAFT_ROWS, bounds.SEQUENCE_IDS)
    assert not runner.whole


@pytest.mark.parametrize(
    ("kind", "ids", "draft_rows"),
    [
        ("sliding", bounds.SEQUENCE_IDS, bounds.DRAFT_ROWS),
        ("recurrent", bounds.STATE_IDS, 0),
        ("hybrid", bounds.STATE_IDS, 0),
    ],
)
def test_model_whose_beginnings_cannot_be_had_says_so(tmp_path: Path, kind: str, ids: int, draft_rows: int) -> None:
    runner = plain_runner(make_state_gguf(tmp_path / "state.gguf", kind))
    assert (runner.whole, runner.ids, runner.rows) == (True, ids, bounds.SLOTS + draft_rows)
    runner.close()


def test_control_tokens_are_read_only_when_asked_for(runner: Runner) -> None:
    text = "<|im_start|>you<|im_end|>"
    special = runner.vocabulary.tokenize(text, special=True, continues=False)
    plain = runner.vocabulary.tokenize(text, special=False, continues=False)
    assert (special[0], special[-1]) == (START, STOP)
    assert not {START, STOP} & set(plain)
    assert said(runner, plain) == text.encode()
    assert said(runner, special) == b"you"


@pytest.mark.parametrize("text", ["hello", " hello", "\nhello", "é€😀", "the word", "\n", "  ", "�", "a\0b"])
@pytest.mark.parametrize("continues", [True, False])
def test_tokens_say_the_text_again(runner: Runner, text: str, continues: bool) -> None:
    assert said(runner, runner.vocabulary.tokenize(text, special=False, continues=continues)) == text.encode()


@pytest.mark.parametrize("text", ["hello", " hello", "\nhello", "the word"])
def test_text_that_continues_gets_no_space_before_it(spacing: Runner, text: str) -> None:
    assert said(spacing, spacing.vocabulary.tokenize("hello", special=False, continues=False)) == b" hello"
    assert said(spacing, spacing.vocabulary.tokenize(text, special=False, continues=True)) == text.encode()


def test_lone_surrogates_do_not_break_the_tokenizer(runner: Runner) -> None:
    assert said(runner, runner.vocabulary.tokenize("a\ud800b", special=False, continues=False)) == b"a?b"


def test_empty_text_has_no_tokens(runner: Runner) -> None:
    assert runner.vocabulary.tokenize("", special=False, continues=True) == []


def test_vocabulary_knows_beginning_and_ends(runner: Runner) -> None:
    vocabulary = runner.vocabulary
    assert (vocabulary.bos, vocabulary.bos_text, vocabulary.eos_text) == (BOS, "<s>", "</s>")
    assert vocabulary.ends == {2, STOP}
    assert vocabulary.is_control(START)
    assert not vocabulary.is_control(vocabulary.tokenize("a", special=False, continues=False)[0])


def test_model_without_beginning_token_gets_none(tmp_path: Path) -> None:
    runner = plain_runner(make_tiny_gguf(tmp_path / "tiny.gguf", SMALL, add_bos=False))
    assert runner.vocabulary.bos is None
    runner.close()


def sampled(runner: Runner, sampling: Sampling, count: int) -> list[int]:
    sampler = runner.sampler(sampling)
    sequence = Sequence(1, "a", [BOS, 300], visible=True)
    sequence.slot = 0
    runner.decode(Batch([], [Chunk(sequence, 0, 2)], [Remove(0)]))
    tokens = [sampler.sample(1) for _ in range(count)]
    sampler.close()
    return tokens


def test_greedy_sampler_takes_the_likeliest_token(runner: Runner) -> None:
    greedy = Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)
    (best,) = set(sampled(runner, greedy, 5))
    narrow = Sampling(temperature=1.0, top_k=1, top_p=1.0, min_p=0.0)
    assert set(sampled(runner, narrow, 5)) == {best}


def test_sampler_draws_the_same_with_the_same_seed(runner: Runner) -> None:
    wide = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, seed=11)
    other = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, seed=12)
    assert sampled(runner, wide, 20) == sampled(runner, wide, 20)
    assert sampled(runner, wide, 20) != sampled(runner, other, 20)


def test_all_steps_of_a_sampler_narrow_the_choice(runner: Runner) -> None:
    mixed = Sampling(temperature=0.8, top_k=5, top_p=0.9, min_p=0.05)
    assert 1 <= len(set(sampled(runner, mixed, 50))) <= 5


def test_impossible_batch_is_an_error_and_the_context_lives_on(runner: Runner) -> None:
    sequence = Sequence(1, "a", [BOS, 10**6], visible=True)
    sequence.slot = 0
    with pytest.raises(DecodeError):
        runner.decode(Batch([], [Chunk(sequence, 0, 2)], [Remove(0)]))
    assert sampled(runner, Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0), 1)


def test_copied_sequence_goes_on_like_its_source(runner: Runner) -> None:
    source, copy = (Sequence(key, "a", [BOS, 300, 301, 302], visible=True) for key in (1, 2))
    source.slot, copy.slot = 0, 1
    runner.decode(Batch([], [Chunk(source, 0, 4)], [Remove(0), Remove(1)]))
    expected = runner.logits(3).copy()
    runner.decode(Batch([], [Chunk(copy, 3, 4)], [Copy(0, 1, 3)]))
    assert np.allclose(runner.logits(0), expected, atol=0.01)


def test_sequence_that_was_cut_back_goes_on_from_there(runner: Runner) -> None:
    sequence = Sequence(1, "a", [BOS, 300, 301], visible=True)
    sequence.slot = 0
    runner.decode(Batch([], [Chunk(sequence, 0, 3)], [Remove(0)]))
    expected = runner.logits(2).copy()
    runner.decode(Batch([], [Chunk(sequence, 2, 3, [310, 311])], [Cut(0, 2)]))
    assert np.allclose(runner.logits(0), expected, atol=0.01)
    runner.decode(Batch([], [Chunk(sequence, 2, 3)], [Cut(0, 2)]))
    assert np.allclose(runner.logits(0), expected, atol=0.01)


def test_edit_that_cannot_be_made_is_an_error_of_its_own(runner: Runner) -> None:
    sequence = Sequence(1, "a", [BOS, 300], visible=True)
    sequence.slot = 0
    with pytest.raises(EditError, match="what was saved"):
        runner.decode(Batch([], [Chunk(sequence, 0, 2)], [Remove(0), Restore(7, 0)]))


def test_row_that_nobody_asked_for_has_no_logits(runner: Runner) -> None:
    sequence = Sequence(1, "a", [BOS, 300], visible=True)
    sequence.slot = 0
    runner.decode(Batch([], [Chunk(sequence, 0, 2)], [Remove(0)]))
    with pytest.raises(DecodeError, match="no logits"):
        runner.logits(0)


def test_batch_of_a_sequence_without_a_slot_is_refused(runner: Runner) -> None:
    with pytest.raises(ValueError, match="slot"):
        runner.decode(Batch([Sequence(1, "a", [BOS], visible=True)], [], []))


def test_file_that_llama_cannot_load_is_an_operation_error(tmp_path: Path) -> None:
    path = make_tiny_gguf(tmp_path / "tiny.gguf", SMALL)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(OperationError):
        plain_runner(path)


def test_model_without_a_context_window_is_not_supported(tmp_path: Path) -> None:
    path = make_tiny_gguf(
        tmp_path / "tiny.gguf", Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1, context=0)
    )
    with pytest.raises(NotSupportedError):
        plain_runner(path)
