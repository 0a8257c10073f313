"""What the standard says of arguments: how they are converted, and what is refused, seen on the whole road."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page

SAME_TEXT: Final = {
    "undefined": "'undefined'",
    "null": "'null'",
    "5": "'5'",
    "true": "'true'",
    "{}": "'[object Object]'",
    "{ role: 'user', content: 'My name is Anna.' }": "'[object Object]'",
    "{ toString: () => 'hello there' }": "'hello there'",
    "[]": "''",
    "[{ role: 'user', content: 'hello there' }]": "'hello there'",
    "[{ role: 'user', content: 5 }]": "'5'",
    "[{ role: 'user', content: [] }]": "''",
    "[{ role: 'user', content: [{ type: 'text', value: 'he' }, { type: 'text', value: 'llo' }] }]": "'hello'",
    "new Set([{ role: 'user', content: 'hello there' }])": "'hello there'",
    "(function* () { yield { role: 'user', content: 'hello there' }; })()": "'hello there'",
}
"""An input, and the text that it stands for."""

REFUSED: Final = {
    "[{ content: 'x' }]": "TypeError",
    "[{ role: 'user' }]": "TypeError",
    "[{ role: 'robot', content: 'x' }]": "TypeError",
    "[{ role: 'user', content: [{ type: 'text' }] }]": "TypeError",
    "[{ role: 'user', content: [{ value: 'x' }] }]": "TypeError",
    "[{ role: 'user', content: [{ type: 'soup', value: 'x' }] }]": "TypeError",
    "[{ role: 'user', content: [{ type: 'text', value: new ArrayBuffer(4) }] }]": "TypeError",
    "[{ role: 'user', content: [{ type: 'image', value: new ImageData(1, 1) }] }]": "NotSupportedError",
    "[{ role: 'user', content: [{ type: 'audio', value: new ArrayBuffer(4) }] }]": "NotSupportedError",
    "[{ role: 'assistant', content: [{ type: 'image', value: new ImageData(1, 1) }] }]": "NotSupportedError",
    "[{ role: 'user', content: 'x', prefix: true }]": "SyntaxError",
    "[{ role: 'assistant', content: 'x', prefix: true }, { role: 'user', content: 'y' }]": "SyntaxError",
    "['x']": "TypeError",
    "[5]": "TypeError",
    "new String('x')": "TypeError",
    "Symbol('x')": "TypeError",
}
"""A prompt, and the name of the error that every method refuses it with. A String object is iterable, so not a text."""

BAD_OPTIONS: Final = ["'x'", "5", "true", "{ signal: null }", "{ signal: {} }", "{ responseConstraint: null }"]
GOOD_OPTIONS: Final = ["undefined", "null", "{}", "{ signal: undefined, responseConstraint: undefined, unknown: 1 }"]

OUTCOMES: Final = """
  const session = await LanguageModel.create();
  const readAll = async (stream) => { for await (const chunk of stream); };
  const outcome = (promise) => promise.then(() => 'fine', (error) => error.name);
  const streamed = (...args) => {
    try { return outcome(readAll(session.promptStreaming(...args))); }
    catch (error) { return `threw ${error.name}`; }
  };
