"""The Vercel AI SDK generates and streams text with the browser's model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from support.ai_sdk import PROVIDERS, desk_with_ai_sdk, run
from support.counting_gguf import counted, make_counting_gguf
from support.desk import Desk

WORDS: Final = 40


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose model counts."""
    folder = tmp_path_factory.mktemp("ai_sdk")
    with desk_with_ai_sdk(folder, make_counting_gguf(folder / "counting.gguf", WORDS)) as desk:
        yield desk


@PROVIDERS
def test_generate_text_gives_the_models_answer(counting: Desk, provider: str) -> None:
    seen = run(
        counting,
        provider,
        """
        const { text, finishReason, warnings } =
          await sdk.generateText({ model, system: 'You count.', prompt: 'Count!' });
        return { text, finishReason, warnings, availability: await model.availability() };
        """,
    )
    assert seen == {"text": counted(WORDS), "finishReason": "stop", "warnings": [], "availability": "available"}


@PROVIDERS
def test_stream_text_gives_the_same_answer_in_parts(counting: Desk, provider: str) -> None:
    seen = run(
        counting,
        provider,
        """
        const result = sdk.streamText({ model, prompt: 'Count!' });
        const parts = [];
        for await (const part of result.textStream) parts.push(part);
        return { parts, finishReason: await result.finishReason, usage: (await result.usage).inputTokens };
        """,
    )
    assert "".join(seen["parts"]) == counted(WORDS)
    assert seen["finishReason"] == "stop"
    assert seen["usage"] > WORDS


@PROVIDERS
def test_conversation_that_is_sent_again_with_each_call_goes_on(counting: Desk, provider: str) -> None:
    texts = run(
        counting,
        provider,
        """
        const messages = [], texts = [];
        for (let round = 0; round < 3; round += 1) {
          messages.push({ role: 'user', content: 'Count!' });
          const { text } = await sdk.generateText({ model, messages });
          messages.push({ role: 'assistant', content: text });
          texts.push(text);
        }
        return texts;
        """,
    )
    assert texts == [counted(WORDS)] * 3


def test_create_session_with_progress_tells_the_progress(counting: Desk) -> None:
    fractions = run(
        counting,
        "browserAI",
        "const told = []; await model.createSessionWithProgress((fraction) => told.push(fraction)); return told;",
    )
    assert fractions == [0, 1]


def test_abort_of_a_call_destroys_the_session_that_the_provider_keeps(counting: Desk) -> None:
    """It gives the call's signal to create(), so the standard has every later call fail with the same reason."""
    same = run(
        counting,
        "browserAI",
        """
        const controller = new AbortController(), reason = { mine: true };
        await sdk.generateText({ model, prompt: 'Count!', abortSignal: controller.signal });
        controller.abort(reason);
        return sdk.generateText({ model, prompt: 'Count!' }).then(() => false, (error) => error === reason);
        """,
    )
    assert same


def test_aborted_stream_leaves_a_session_of_the_other_provider_usable(counting: Desk) -> None:
    """@built-in-ai/core gives no signal to create()."""
    seen = run(
        counting,
        "builtInAI",
        """
        const controller = new AbortController();
        let told = '';
        const result = sdk.streamText({ model, prompt: 'Count!', abortSignal: controller.signal });
        for await (const part of result.textStream) {
          told += part;
          controller.abort();
        }
        return { told, text: (await sdk.generateText({ model, prompt: 'Count!' })).text };
        """,
    )
    assert counted(WORDS).startswith(seen["told"])
    assert seen["text"] == counted(WORDS)
