"""The Vercel AI SDK calls tools in its own loop: its providers have the model ask for them in plain text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from support.ai_sdk import desk_with_ai_sdk, run
from support.answering_gguf import make_answering_gguf
from support.desk import Desk

CALLS: Final = {
    "fenced": '```tool_call\n{"id": "one", "name": "weather", "arguments": {"city": "Oslo"}}\n```',
    "tagged": '<tool_call>{"id": "one", "name": "weather", "arguments": {"city": "Oslo"}}</tool_call>',
}
"""The providers ask for the first; many models know the second, which is plain text where a page declares no tools."""

UNDERSTOOD: Final = pytest.mark.parametrize(
    ("calling", "provider"),
    [("fenced", "browserAI"), ("fenced", "builtInAI"), ("tagged", "browserAI")],
    indirect=["calling"],
)
"""Which provider reads which."""

ADVICE: Final = "Take an umbrella with you."

USE_WEATHER: Final = """
  const asked = [];
  const tools = {
    weather: sdk.tool({
      description: 'Tells the weather of a city.',
      inputSchema: sdk.z.object({ city: sdk.z.string() }),
      execute: async ({ city }) => { asked.push(city); return { sky: 'rain' }; },
    }),
  };
"""


@pytest.fixture(scope="module")
def calling(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose model first calls the tool and then gives advice."""
    folder = tmp_path_factory.mktemp("ai_sdk")
    with desk_with_ai_sdk(folder, make_answering_gguf(folder / "calling.gguf", [CALLS[request.param], ADVICE])) as desk:
        yield desk


@UNDERSTOOD
def test_generate_text_runs_a_tool_and_goes_on_with_its_result(calling: Desk, provider: str) -> None:
    seen = run(
        calling,
        provider,
        USE_WEATHER
        + """
        const { text, steps } = await sdk.generateText(
          { model, tools, prompt: 'Shall I walk?', stopWhen: sdk.stepCountIs(3) });
        return { asked, text, steps: steps.length, results: steps[0].toolResults.map((result) => result.output) };
        """,
    )
    assert seen == {"asked": ["Oslo"], "text": ADVICE, "steps": 2, "results": [{"sky": "rain"}]}


@UNDERSTOOD
def test_stream_text_leaves_the_stream_at_a_tool_call_and_goes_on_with_its_result(calling: Desk, provider: str) -> None:
    seen = run(
        calling,
        provider,
        USE_WEATHER
        + """
        const result = sdk.streamText({ model, tools, prompt: 'Shall I walk?', stopWhen: sdk.stepCountIs(3) });
        const kinds = new Set();
        for await (const part of result.fullStream) kinds.add(part.type);
        return { asked, text: await result.text, steps: (await result.steps).length, kinds: [...kinds] };
        """,
    )
    assert {"tool-call", "tool-result", "text-delta"} <= set(seen.pop("kinds"))
    assert seen == {"asked": ["Oslo"], "text": ADVICE, "steps": 2}
