"""The tasks' interfaces from a page to the Host and back: what needs no capable model."""

from __future__ import annotations

import pytest

from support.desk import Desk

PAIR = "{sourceLanguage: 'en', targetLanguage: 'en-GB'}"


def test_a_language_is_detected_with_und_last(shared_desk: Desk) -> None:
    found = shared_desk.page().evaluate("""async () => {
      const detector = await LanguageDetector.create();
      return detector.detect('Der schnelle braune Fuchs springt über den faulen Hund und läuft in den Wald.');
    }""")
    assert found[0]["detectedLanguage"] == "de"
    assert found[-1]["detectedLanguage"] == "und"


def test_a_translation_into_the_same_language_is_the_input(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate(f"""async () => {{
      const translator = await Translator.create({PAIR});
      const streamed = [];
      for await (const chunk of translator.translateStreaming('Hello you!')) streamed.push(chunk);
      return [await translator.translate('Hello you!'), streamed.join(''), translator.sourceLanguage,
        translator.targetLanguage];
    }}""")
    assert seen == ["Hello you!", "Hello you!", "en", "en-GB"]


@pytest.mark.parametrize(
    ("name", "method", "blank"),
    [("Summarizer", "summarize", ""), ("Writer", "write", ""), ("Rewriter", "rewrite", " ")],
)
def test_blank_input_needs_no_model(shared_desk: Desk, name: str, method: str, blank: str) -> None:
    seen = shared_desk.page().evaluate(f"""async () => {{
      if (await {name}.availability() === 'unavailable') return 'unavailable';
      const object = await {name}.create();
      return [await object.{method}(''), await object.{method}(' '), object.inputQuota > 0];
    }}""")
    assert seen == ["", blank, True]


@pytest.mark.parametrize("name", ["Summarizer", "Writer", "Rewriter", "Proofreader", "LanguageDetector"])
def test_an_origin_without_a_grant_learns_nothing_of_what_is_there(shared_desk: Desk, name: str) -> None:
    page = shared_desk.page(name="stranger")
    assert page.evaluate(f"() => {name}.availability()") == "downloadable"