"""


@pytest.mark.parametrize(("value", "text"), SAME_TEXT.items())
def test_input_has_the_size_of_the_text_that_it_stands_for(page: Page, value: str, text: str) -> None:
    sizes = page.evaluate(f"""async () => {{
      const make = () => ({value}), session = await LanguageModel.create();
      await session.append(make());
      const measured = await session.measureContextUsage(make());
      return [session.contextUsage, measured, await session.measureContextUsage({text})];
    }}""")
    assert sizes == [sizes[0]] * 3


@pytest.mark.parametrize("value", ["undefined", "null", "5", "{ role: 'user', content: 'My name is Anna.' }"])
def test_input_is_answered_as_the_text_that_it_stands_for(page: Page, value: str) -> None:
    answers = page.evaluate(f"""async () => {{
      const ask = async (input) =>
        (await LanguageModel.create({{ samplingMode: 'most-predictable' }})).prompt(input);
      return [await ask({value}), await ask({SAME_TEXT[value]})];
    }}""")
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("value", "name"), REFUSED.items())
def test_bad_prompt_is_refused_by_name_and_leaves_the_session_usable(page: Page, value: str, name: str) -> None:
    seen = page.evaluate(f"""async () => {{ {OUTCOMES}
      const make = () => ({value});
      const refused = [
        await outcome(session.prompt(make())),
        await outcome(session.append(make())),
        await outcome(session.measureContextUsage(make())),
        await streamed(make()),
      ];
      const usage = session.contextUsage;
      return {{ refused, usage, after: await outcome(session.prompt('Hello!')) }};
    }}""")
    assert [refused.removeprefix("threw ") for refused in seen["refused"]] == [name] * 4
    assert seen["usage"] == 0
    assert seen["after"] == "fine"


@pytest.mark.parametrize(("value", "name"), [item for item in REFUSED.items() if item[1] == "TypeError"])
def test_bad_initial_prompts_are_refused_as_bad_prompts_are(page: Page, value: str, name: str) -> None:
    refused = page.evaluate(
        f"() => LanguageModel.create({{ initialPrompts: {value} }}).then(() => 'fine', (error) => error.name)"
    )
    assert refused == name


@pytest.mark.parametrize("options", BAD_OPTIONS)
def test_bad_options_reject_and_the_streaming_method_throws(page: Page, options: str) -> None:
    refused = page.evaluate(f"""async () => {{ {OUTCOMES}
      return [await outcome(session.prompt('x', {options})), await streamed('x', {options}),
              await outcome(session.measureContextUsage('x', {options}))];
    }}""")
    assert refused == ["TypeError", "threw TypeError", "TypeError"]


@pytest.mark.parametrize("options", GOOD_OPTIONS)
def test_options_without_a_known_member_are_no_options(page: Page, options: str) -> None:
    taken = page.evaluate(f"""async () => {{ {OUTCOMES}
      return [await outcome(session.prompt('Hello!', {options})), await streamed('Hello!', {options}),
              await outcome(session.append('x', {options})), await outcome(session.clone({options})),
              await outcome(session.measureContextUsage('x', {options})),
              await outcome(LanguageModel.create({options}))];
    }}""")
    assert taken == ["fine"] * 6


def test_missing_argument_rejects_and_the_streaming_method_throws(page: Page) -> None:
    refused = page.evaluate(f"""async () => {{ {OUTCOMES}
      return [await outcome(session.prompt()), await outcome(session.append()),
              await outcome(session.measureContextUsage()), await streamed()];
    }}""")
    assert refused == ["TypeError"] * 3 + ["threw TypeError"]


@pytest.mark.parametrize("text", ["", " ", "\n", "  \t\n  "])
def test_empty_and_blank_texts_are_prompted(page: Page, text: str) -> None:
    kinds = page.evaluate(
        """async (text) => {
      const session = await LanguageModel.create();
      return [typeof await session.prompt(text), await session.append(text)];
    }""",
        text,
    )
    assert kinds == ["string", None]


def test_prefix_is_continued_and_not_repeated(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const session = await LanguageModel.create({ samplingMode: 'most-predictable' });
      const free = await session.clone();
      const whole = await free.prompt('Tell me a story about a dog.');
      const prefix = whole.slice(0, whole.indexOf(' ', 12));
      const rest = await session.prompt([
        { role: 'user', content: 'Tell me a story about a dog.' },
        { role: 'assistant', content: prefix, prefix: true },
      ]);
      return { prefix, rest };
    }""")
    assert seen["rest"]
    assert not seen["rest"].startswith(seen["prefix"])


@pytest.mark.parametrize(
    ("options", "availability", "created"),
    [
        ("{ expectedInputs: [{ type: 'text', languages: ['en', 'EN', 'en-us'] }] }", "available", "fine"),
        ("{ expectedInputs: [{ type: 'text', languages: ['unk'] }] }", "unavailable", "NotSupportedError"),
        ("{ expectedOutputs: [{ type: 'text', languages: ['unk'] }] }", "unavailable", "NotSupportedError"),
        ("{ expectedOutputs: [{ type: 'image' }] }", "unavailable", "NotSupportedError"),
        ("{ expectedOutputs: [{ type: 'audio' }] }", "unavailable", "NotSupportedError"),
        ("{ expectedInputs: [{ type: 'text', languages: ['en_US'] }] }", "RangeError", "RangeError"),
        ("{ expectedInputs: [{ type: 'text', languages: [''] }] }", "RangeError", "RangeError"),
        ("{ expectedInputs: [{ type: 'text', languages: 'en' }] }", "TypeError", "TypeError"),
        ("{ expectedInputs: [{ type: 'soup' }] }", "TypeError", "TypeError"),
        ("{ expectedInputs: [{}] }", "TypeError", "TypeError"),
        ("{ samplingMode: 'default' }", "TypeError", "TypeError"),
        ("{ topK: 0, temperature: -1 }", "available", "fine"),
        ("{ topK: 3, temperature: 1, samplingMode: 'balanced' }", "available", "fine"),
        ("{ signal: AbortSignal.abort(), monitor: 5 }", "available", "TypeError"),
        ("{ monitor: {} }", "available", "TypeError"),
    ],
)
def test_options_of_create_and_availability(page: Page, options: str, availability: str, created: str) -> None:
    seen = page.evaluate(f"""async () => {{
      const name = (error) => error.name;
      return [await LanguageModel.availability({options}).catch(name),
              await LanguageModel.create({options}).then(() => 'fine', name)];
    }}""")
    assert seen == [availability, created]


def test_raw_sampling_parameters_do_not_exist_for_pages(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const session = await LanguageModel.create({ topK: 3, temperature: 1 });
      return [session.topK === undefined, session.temperature === undefined, session.samplingMode];
    }""")
    assert seen == [True, True, "balanced"]


def test_members_of_options_are_read_once_and_in_the_order_of_the_idl(page: Page) -> None:
    read = page.evaluate("""async () => {
      const read = [];
      const watched = (members) => new Proxy(members, {
        get(target, name) { read.push(String(name)); return target[name]; },
      });
      const session = await LanguageModel.create();
      await session.append(watched([watched({ role: 'user', content: 'x' })]), watched({}));
      return read.filter((name) => !name.startsWith('Symbol') && !/^\\d+$|^length$/.test(name));
    }""")
    assert read == ["content", "prefix", "role", "signal"]
