"""What the standard says of calls at the same time: one after another in a session, and an aborted one leaves no trace.

The model says how often it has spoken in the conversation, so that its answers tell what a call saw.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from support.answering_gguf import make_answering_gguf
from support.desk import Desk, set_up

ANSWERS: Final = ("Zero so far.", "One before this.", "Two already!", "Three then?")


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose model says how often it has spoken, and takes its time: an abort finds it at work."""
    path = tmp_path_factory.mktemp("models") / "remembering.gguf"
    model = make_answering_gguf(path, ANSWERS, layers=8, feed_forward=2048)
    with set_up(model=model) as desk:
        desk.allow()
        yield desk


def run(desk: Desk, script: str) -> Any:
    """What the body of an async function returns, in a page with an open ``session``."""
    page = desk.page()
    try:
        return page.evaluate(f"async () => {{ const session = await LanguageModel.create(); {script} }}")
    finally:
        page.close()


def test_calls_of_one_session_run_in_call_order_and_see_the_earlier_ones(remembering: Desk) -> None:
    seen = run(
        remembering,
        """
        const order = [];
        const noted = (name, promise) => promise.then((answer) => { order.push(name); return answer; });
        const drain = async (stream) => {
          let text = '';
          for await (const chunk of stream) text += chunk;
          return text;
        };
        const calls = [
          noted('prompt', session.prompt('a')),
          noted('append', session.append('b')),
          noted('stream', drain(session.promptStreaming('c'))),
          noted('clone', session.clone()),
          noted('last', session.prompt('d')),
        ];
        const [first, , second, twin, third] = await Promise.all(calls);
        return { order, answers: [first, second, third], twin: await twin.prompt('e') };
        """,
    )
    assert seen == {
        "order": ["prompt", "append", "stream", "clone", "last"],
        "answers": list(ANSWERS[:3]),
        "twin": ANSWERS[2],
    }


def test_many_calls_at_once_all_succeed(remembering: Desk) -> None:
    seen = run(
        remembering,
        """
        const sessions = await Promise.all(Array.from({ length: 6 }, () => LanguageModel.create()));
        const each = (one) => Promise.all([one.prompt('a'), one.prompt('b'), one.measureContextUsage('c')]);
        return (await Promise.all(sessions.map(each))).map(([first, second]) => [first, second]);
        """,
    )
    assert seen == [[ANSWERS[0], ANSWERS[1]]] * 6


def test_sessions_and_clones_know_nothing_of_each_other(remembering: Desk) -> None:
    seen = run(
        remembering,
        """
        await session.prompt('a');
        const twin = await session.clone(), other = await LanguageModel.create();
        return [await twin.prompt('b'), await session.prompt('c'), await other.prompt('d'), await twin.prompt('e')];
        """,
    )
    assert seen == [ANSWERS[1], ANSWERS[1], ANSWERS[0], ANSWERS[2]]


@pytest.mark.parametrize(
    ("method", "running"),
    [("prompt", True), ("promptStreaming", True), ("prompt", False), ("promptStreaming", False), ("append", False)],
)
def test_aborted_call_is_taken_out_and_the_others_go_on(remembering: Desk, method: str, running: bool) -> None:
    seen = run(
        remembering,
        f"""
        const controller = new AbortController(), {{ signal }} = controller;
        const ask = async () => {{
          const result = session.{method}('b', {{ signal }});
          if (result instanceof ReadableStream) for await (const chunk of result);
          return result;
        }};
        const before = {"null" if running else "session.prompt('a')"};
        const aborted = ask().catch((error) => error.name);
        const after = session.prompt('c');
        controller.abort();
        const seen = [await before, await aborted, await after];
        const fresh = await LanguageModel.create();
        {"" if running else "await fresh.prompt('a');"}
        await fresh.prompt('c');
        return {{ seen, traces: session.contextUsage - fresh.contextUsage, next: await session.prompt('d') }};
        """,
    )
    earlier = [None] if running else [ANSWERS[0]]
    answers = ANSWERS if running else ANSWERS[1:]
    assert seen == {"seen": [*earlier, "AbortError", answers[0]], "traces": 0, "next": answers[1]}


def test_failed_call_leaves_no_trace(remembering: Desk) -> None:
    seen = run(
        remembering,
        """
        const usage = session.contextUsage;
        const failed = [
          session.prompt('word '.repeat(100_000)),
          session.append([{ role: 'user', content: 'x', prefix: true }]),
        ];
        const names = await Promise.all(failed.map((one) => one.catch((error) => error.name)));
        return { names, traces: session.contextUsage - usage, answer: await session.prompt('a') };
        """,
    )
    assert seen == {"names": ["QuotaExceededError", "SyntaxError"], "traces": 0, "answer": ANSWERS[0]}
