"""What the standard says of signals and of destroy(): each method, each moment, seen by a page on the whole road."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page

METHODS: Final = {
    "prompt": "session.prompt('Tell me a story about a dog.', options)",
    "promptStreaming": "readAll(session.promptStreaming('Tell me a story about a dog.', options))",
    "append": "session.append('My name is Anna.', options)",
    "measureContextUsage": "session.measureContextUsage('My name is Anna.', options)",
    "clone": "session.clone(options)",
}
"""A call of each method that takes a signal, as a promise; what ``promptStreaming`` throws rejects it too."""

EACH: Final = pytest.mark.parametrize("method", METHODS)

REASONS: Final = pytest.mark.parametrize("reason", ["undefined", "null", "0", "'why'", "{}", "new TypeError('mine')"])

HELPERS: Final = """
  const readAll = async (stream) => { let text = ''; for await (const chunk of stream) text += chunk; return text; };
  const reasonOf = (promise) => promise.then(() => 'no error', (reason) => reason);
  const nameOf = (promise) => promise.then(() => 'no error', (reason) => reason.name);
"""


def script(body: str, method: str = "prompt") -> str:
    """A page's function; ``call(session, options)`` calls ``method``."""
    return f"async () => {{ {HELPERS} const call = async (session, options) => {METHODS[method]}; {body} }}"


@EACH
def test_signal_aborted_before_rejects_with_its_reason(page: Page, method: str) -> None:
    seen = page.evaluate(
        script(
            """
            const session = await LanguageModel.create(), reason = { mine: true };
            const signal = AbortSignal.abort(reason);
            const same = [await reasonOf(call(session, { signal })), await reasonOf(call(session, { signal }))];
            return { same: same.every((one) => one === reason), usage: session.contextUsage };
            """,
            method,
        )
    )
    assert seen == {"same": True, "usage": 0}


def test_promise_methods_never_throw_and_the_streaming_one_throws_the_reason(page: Page) -> None:
    threw = page.evaluate(
        script("""
            const session = await LanguageModel.create(), reason = { mine: true };
            const options = { signal: AbortSignal.abort(reason) };
            const threw = {};
            for (const [name, args] of Object.entries({
              prompt: ['x', options], append: ['x', options], measureContextUsage: ['x', options],
              clone: [options], promptStreaming: ['x', options],
            })) {
              try { Promise.resolve(session[name](...args)).catch(() => 0); threw[name] = false; }
              catch (error) { threw[name] = error === reason; }
            }
            return threw;
        """)
    )
    assert threw == dict.fromkeys(["prompt", "append", "measureContextUsage", "clone"], False) | {
        "promptStreaming": True
    }


@EACH
def test_signal_aborted_meanwhile_ends_that_call_alone(page: Page, method: str) -> None:
    seen = page.evaluate(
        script(
            """
            const session = await LanguageModel.create(), controller = new AbortController(), reason = { mine: true };
            const pending = call(session, { signal: controller.signal });
            const other = session.measureContextUsage('x');
            controller.abort(reason);
            const same = (await reasonOf(pending)) === reason;
            return { same, other: (await other) > 0, answer: (await session.prompt('Hello!')).length > 0 };
            """,
            method,
        )
    )
    assert seen == {"same": True, "other": True, "answer": True}


@REASONS
def test_any_reason_passes_through_as_it_is(page: Page, reason: str) -> None:
    seen = page.evaluate(
        script(f"""
            const session = await LanguageModel.create(), controller = new AbortController();
            const pending = [call(session, {{ signal: controller.signal }}),
                             LanguageModel.create({{ signal: controller.signal }})];
            controller.abort({reason});
            const reasons = await Promise.all(pending.map(reasonOf));
            return reasons.map((one) => one === controller.signal.reason);
        """)
    )
    assert seen == [True, True]


@EACH
def test_abort_after_the_call_has_finished_changes_nothing(page: Page, method: str) -> None:
    seen = page.evaluate(
        script(
            """
            const session = await LanguageModel.create(), controller = new AbortController();
            const made = await call(session, { signal: controller.signal });
            const usage = session.contextUsage;
            controller.abort();
            const alive = made instanceof LanguageModel ? made : session;
            return { answer: (await alive.prompt('Hello!')).length > 0, kept: session.contextUsage >= usage };
            """,
            method,
        )
    )
    assert seen == {"answer": True, "kept": True}


@EACH
def test_signal_of_create_destroys_the_session_whenever_it_fires(page: Page, method: str) -> None:
    seen = page.evaluate(
        script(
            """
            const controller = new AbortController(), reason = { mine: true };
            const session = await LanguageModel.create({ signal: controller.signal });
            const pending = call(session);
            controller.abort(reason);
            const reasons = [await reasonOf(pending), await reasonOf(call(session)),
                             await reasonOf(call(session, { signal: AbortSignal.abort('later') }))];
            return reasons.map((one) => one === reason);
            """,
            method,
        )
    )
    assert seen == [True, True, True]


@EACH
def test_signal_of_create_goes_before_a_destroy_by_its_own_listener(page: Page, method: str) -> None:
    seen = page.evaluate(
        script(
            """
            const reason = { mine: true }, controller = new AbortController();
            const session = await LanguageModel.create({ signal: controller.signal });
            const pending = reasonOf(call(session));
            controller.signal.addEventListener('abort', () => session.destroy());
            controller.abort(reason);
            return [await pending === reason, await reasonOf(call(session)) === reason];
            """,
            method,
        )
    )
    assert seen == [True, True]


@EACH
def test_destroy_ends_pending_calls_and_refuses_later_ones(page: Page, method: str) -> None:
    seen = page.evaluate(
        script(
            """
            const session = await LanguageModel.create();
            const pending = call(session);
            const returned = session.destroy();
            const names = [await nameOf(pending), await nameOf(call(session))];
            return { names, returned: returned === undefined, again: session.destroy() === undefined };
            """,
            method,
        )
    )
    assert seen == {"names": ["AbortError", "InvalidStateError"], "returned": True, "again": True}


def test_attributes_stay_readable_after_destroy(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const session = await LanguageModel.create({ initialPrompts: [{ role: 'user', content: 'My name is Anna.' }] });
      const read = () => [session.contextUsage, session.contextWindow, session.samplingMode, session.oncontextoverflow];
      const before = read();
      session.destroy();
      return [before, read()];
    }""")
    assert seen[0] == seen[1]
    assert seen[0][0] > 0


def test_clone_outlives_its_source_and_the_signal_that_made_it(page: Page) -> None:
    answers = page.evaluate("""async () => {
      const controller = new AbortController();
      const source = await LanguageModel.create({ signal: controller.signal });
      await source.append('My name is Anna.');
      const clones = [await source.clone(), await source.clone()];
      controller.abort();
      const other = await LanguageModel.create();
      await other.append('My name is Anna.');
      clones.push(await other.clone());
      other.destroy();
      return Promise.all(clones.map((clone) => clone.prompt('What is my name?')));
    }""")
    assert [("Anna" in answer) for answer in answers] == [True] * 3
