"""What the standard says of a page that leaves, aborts or measures while the model is still writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from support.counting_gguf import make_counting_gguf
from support.desk import Desk, set_up

WORDS: Final = 1000
"""With so many layers it takes many seconds to write them, and every test leaves after the first ones."""


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose model writes for long."""
    path = tmp_path_factory.mktemp("models") / "slow.gguf"
    with set_up(model=make_counting_gguf(path, WORDS, layers=16, feed_forward=2048)) as desk:
        desk.allow()
        yield desk


def run(desk: Desk, script: str) -> Any:
    """What the body of an async function returns, in a page with an open ``session``."""
    return desk.page().evaluate(f"async () => {{ const session = await LanguageModel.create(); {script} }}")


@pytest.mark.parametrize(
    "leave",
    [
        "const reader = stream.getReader(); await reader.read(); await reader.cancel('enough'); await reader.closed;",
        "for await (const chunk of stream) break;",
    ],
    ids=["cancel", "break"],
)
def test_stream_that_is_left_surfaces_no_error_and_leaves_no_trace(writing: Desk, leave: str) -> None:
    seen = run(
        writing,
        f"""
        const stream = session.promptStreaming('Count!');
        {leave}
        await session.append('');
        return [session.contextUsage, await session.measureContextUsage('')];
        """,
    )
    assert seen[0] == seen[1]


def test_aborted_stream_is_in_error_with_the_reason_itself(writing: Desk) -> None:
    seen = run(
        writing,
        """
        const controller = new AbortController(), reason = { mine: true };
        const reader = session.promptStreaming('Count!', { signal: controller.signal }).getReader();
        await reader.read();
        controller.abort(reason);
        const drained = (async () => { while (!(await reader.read()).done); })();
        return Promise.all([drained, reader.closed].map((one) => one.then(() => false, (error) => error === reason)));
        """,
    )
    assert seen == [True, True]


def test_measuring_changes_nothing_and_waits_for_nobody(writing: Desk) -> None:
    seen = run(
        writing,
        """
        const controller = new AbortController(), order = [], usage = session.contextUsage;
        const prompted = session.prompt('Count!', { signal: controller.signal }).catch(() => order.push('ended'));
        const size = await session.measureContextUsage('Hello!');
        order.push('measured');
        controller.abort();
        await prompted;
        const again = await session.measureContextUsage('Hello!');
        return { order, steady: size === again, same: usage === session.contextUsage };
        """,
    )
    assert seen == {"order": ["measured", "ended"], "steady": True, "same": True}


def test_destroyed_session_has_its_stream_in_error(writing: Desk) -> None:
    name = run(
        writing,
        """
        const reader = session.promptStreaming('Count!').getReader();
        await reader.read();
        session.destroy();
        return reader.closed.catch((error) => error.name);
        """,
    )
    assert name == "AbortError"
