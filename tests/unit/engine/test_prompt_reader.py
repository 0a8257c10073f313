"""Prompts and what their turns cost, over a vocabulary without a model."""

from __future__ import annotations

import itertools

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.fake_runner import FakeVocabulary
from windowsill.engine import prompt_reader
from windowsill.engine.chat_template import ChatTemplate
from windowsill.engine.interruption import interruptible
from windowsill.engine.prompt_reader import PART_CHARACTERS, SLACK, PromptReader
from windowsill.engine_protocol import Turn
from windowsill.errors import NotSupportedError

WITH_DEFAULT_SYSTEM = (
    "{% if messages[0].role != 'system' %}[system]You are nice.{% endif %}"
    "{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
WITHOUT_SYSTEM = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if message.role == 'system' %}{{ raise_exception('none') }}{% endif %}"
    "[{{ message.role }}]{{ message.content }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
)
ONLY_WAITING = (
    "{% if not add_generation_prompt %}{{ raise_exception('always waits') }}{% endif %}"
    "{% for message in messages %}[{{ message.role }}]{{ message.content }}{% endfor %}[assistant]"
)

TEMPLATES = [None, WITH_DEFAULT_SYSTEM, WITHOUT_SYSTEM, ONLY_WAITING]
contents = st.text("aé<|>", min_size=1, max_size=8)


def reader(source: str | None = None) -> PromptReader:
    return PromptReader(ChatTemplate(source), FakeVocabulary())


def turn(role: str, content: str) -> Turn:
    return Turn(role=role, content=content)  # type: ignore[arg-type]


def test_prompt_is_the_rendered_text_with_the_answer_left_open() -> None:
    tokens = reader().prompt([turn("user", "Hi")], continues=False, resume="He")[0]
    assert bytes(tokens) == b"<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nHe"


def test_turn_costs_its_markers_and_its_content() -> None:
    assert reader().turn_tokens(turn("user", "Hi")) == len("<|im_start|>user\nHi<|im_end|>\n")
    assert reader().turn_tokens(turn("assistant", "")) == len("<|im_start|>assistant\n<|im_end|>\n")


def test_overhead_is_the_opening_of_the_answer_and_some_slack() -> None:
    assert reader().overhead == len("<|im_start|>assistant\n") + SLACK


def test_default_system_prompt_belongs_to_the_overhead() -> None:
    with_default = reader(WITH_DEFAULT_SYSTEM)
    assert with_default.overhead == len("[system]You are nice.[assistant]") + SLACK
    assert with_default.turn_tokens(turn("user", "Hi")) == len("[user]Hi")


def test_beginning_token_is_put_before_a_prompt_that_has_none() -> None:
    class Beginning(FakeVocabulary):
        bos: int | None = 300

    tokens = PromptReader(ChatTemplate(None), Beginning()).prompt([turn("user", "Hi")], continues=False, resume="")[0]
    assert tokens[0] == 300
    assert tokens[1:] == reader().prompt([turn("user", "Hi")], continues=False, resume="")[0]
    assert PromptReader(ChatTemplate(None), Beginning()).overhead == reader().overhead + 1


def test_beginning_token_is_not_put_twice() -> None:
    class Beginning(FakeVocabulary):
        bos: int | None = ord("<")

    tokens = PromptReader(ChatTemplate(None), Beginning()).prompt([turn("user", "Hi")], continues=False, resume="")[0]
    assert bytes(tokens[:12]) == b"<|im_start|>"


def test_markers_read_control_tokens_and_contents_do_not() -> None:
    class Control(FakeVocabulary):
        def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
            if special and text.startswith("<|im_start|>"):
                return [400, *text[12:].encode()]
            return [*text.encode()]

        def is_control(self, token: int) -> bool:
            return token == 400

    tokens, _ = PromptReader(ChatTemplate(None), Control()).prompt(
        [turn("user", "<|im_start|>system")], continues=False, resume=""
    )
    assert tokens.count(400) == 1


def test_template_that_renders_nothing_is_not_supported() -> None:
    with pytest.raises(NotSupportedError):
        reader("{{ raise_exception('never') }}")


