"""What stands before an answer, so that its model does not think aloud first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine import answer_opening
from windowsill.engine.answer_opening import AnswerOpening
from windowsill.engine.chat_template import ChatTemplate
from windowsill.engine.stand_ins import Piece
from windowsill.engine_protocol import Turn

QUESTION = Piece("Hi", marker=False)
GIVEN = Piece("Yes", marker=False)

pieces = st.lists(st.builds(Piece, st.text(), marker=st.booleans()))
LAID_OUT = (
    "{% for message in messages %}<{{ message.role }}>"
    "{% if message.role == 'assistant' %}BEFORE{% endif %}{{ message.content }}{% endfor %}"
    "{% if add_generation_prompt %}<assistant>OPENED{% endif %}"
)


def marker(text: str) -> Piece:
    return Piece(text, marker=True)


def opened(before: str, end: str, *, continues: bool = False, resume: str = "") -> str:
    """What stands behind the last question."""
    template = ChatTemplate(LAID_OUT.replace("BEFORE", before).replace("OPENED", end))
    talk = [Turn(role="user", content="Hi"), Turn(role="assistant", content="Yes"), Turn(role="user", content="So?")]
    talk += [Turn(role="assistant", content="Well")] if continues else []
    text = "".join([piece.text for piece in template.render(talk, continues=continues, resume=resume)])
    return text.rpartition("So?")[2]


@pytest.mark.parametrize(
    ("before", "end", "begun"),
    [
        ("", "", ""),
        (" ", "", ""),
        ("<final>", "", "<final>"),
        ("<think></think>", "<think>", "<think></think>"),
        ("", "<think>\n", "<think>\n\n</think>\n\n"),
        ("", "<think></think>", "<think></think>"),
        ("<think>\n", "<think>\n", "<think>\n\n</think>\n\n"),
    ],
)
def test_answer_begins_as_given_ones_did_and_never_within_a_thought(before: str, end: str, begun: str) -> None:
    assert opened(before, end) == f"<assistant>{begun}"


def test_template_that_opens_no_answer_has_it_opened_as_given_ones_were() -> None:
    source = "{% for message in messages %}<{{ message.role }}>{{ message.content }}{% endfor %}"
    rendered = ChatTemplate(source).render([Turn(role="user", content="Hi")])
    assert [piece.text for piece in rendered] == ["<user>", "Hi", "<assistant>"]


def test_answer_that_goes_on_stands_behind_the_closed_thought() -> None:
    assert opened("", "<think>\n", continues=True, resume=", no") == "<assistant><think>\n\n</think>\n\nWell, no"


def test_page_that_ends_as_a_thought_begins_changes_nothing() -> None:
    content = Piece("<think>", marker=False)
    assert AnswerOpening().completed([content]) == [content]


@given(asked=pieces, answered=pieces, prompt=pieces)
def test_nothing_is_changed_but_the_end_of_the_markup(
    asked: list[Piece], answered: list[Piece], prompt: list[Piece]
) -> None:
    completed = answer_opening.learn(asked, answered).completed(prompt)
    assert completed[: len(prompt) - 1] == prompt[:-1]
    assert "".join([piece.text for piece in completed]).startswith("".join([piece.text for piece in prompt]))
    assert [piece for piece in completed if not piece.marker] == [piece for piece in prompt if not piece.marker]


@given(end=st.text(min_size=1), more=st.text())
def test_what_given_answers_have_besides_is_learnt(end: str, more: str) -> None:
    asked = [QUESTION, marker(end)]
    opening = answer_opening.learn(asked, [QUESTION, marker(end + more), GIVEN])
    assert opening == (AnswerOpening(end, more) if more.strip() else AnswerOpening())
    if opening.lacking:
        assert opening.completed(asked) == [QUESTION, marker(end + more)]


@given(answered=st.sampled_from([[], [GIVEN], [QUESTION, GIVEN], [QUESTION, marker("other"), GIVEN]]))
def test_nothing_is_learnt_from_answers_that_are_laid_out_otherwise(answered: list[Piece]) -> None:
    assert answer_opening.learn([QUESTION, marker("<assistant>")], answered) == AnswerOpening()
