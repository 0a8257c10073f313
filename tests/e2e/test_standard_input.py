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

CREATED: Final = {
    "{ expectedInputs: [{ type: 'text', languages: ['en', 'EN', 'en-us'] }] }": ["available", "fine"],
    "{ expectedInputs: [{ type: 'text', languages: ['unk'] }] }": ["unavailable", "NotSupportedError"],
    "{ expectedOutputs: [{ type: 'text', languages: ['unk'] }] }": ["unavailable", "NotSupportedError"],
    "{ expectedOutputs: [{ type: 'image' }] }": ["unavailable", "NotSupportedError"],
    "{ expectedOutputs: [{ type: 'audio' }] }": ["unavailable", "NotSupportedError"],
    "{ expectedInputs: [{ type: 'text', languages: ['en_US'] }] }": ["RangeError", "RangeError"],
    "{ expectedInputs: [{ type: 'text', languages: [''] }] }": ["RangeError", "RangeError"],
    "{ expectedInputs: [{ type: 'text', languages: 'en' }] }": ["TypeError", "TypeError"],
    "{ expectedInputs: [{ type: 'soup' }] }": ["TypeError", "TypeError"],
    "{ expectedInputs: [{}] }": ["TypeError", "TypeError"],
    "{ samplingMode: 'default' }": ["TypeError", "TypeError"],
    "{ topK: 0, temperature: -1 }": ["available", "fine"],
    "{ topK: 3, temperature: 1, samplingMode: 'balanced' }": ["available", "fine"],
    "{ signal: AbortSignal.abort(), monitor: 5 }": ["available", "TypeError"],
    "{ monitor: {} }": ["available", "TypeError"],
}
"""Options, and what availability() and create() make of them: a result, or the name of an error."""

OUTCOMES: Final = """
  const session = await LanguageModel.create();
  const readAll = async (stream) => { for await (const chunk of stream); };
  const outcome = (promise) => promise.then(() => 'fine', (error) => error.name);
  const streamed = (...args) => {
    try { return outcome(readAll(session.promptStreaming(...args))); }
    catch (error) { return `threw ${error.name}`; }
  };
"""


def test_input_has_the_size_of_the_text_that_it_stands_for(page: Page) -> None:
    pairs = ", ".join(f"[() => ({value}), {text}]" for value, text in SAME_TEXT.items())
    sizes = page.evaluate(f"""async () => {{
      const sizes = [];
      for (const [make, text] of [{pairs}]) {{
        const session = await LanguageModel.create();
        await session.append(make());
        const measured = await session.measureContextUsage(make());
        sizes.push([session.contextUsage, measured, await session.measureContextUsage(text)]);
      }}
      return sizes;
    }}""")
    assert dict(zip(SAME_TEXT, sizes, strict=True)) == {
        value: [size] * 3 for value, (*_, size) in zip(SAME_TEXT, sizes, strict=True)
    }


@pytest.mark.parametrize("value", ["undefined", "null", "5", "{ role: 'user', content: 'My name is Anna.' }"])
def test_input_is_answered_as_the_text_that_it_stands_for(page: Page, value: str) -> None:
    answers = page.evaluate(f"""async () => {{
      const ask = async (input) =>
        (await LanguageModel.create({{ samplingMode: 'most-predictable' }})).prompt(input);
      return [await ask({value}), await ask({SAME_TEXT[value]})];
    }}""")
    assert answers[0] == answers[1]


def test_bad_prompt_is_refused_by_name_and_leaves_the_session_usable(page: Page) -> None:
    makers = ", ".join(f"() => ({value})" for value in REFUSED)
    seen = page.evaluate(f"""async () => {{ {OUTCOMES}
      const refused = [];
      for (const make of [{makers}]) {{
        refused.push([
          await outcome(session.prompt(make())),
          await outcome(session.append(make())),
          await outcome(session.measureContextUsage(make())),
          (await streamed(make())).replace('threw ', ''),
          await outcome(LanguageModel.create({{ initialPrompts: make() }})),
        ]);
      }}
      return {{ refused, usage: session.contextUsage, after: await outcome(session.prompt('Hello!')) }};
    }}""")
    assert dict(zip(REFUSED, seen["refused"], strict=True)) == {value: [name] * 5 for value, name in REFUSED.items()}
    assert seen["usage"] == 0
    assert seen["after"] == "fine"


def test_bad_options_reject_and_the_streaming_method_throws(page: Page) -> None:
    refused = page.evaluate(f"""async () => {{ {OUTCOMES}
      const refused = [];
      for (const options of [{", ".join(BAD_OPTIONS)}]) {{
        refused.push([await outcome(session.prompt('x', options)), await streamed('x', options),
                      await outcome(session.measureContextUsage('x', options))]);
      }}
      return refused;
    }}""")
    expected = ["TypeError", "threw TypeError", "TypeError"]
    assert dict(zip(BAD_OPTIONS, refused, strict=True)) == dict.fromkeys(BAD_OPTIONS, expected)


def test_options_without_a_known_member_are_no_options(page: Page) -> None:
    taken = page.evaluate(f"""async () => {{ {OUTCOMES}
      const taken = [];
      for (const options of [{", ".join(GOOD_OPTIONS)}]) {{
        taken.push([await outcome(session.prompt('Hello!', options)), await streamed('Hello!', options),
                    await outcome(session.append('x', options)), await outcome(session.clone(options)),
                    await outcome(session.measureContextUsage('x', options)),
                    await outcome(LanguageModel.create(options))]);
      }}
      return taken;
    }}""")
    assert dict(zip(GOOD_OPTIONS, taken, strict=True)) == {options: ["fine"] * 6 for options in GOOD_OPTIONS}


def test_missing_argument_rejects_and_the_streaming_method_throws(page: Page) -> None:
    refused = page.evaluate(f"""async () => {{ {OUTCOMES}
      return [await outcome(session.prompt()), await outcome(session.append()),
              await outcome(session.measureContextUsage()), await streamed()];
    }}""")
    assert refused == ["TypeError"] * 3 + ["threw TypeError"]


def test_empty_and_blank_texts_are_prompted(page: Page) -> None:
    kinds = page.evaluate("""async () => {
      const kinds = [];
      for (const text of ['', ' ', '\\n', ' \\t ']) {
        const session = await LanguageModel.create();
        kinds.push([typeof await session.prompt(text), typeof await session.append(text)]);
      }
      return kinds;
    }""")
    assert kinds == [["string", "undefined"]] * 4


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


def test_options_of_create_and_availability(page: Page) -> None:
    makers = ", ".join(f"() => ({options})" for options in CREATED)
    seen = page.evaluate(f"""async () => {{
      const seen = [], name = (error) => error.name;
      for (const make of [{makers}]) {{
        seen.push([await LanguageModel.availability(make()).catch(name),
                   await LanguageModel.create(make()).then(() => 'fine', name)]);
      }}
      return seen;
    }}""")
    assert dict(zip(CREATED, seen, strict=True)) == CREATED


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
