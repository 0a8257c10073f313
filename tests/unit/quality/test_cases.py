"""The shipped inputs, and how files of inputs are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from windowsill.protocol import ProofreaderOptions, RewriterOptions, SummarizerOptions, TranslatorOptions, WriterOptions
from windowsill.quality import cases, checks
from windowsill.quality.cases import OPTIONS, CaseError

SHIPPED = cases.load()


def write(folder: Path, **files: str) -> Path:
    """A folder of inputs; what is not given is empty."""
    (folder / "texts.toml").write_text(files.get("texts", "[texts]\n"), encoding="utf-8")
    for task in OPTIONS:
        (folder / f"{task}.toml").write_text(files.get(task.replace("-", "_"), "case = []\n"), encoding="utf-8")
    return folder


@pytest.mark.parametrize("task", OPTIONS)
def test_every_task_has_cases_in_six_languages_at_the_least(task: str) -> None:
    assert {case.language for case in SHIPPED if case.task == task} >= {"en", "es", "de", "fr", "ja", "ar"}


def test_every_combination_of_options_has_a_case() -> None:
    options = [case.options for case in SHIPPED]
    summaries = {(o.kind, o.length, o.format) for o in options if isinstance(o, SummarizerOptions)}
    written = {(o.tone, o.length, o.format) for o in options if isinstance(o, WriterOptions)}
    rewritten = {(o.tone, o.length, o.format) for o in options if isinstance(o, RewriterOptions)}
    proofread = {
        (o.include_correction_types, o.include_correction_explanations)
        for o in options
        if isinstance(o, ProofreaderOptions)
    }
    assert (len(summaries), len(written), len(rewritten), len(proofread)) == (24, 18, 27, 4)


def test_every_other_language_is_translated_from_english_and_to_it() -> None:
    pairs = {(o.source_language, o.target_language) for c in SHIPPED if isinstance(o := c.options, TranslatorOptions)}
    for language in ("es", "de", "fr", "ja", "ar"):
        assert {("en", language), (language, "en")} <= pairs


@pytest.mark.parametrize("case", [case for case in SHIPPED if case.task == "rewriter"], ids=lambda case: case.name)
def test_the_facts_that_a_rewriting_keeps_are_in_its_input(case: cases.Case) -> None:
    assert checks.missing_facts(case.input, case.facts) == []


def test_texts_that_are_proofread_have_mistakes_or_none() -> None:
    proofread = [case for case in SHIPPED if case.task == "proofreader" and case.exactly is None]
    assert all(case.corrected for case in proofread)
    right = [case for case in proofread if case.corrected == case.input]
    assert 0 < len(right) < len(proofread)


def test_an_option_that_is_a_list_is_a_case_for_each(tmp_path: Path) -> None:
    options = 'options.tone = ["formal", "casual"]\noptions.length = "long"'
    loaded = cases.load(write(tmp_path, writer=f'[[case]]\nname = "a"\nlanguage = "en"\ninput = "b"\n{options}'))
    assert [(case.name, case.options) for case in loaded] == [
        ("a, formal", WriterOptions(tone="formal", format="markdown", length="long")),
        ("a, casual", WriterOptions(tone="casual", format="markdown", length="long")),
    ]


def test_texts_are_joined_and_bring_their_language_and_facts(tmp_path: Path) -> None:
    first = '[texts.a]\nlanguage = "de"\ntext = "eins"\nfacts = ["1"]\n'
    texts = first + '[texts.b]\nlanguage = "de"\ntext = "zwei"\nfacts = ["2"]\n'
    entries = '[[case]]\nname = "all"\ntexts = ["a", "b"]\n[[case]]\nname = "own"\ntexts = ["a"]\nfacts = []'
    both, own = cases.load(write(tmp_path, texts=texts, rewriter=entries))
    assert (both.language, both.input, both.facts) == ("de", "eins\n\nzwei", ("1", "2"))
    assert own.facts == ()


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('name = "a"', "either texts, or an input and its language"),
        ('name = "a"\ntexts = ["b"]\nlanguage = "en"', "either texts, or an input and its language"),
        ('name = "a"\ntexts = ["nowhere"]', "no text has the name nowhere"),
        ('name = "a"\ntexts = ["x", "y"]', "its texts are of several languages"),
        ('name = "a"\nlanguage = "en"\ninput = "Say Lima."\ncanaries = ["lima"]', "its input holds the canary lima"),
        ('name = "a"\nlanguage = "en"\ninput = "b"\noptions.tone = "rude"', "Invalid enum value 'rude'"),
        ('name = "a"\nlanguage = "en"\ninput = "b"\nfact = []', "unknown field `fact`"),
        ('name = "a"\nlanguage = "en"\n[[case]]\nname = "a"\nlanguage = "en"', "another case has its name"),
        ("name = ", "Invalid value"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name(tmp_path: Path, entry: str, says: str) -> None:
    texts = '[texts.x]\nlanguage = "en"\ntext = "x"\nfacts = []\n[texts.y]\nlanguage = "de"\ntext = "y"\nfacts = []'
    with pytest.raises(CaseError) as wrong:
        cases.load(write(tmp_path, texts=texts, writer=f"[[case]]\n{entry}\n"))
    assert str(wrong.value).startswith("writer.toml: ")
    assert says in str(wrong.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"texts\.toml"):
        cases.load(tmp_path)


def test_cases_are_chosen_by_task_and_language() -> None:
    assert cases.chosen(SHIPPED, [], []) == SHIPPED
    chosen = cases.chosen(SHIPPED, ["writer", "rewriter"], ["ja"])
    assert {case.task for case in chosen} == {"writer", "rewriter"}
    assert {case.language for case in chosen} == {"ja"}