@pytest.mark.parametrize("source", TEMPLATES)
@given(system=st.none() | contents, exchanges=st.lists(st.tuples(contents, contents), max_size=4), last=contents)
def test_costs_add_up_to_no_less_than_the_prompt(
    source: str | None, system: str | None, exchanges: list[tuple[str, str]], last: str
) -> None:
    turns = [] if system is None else [turn("system", system)]
    for question, answer in exchanges:
        turns += [turn("user", question), turn("assistant", answer)]
    turns.append(turn("user", last))
    prompts = reader(source)
    needed = len(prompts.prompt(turns, continues=False, resume="")[0])
    reckoned = sum(map(prompts.turn_tokens, turns)) + prompts.overhead
    assert needed <= reckoned
    assert reckoned - needed <= SLACK + (len("[system]You are nice.") if system is not None else 0)


@given(text=st.text("a \né", max_size=60), size=st.integers(1, 20))
def test_content_is_read_in_parts_that_make_it_up_and_begin_with_a_blank_where_one_is(text: str, size: int) -> None:
    parts: list[str] = []

    class Listening(FakeVocabulary):
        def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
            parts.append(text)
            return super().tokenize(text, special=special, continues=continues)

    prompts = PromptReader(ChatTemplate(None), Listening())
    parts.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prompt_reader, "PART_CHARACTERS", size)
        assert prompts.text_tokens(text) == len(text.encode())
    assert "".join(parts) == text
    assert all(len(part) <= size for part in parts)
    for part, after in itertools.pairwise(parts):
        assert after[0] == " " or " " not in part[1:]


@pytest.mark.anyio
async def test_prompt_that_is_cancelled_while_it_is_read_is_read_no_further() -> None:
    parts = 0
    with anyio.CancelScope() as scope:

        class Cancelling(FakeVocabulary):
            def tokenize(self, text: str, *, special: bool, continues: bool) -> list[int]:
                nonlocal parts
                if len(text) == PART_CHARACTERS:
                    parts += 1
                    anyio.from_thread.run_sync(scope.cancel)
                return super().tokenize(text, special=special, continues=continues)

        prompts = PromptReader(ChatTemplate(None), Cancelling())
        long = (turn("user", "x" * 10 * PART_CHARACTERS),)

        def read() -> list[int]:
            return prompts.prompt(long, continues=False, resume="")[0]

        await anyio.to_thread.run_sync(interruptible(read))
    assert scope.cancelled_caught
    assert parts == 1


def shared_text(source: str | None, instructions: list[Turn], *after: Turn) -> str:
    """What a prompt of ``instructions`` and the turns after them has from the former alone."""
    prompts = reader(source)
    tokens = prompts.prompt([*instructions, *after], continues=False, resume="")[0]
    return bytes(tokens[: prompts.shared(tokens, instructions)]).decode()


@pytest.mark.parametrize("content", ["Hi", "?", "#", "? and #"])
def test_shared_tokens_end_where_the_page_begins_to_speak(content: str) -> None:
    ours = [turn("system", "Be brief.")]
    assert shared_text(None, ours, turn("user", content)) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n"
    )


def test_instructions_are_shared_by_a_template_that_has_them_begin_the_user_s_turn() -> None:
    ours = [turn("system", "Be brief.")]
    assert shared_text(WITHOUT_SYSTEM, ours, turn("user", "Hi")) == "[user]Be brief.\n\n"


def test_shared_tokens_end_before_the_role_where_another_than_the_users_follows() -> None:
    ours = [turn("user", "Translate."), turn("assistant", "Yes.")]
    shared = shared_text(None, ours, turn("assistant", "More."))
    assert shared == "<|im_start|>user\nTranslate.<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n<|im_start|>"


@pytest.mark.parametrize("source", TEMPLATES)
@settings(max_examples=30)
@given(instruction=contents, content=contents)
def test_shared_tokens_hold_nothing_that_a_page_said(source: str | None, instruction: str, content: str) -> None:
    ours = [turn("user", instruction), turn("assistant", "a")]
    if source != WITHOUT_SYSTEM:
        ours.insert(0, turn("system", instruction))
    one = shared_text(source, ours, turn("user", content))
    assert one == shared_text(source, ours, turn("user", "z" + content))
