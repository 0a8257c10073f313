"""What the standard says of usage, of overflow and of quotas: arithmetic that a page can check."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page

FILL: Final = """
  const filler = 'The sun is warm and the sky is blue. '.repeat(10);
  const size = await session.measureContextUsage(filler);
  const rounds = Math.ceil((session.contextWindow - session.contextUsage) / size) + 1;
  for (let round = 0; round < rounds; round += 1) await session.append(filler);
"""
"""More than fits into ``session``."""

INITIAL: Final = "[{ role: 'system', content: 'Be short.' }, { role: 'user', content: 'My name is Anna.' }]"


@pytest.mark.parametrize(
    "options",
    [
        "{}",
        "{ initialPrompts: [] }",
        f"{{ initialPrompts: {INITIAL} }}",
        "{ initialPrompts: [{ role: 'user', content: '' }] }",
    ],
)
def test_usage_after_create_is_that_of_the_initial_prompts(page: Page, options: str) -> None:
    seen = page.evaluate(f"""async () => {{
      const options = {options};
      const session = await LanguageModel.create(options);
      const empty = await LanguageModel.create();
      const given = options.initialPrompts?.length ? await empty.measureContextUsage(options.initialPrompts) : 0;
      return {{ usage: session.contextUsage, given, window: session.contextWindow === empty.contextWindow }};
    }}""")
    assert seen["usage"] == seen["given"]
    assert seen["window"]


def test_usage_grows_by_what_was_measured_with_each_append(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const session = await LanguageModel.create();
      const texts = ['', 'Hello!', 'My name is Anna.', 'zwölf Boxkämpfer 🦊 jagen'];
      let expected = 0;
      const seen = [];
      for (const text of texts) {
        expected += await session.measureContextUsage(text);
        await session.append(text);
        seen.push(session.contextUsage - expected);
      }
      return seen;
    }""")
    assert seen == [0] * 4


def test_usage_grows_by_the_prompt_and_its_answer(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const session = await LanguageModel.create();
      const question = await session.measureContextUsage('Tell me a story about a dog.');
      const text = await session.prompt('Tell me a story about a dog.');
      const answer = await session.measureContextUsage([{ role: 'assistant', content: text }]);
      const streamed = await session.clone();
      let more = '';
      for await (const chunk of streamed.promptStreaming('And a cat?')) more += chunk;
      return {
        prompted: session.contextUsage - question - answer,
        streamed: streamed.contextUsage - session.contextUsage - await session.measureContextUsage('And a cat?')
          - await session.measureContextUsage([{ role: 'assistant', content: more }]),
      };
    }""")
    assert abs(seen["prompted"]) <= 2
    assert abs(seen["streamed"]) <= 2


def test_clone_has_the_usage_and_the_window_of_its_source(page: Page) -> None:
    seen = page.evaluate(f"""async () => {{
      const session = await LanguageModel.create({{ initialPrompts: {INITIAL}, samplingMode: 'creative' }});
      await session.append('Hello!');
      const clone = await session.clone();
      const facts = (one) => [one.contextUsage, one.contextWindow, one.samplingMode, one.oncontextoverflow];
      const before = [facts(session), facts(clone)];
      await clone.append('Hello!');
      return {{ before, after: [session.contextUsage, clone.contextUsage] }};
    }}""")
    assert seen["before"][0] == seen["before"][1]
    assert seen["after"][0] == seen["before"][0][0] < seen["after"][1]


def test_overflow_is_a_plain_event_before_the_call_settles(page: Page) -> None:
    seen = page.evaluate(f"""async () => {{
      const session = await LanguageModel.create();
      const heard = [];
      let settled = false;
      const note = (event) => heard.push([event.type, event.constructor === Event, event.target === session,
                                          event.bubbles, event.cancelable, settled]);
      for (const type of ['contextoverflow', 'quotaoverflow']) session.addEventListener(type, note);
      const append = session.append.bind(session);
      session.append = (input) => {{
        settled = false;
        return append(input).then(() => {{ settled = true; }});
      }};
      {FILL}
      const unique = new Set(heard.map((one) => JSON.stringify(one)));
      return [...unique].map((one) => JSON.parse(one));
    }}""")
    assert seen == [[name, True, True, False, False, False] for name in ("contextoverflow", "quotaoverflow")]


def test_overflow_never_drops_initial_prompts(page: Page) -> None:
    seen = page.evaluate(f"""async () => {{
      const session = await LanguageModel.create({{ initialPrompts: {INITIAL} }});
      const pinned = session.contextUsage;
      let overflows = 0;
      session.oncontextoverflow = () => {{ overflows += 1; }};
      {FILL}
      const fits = session.contextUsage <= session.contextWindow;
      return {{ overflows, fits, calls: (session.contextUsage - pinned) / size }};
    }}""")
    assert seen["overflows"] >= 1
    assert seen["fits"]
    assert float(seen["calls"]).is_integer()


def test_overflow_never_drops_a_system_message_of_the_first_call(page: Page) -> None:
    seen = page.evaluate(f"""async () => {{
      const session = await LanguageModel.create();
      await session.append([{{ role: 'system', content: 'Be short.' }}, {{ role: 'user', content: 'Hello!' }}]);
      const system = await session.measureContextUsage([{{ role: 'system', content: 'Be short.' }}]);
      {FILL}
      return (session.contextUsage - system) / size;
    }}""")
    assert float(seen).is_integer()


@pytest.mark.parametrize("method", ["prompt", "promptStreaming", "append"])
def test_input_that_never_fits_is_refused_with_numbers_and_drops_nothing(page: Page, method: str) -> None:
    seen = page.evaluate(
        """async (method) => {
      const session = await LanguageModel.create();
      await session.append('My name is Anna.');
      const before = session.contextUsage;
      let overflows = 0;
      session.oncontextoverflow = () => { overflows += 1; };
      const text = 'one two three four five '.repeat(4000);
      const measured = await session.measureContextUsage(text);
      const ask = async () => {
        const result = session[method](text);
        if (result instanceof ReadableStream) for await (const chunk of result);
        else await result;
      };
      const error = await ask().catch((reason) => reason);
      return {
        own: error instanceof QuotaExceededError && error instanceof DOMException, name: error.name,
        quota: error.quota === session.contextWindow, over: error.requested > error.quota,
        near: Math.abs(error.requested - measured) <= 50, overflows, same: session.contextUsage === before,
      };
    }""",
        method,
    )
    assert seen == {
        "own": True,
        "name": "QuotaExceededError",
        "quota": True,
        "over": True,
        "near": True,
        "overflows": 0,
        "same": True,
    }


def test_initial_prompts_that_never_fit_are_refused_with_their_size(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const initialPrompts = [{ role: 'user', content: 'one two three four five '.repeat(4000) }];
      const session = await LanguageModel.create();
      const error = await LanguageModel.create({ initialPrompts }).catch((reason) => reason);
      return { own: error instanceof QuotaExceededError, quota: error.quota === session.contextWindow,
               requested: error.requested === await session.measureContextUsage(initialPrompts) };
    }""")
    assert seen == {"own": True, "quota": True, "requested": True}
