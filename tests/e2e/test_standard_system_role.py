"""What the standard says of system messages: first, alone, and only while the context is empty."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page

SYSTEM: Final = "{ role: 'system', content: 'Be short.' }"
USER: Final = "{ role: 'user', content: 'Hello!' }"

METHODS: Final = pytest.mark.parametrize("method", ["prompt", "append", "promptStreaming"])

OUTCOMES: Final = """
  const ask = async (session, method, input) => {
    const result = session[method](input);
    if (result instanceof ReadableStream) for await (const chunk of result);
    else await result;
    return 'fine';
  };
  const outcome = (...args) => ask(...args).catch((error) => error.name);
"""


@pytest.mark.parametrize(
    ("initial", "created"),
    [
        (f"[{SYSTEM}]", "fine"),
        (f"[{SYSTEM}, {USER}]", "fine"),
        (f"[{USER}, {SYSTEM}]", "TypeError"),
        (f"[{SYSTEM}, {SYSTEM}]", "TypeError"),
    ],
)
def test_initial_prompts_hold_one_at_their_head(page: Page, initial: str, created: str) -> None:
    seen = page.evaluate(
        f"() => LanguageModel.create({{ initialPrompts: {initial} }}).then(() => 'fine', (error) => error.name)"
    )
    assert seen == created


@METHODS
@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        (f"[{SYSTEM}, {USER}]", "fine"),
        (f"[{SYSTEM}]", "fine"),
        (f"[{USER}, {SYSTEM}]", "TypeError"),
        (f"[{SYSTEM}, {SYSTEM}]", "TypeError"),
    ],
)
def test_first_call_of_an_empty_session_may_bring_one_at_its_head(
    page: Page, method: str, messages: str, expected: str
) -> None:
    seen = page.evaluate(f"""async () => {{ {OUTCOMES}
      return outcome(await LanguageModel.create(), '{method}', {messages});
    }}""")
    assert seen == expected


@METHODS
@pytest.mark.parametrize("before", ["create({ initialPrompts: [USER] })", "create(), true", "create(), false"])
def test_no_later_one_is_taken(page: Page, method: str, before: str) -> None:
    """After initial prompts, after a call that is done, after one that is still running."""
    made, _, waits = before.partition(", ")
    seen = page.evaluate(f"""async () => {{ {OUTCOMES}
      const USER = {USER};
      const session = await LanguageModel.{made};
      const earlier = {f"session.append('x'); if ({waits}) await earlier" if waits else "null"};
      return outcome(session, '{method}', [{SYSTEM}, {USER}]);
    }}""")
    assert seen == "TypeError"


def test_measuring_takes_one_at_any_time(page: Page) -> None:
    seen = page.evaluate(f"""async () => {{
      const session = await LanguageModel.create({{ initialPrompts: [{USER}] }});
      await session.append('x');
      const both = await session.measureContextUsage([{SYSTEM}, {USER}]);
      return both > await session.measureContextUsage([{USER}]);
    }}""")
    assert seen


@METHODS
def test_one_is_taken_at_once_after_the_first_call_was_aborted(page: Page, method: str) -> None:
    seen = page.evaluate(f"""async () => {{ {OUTCOMES}
      const session = await LanguageModel.create(), controller = new AbortController();
      const pending = session.prompt([{SYSTEM}, {USER}], {{ signal: controller.signal }});
      controller.abort();
      const name = await pending.catch((error) => error.name);
      return [name, await outcome(session, '{method}', [{SYSTEM}, {USER}])];
    }}""")
    assert seen == ["AbortError", "fine"]
