"""A model as the event loop sees it: prompts, constraints and answers over a fake runner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec import structs

from support.engine_process import ask, model_ref
from support.fake_runner import FakeRunner, Panic
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.engine import model as engine_model
from windowsill.engine.compute import Tokenizer, TooLarge
from windowsill.engine.constraints import Compiler
from windowsill.engine.counters import Counters
from windowsill.engine.decode_loop import DecodeLoop
from windowsill.engine.model import Model
from windowsill.engine_protocol import Generate, JsonSchema, ModelRef, Turn
from windowsill.errors import NotSupportedError, OperationError

pytestmark = pytest.mark.anyio

SMALL = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1)
OPENING = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


@pytest.fixture(scope="module")
def ref(tmp_path_factory: pytest.TempPathFactory) -> ModelRef:
    return model_ref(make_tiny_gguf(tmp_path_factory.mktemp("models") / "tiny.gguf", SMALL))


@asynccontextmanager
async def loaded(
    ref: ModelRef, open_runner: Callable[[], FakeRunner], threads: set[DecodeLoop] | None = None
) -> AsyncIterator[Model]:
    model = await Model.load(ref, lambda *_: open_runner(), Counters(), set() if threads is None else threads)
    try:
        yield model
    finally:
        await model.close()


def endless(_: list[int]) -> int:
    return ord("x")


def broken(_: list[int]) -> int:
    raise Panic


async def answer(model: Model, request: Generate) -> tuple[str, str]:
    """Its text and why it ended."""
    await model.ready_for(request)
    texts: list[str] = []
    ended = await model.start(request, model.prompt(request), texts.append).ended
    return "".join(texts), ended.reason


async def test_model_tells_what_it_is(ref: ModelRef) -> None:
    runner = FakeRunner(endless, window=200)
    async with loaded(ref, lambda: runner) as model:
        assert (model.name, model.device, model.vocabulary) == ("Tiny test model", "fake", 258)
        assert 0 < model.context_window < 200
        assert not model.broken
    assert runner.closed


async def test_prompt_counts_what_is_ours_and_what_is_resumed(ref: ModelRef) -> None:
    async with loaded(ref, lambda: FakeRunner(endless)) as model:
        plain = model.prompt(structs.replace(ask(1, ref, "Hi"), resume="He"))
        assert (bytes(plain.tokens).decode(), plain.instructions, plain.resumed) == (OPENING + "He", 0, 2)
        turns = (Turn(role="system", content="Be brief."), Turn(role="user", content="Hi"))
        ours = model.prompt(structs.replace(ask(1, ref, ""), turns=turns, instructions=1))
        assert bytes(ours.tokens[: ours.instructions]).decode() == (
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n"
        )


async def test_answer_is_what_its_request_allows(ref: ModelRef) -> None:
    async with loaded(ref, lambda: FakeRunner(endless)) as model:
        request = ask(1, ref, "Hi", max_tokens=5)
        assert await answer(model, request) == ("xxxxx", "length")
        assert await answer(model, structs.replace(request, resume="xxx")) == ("xx", "length")
        boolean = JsonSchema(schema='{"type": "boolean"}')
        assert await answer(model, structs.replace(request, constraint=boolean, max_tokens=10)) == ("false", "stop")


async def test_answers_fail_when_the_decode_thread_breaks_and_none_begins_afterwards(ref: ModelRef) -> None:
    async with loaded(ref, lambda: FakeRunner(broken)) as model:
        request = ask(1, ref, "Hi")
        assert await answer(model, request) == ("", "failed")
        assert model.broken
        with pytest.raises(OperationError):
            await answer(model, request)
        assert not (await model.look()).origins


async def test_look_at_a_model_that_is_closed_meanwhile_ends(ref: ModelRef) -> None:
    async with loaded(ref, lambda: FakeRunner(endless)) as model:
        closing = asyncio.create_task(model.close())
        assert (await model.look()).origins == {}
        await closing
        assert (await model.look()).size == 0


async def test_compiler_that_could_not_be_made_is_made_with_the_next_constraint(
    ref: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_: Tokenizer) -> Compiler:
        raise RuntimeError("can't start new thread")

    request = structs.replace(ask(1, ref, "Hi"), constraint=JsonSchema(schema='{"const": true}'))
    monkeypatch.setattr(engine_model, "Compiler", lacking)
    async with loaded(ref, lambda: FakeRunner(endless)) as model:
        with pytest.raises(RuntimeError):
            await answer(model, request)
        monkeypatch.undo()
        assert await answer(model, request) == ("true", "stop")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Tokenizer]:
    """Vocabularies that compilers were made for."""
    vocabularies: list[Tokenizer] = []

    def make(vocabulary: Tokenizer) -> Compiler:
        vocabularies.append(vocabulary)
        return Compiler(vocabulary)

    monkeypatch.setattr(engine_model, "Compiler", make)
    return vocabularies


async def test_compiler_is_made_beforehand_where_it_holds_up_no_other_model(
    ref: ModelRef, made: list[Tokenizer]
) -> None:
    runner = FakeRunner(endless)
    async with loaded(ref, lambda: runner):
        pass
    assert made == [runner.vocabulary]


async def test_compiler_beside_other_models_is_made_once_for_all_who_need_it(
    ref: ModelRef, made: list[Tokenizer]
) -> None:
    threads: set[DecodeLoop] = set()
    first, second = FakeRunner(endless), FakeRunner(endless)
    async with loaded(ref, lambda: first, threads), loaded(ref, lambda: second, threads) as model:
        request = structs.replace(ask(1, ref, "Hi"), constraint=JsonSchema(schema='{"const": true}'))
        both = await asyncio.gather(answer(model, request), answer(model, request))
        assert tuple(both) == (("true", "stop"), ("true", "stop"))
    assert made == [first.vocabulary, second.vocabulary]


async def test_compiler_beside_other_models_is_not_made_while_nobody_needs_it(
    ref: ModelRef, made: list[Tokenizer]
) -> None:
    threads: set[DecodeLoop] = set()
    first, second = FakeRunner(endless), FakeRunner(endless)
    async with loaded(ref, lambda: first, threads):
        async with loaded(ref, lambda: second, threads) as model:
            assert await answer(model, ask(1, ref, "Hi", max_tokens=5)) == ("xxxxx", "length")
        assert second.closed
    assert made == [first.vocabulary]


async def test_model_whose_thread_does_not_start_leaves_none_to_be_watched(
    ref: ModelRef, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(_: DecodeLoop) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(DecodeLoop, "start", lacking)
    threads: set[DecodeLoop] = set()
    with pytest.raises(RuntimeError):
        await Model.load(ref, lambda *_: FakeRunner(endless), Counters(), threads)
    assert not threads


async def test_model_that_does_not_fit_says_so_to_who_could_make_room(ref: ModelRef) -> None:
    def large() -> FakeRunner:
        raise TooLarge("needs more than is free")

    with pytest.raises(TooLarge, match="needs more"):
        await Model.load(ref, lambda *_: large(), Counters(), set())


async def test_whatever_opening_raises_is_an_operation_error(ref: ModelRef, caplog: pytest.LogCaptureFixture) -> None:
    def flawed() -> FakeRunner:
        raise RuntimeError("a bug")

    with pytest.raises(OperationError) as caught:
        await Model.load(ref, lambda *_: flawed(), Counters(), set())
    assert caught.value.detail == "RuntimeError('a bug')"
    assert "the model could not be loaded" in caplog.text


async def test_model_with_a_template_that_renders_nothing_is_unloaded_again(tmp_path: Path) -> None:
    template = "{{ raise_exception('never') }}"
    ref = model_ref(make_tiny_gguf(tmp_path / "tiny.gguf", SMALL, chat_template=template))
    runner = FakeRunner(endless)
    with pytest.raises(NotSupportedError):
        await Model.load(ref, lambda *_: runner, Counters(), set())
    assert runner.closed


async def test_models_without_a_template_get_a_usual_one(tmp_path: Path) -> None:
    ref = model_ref(make_tiny_gguf(tmp_path / "tiny.gguf", SMALL, chat_template=None))
    async with loaded(ref, lambda: FakeRunner(endless)) as model:
        assert model.prompt(ask(1, ref, "Hi")).tokens
