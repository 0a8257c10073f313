"""Of which types a correction is, and why it was made."""

from __future__ import annotations

import anyio
import pytest

from support.fake_link import FakeGeneration, FakeLink
from support.task_model import task_model
from windowsill.engine_protocol import RegExp
from windowsill.errors import NotSupportedError, UnknownError, UnmetConstraintError, WindowsillError
from windowsill.protocol import CorrectionType
from windowsill.tasks.proofread_diff import Edit
from windowsill.tasks.proofread_notes import (
    CONTEXT_CHARACTERS,
    EXPLANATION_INSTRUCTIONS,
    NOTE_TOKENS,
    SHOWN_CHARACTERS,
    TYPE_INSTRUCTIONS,
    Asked,
    Notes,
    notes,
    shown_types,
)

pytestmark = pytest.mark.anyio

TEXT = "I has teh key."
TEH = Edit(6, 9, "the")
TYPES = Asked(types=True, explanations=False, language=None)
EXPLANATIONS = Asked(types=False, explanations=True, language="de")
BOTH = Asked(types=True, explanations=True, language=None)


@pytest.mark.parametrize(
    ("old", "new", "types"),
    [
        ("", ",", ("punctuation",)),
        (" ", "-", ("punctuation",)),
        ("its", "it's", ("punctuation",)),
        ("  ", " ", ("punctuation",)),
        ("paris", "Paris", ("capitalization",)),
        ("im", "I'm", ("capitalization", "punctuation")),
        ("alot", "a lot", ("spelling",)),
        ("can not", "cannot", ("spelling",)),
        ("", "the ", ("grammar",)),
        ("the ", "", ("grammar",)),
        ("House", "The house", ("grammar",)),
        ("teh", "the", ()),
        ("has", "have", ()),
        ("strasse", "Straße", ()),
        ("of", "have been", ()),
    ],
)
def test_types_that_the_characters_show_are_not_asked_for(
    old: str, new: str, types: tuple[CorrectionType, ...]
) -> None:
    assert shown_types(old, new) == types


class Noted:
    """What was told, and the questions that it took."""

    def __init__(self, notes: Notes, generations: list[FakeGeneration]) -> None:
        self.notes = notes
        self.generations = generations


async def noted(
    asked: Asked, *answers: str | WindowsillError, edit: Edit = TEH, text: str = TEXT, window: int = 8000
) -> Noted:
    """What is told of the edit by a model that answers so."""
    link, generations, told = FakeLink(context_window=window), list[FakeGeneration](), list[Notes]()

    async def tell() -> None:
        told.append(await notes(text, edit, asked, task_model(link)))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(tell)
        for answer in answers:
            generations.append(await link.generation())
            if isinstance(answer, WindowsillError):
                generations[-1].fail(answer)
            else:
                generations[-1].write(*answer)
                generations[-1].end()
    return Noted(told[0], generations)


async def test_a_model_decides_what_does_not_show_and_can_say_nothing_else() -> None:
    noted_types = await noted(TYPES, "spelling")
    assert noted_types.notes == Notes(types=("spelling",))
    (generation,) = noted_types.generations
    assert generation.constraint == RegExp(source="(?:spelling|grammar)", flags="")
    assert generation.last
    assert generation.instructions == 1
    assert generation.turns[0].content == TYPE_INSTRUCTIONS
    assert "<old>\nteh\n</old>" in generation.turns[1].content
    assert "<new>\nthe\n</new>" in generation.turns[1].content


async def test_an_explanation_is_one_line_in_the_language_that_the_page_asks_for() -> None:
    explained = await noted(EXPLANATIONS, "Das Wort war falsch geschrieben. ")
    assert explained.notes == Notes(explanation="Das Wort war falsch geschrieben.")
    (generation,) = explained.generations
    assert generation.constraint == RegExp(source=r"\S.{0,199}", flags="")
    assert generation.turns[0].content == EXPLANATION_INSTRUCTIONS
    assert "<language>\nGerman (de)\n</language>" in generation.turns[1].content


async def test_both_are_told_of_one_correction() -> None:
    assert (await noted(BOTH, "grammar", "Why.")).notes == Notes(types=("grammar",), explanation="Why.")


@pytest.mark.parametrize("error", [NotSupportedError("no"), UnmetConstraintError("no")])
async def test_a_model_that_cannot_be_held_to_the_form_costs_the_note_alone(error: WindowsillError) -> None:
    assert (await noted(BOTH, error, error)).notes == Notes(types=("grammar",))


async def test_another_error_of_the_model_is_an_error() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        await noted(BOTH, UnknownError("gone"))
    assert caught.group_contains(UnknownError)


@pytest.mark.parametrize(("room", "shown"), [(5000, CONTEXT_CHARACTERS[0]), (600, CONTEXT_CHARACTERS[1]), (480, 0)])
async def test_the_model_is_shown_a_bounded_part_of_a_long_text_that_fits_its_window(room: int, shown: int) -> None:
    text = "x" * 1000 + "a" * 3000 + "y" * 1000
    edit = Edit(1000, 4000, "b" * 3000)
    window = len(TYPE_INSTRUCTIONS) + NOTE_TOKENS + room
    (generation,) = (await noted(TYPES, "grammar", edit=edit, text=text, window=window)).generations
    corrected = "x" * shown + "b" * SHOWN_CHARACTERS + "y" * shown
    assert f"<corrected>\n{corrected}\n</corrected>" in generation.turns[1].content


async def test_a_window_without_room_costs_the_note_alone() -> None:
    assert (await noted(BOTH, window=len(TYPE_INSTRUCTIONS))).notes == Notes(types=("grammar",))
