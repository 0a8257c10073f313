"""The Vercel AI SDK has the browser's model fill in objects: its providers pass the schema as a response constraint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from support.ai_sdk import PROVIDERS, desk_with_ai_sdk, run
from support.desk import Desk

SCHEMA: Final = """
  const schema = sdk.z.object({
    mood: sdk.z.enum(['happy', 'sad']),
    stars: sdk.z.int().min(1).max(5),
    tags: sdk.z.array(sdk.z.enum(['dog', 'cat'])).max(2),
    sure: sdk.z.boolean(),
    name: sdk.z.string(),
    price: sdk.z.number(),
    words: sdk.z.array(sdk.z.string()),
  });
  const prompt = 'How was the story about the dog?';
  const isRight = (object) => schema.safeParse(object).success;
"""


@pytest.fixture(scope="module")
def desk_with_objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The built-in model, which would answer in prose."""
    with desk_with_ai_sdk(tmp_path_factory.mktemp("ai_sdk")) as desk:
        yield desk


@PROVIDERS
@pytest.mark.parametrize(
    "call",
    [
        "(await sdk.generateObject({ model, schema, prompt })).object",
        "(await sdk.generateText({ model, prompt, output: sdk.Output.object({ schema }) })).output",
    ],
    ids=["generateObject", "generateText"],
)
def test_generated_object_fits_its_schema(desk_with_objects: Desk, provider: str, call: str) -> None:
    assert run(desk_with_objects, provider, f"{SCHEMA} return isRight({call});")


@PROVIDERS
@pytest.mark.parametrize(
    "call",
    ["streamObject({ model, schema, prompt })", "streamText({ model, prompt, output: sdk.Output.object({ schema }) })"],
    ids=["streamObject", "streamText"],
)
def test_streamed_object_grows_until_it_fits_its_schema(desk_with_objects: Desk, provider: str, call: str) -> None:
    seen = run(
        desk_with_objects,
        provider,
        f"""
        {SCHEMA} const result = sdk.{call};
        const parts = [];
        for await (const part of result.partialObjectStream ?? result.partialOutputStream) parts.push(part);
        const whole = await (result.object ?? result.output);
        return {{ fits: isRight(whole), same: JSON.stringify(parts.at(-1)) === JSON.stringify(whole), parts }};
        """,
    )
    assert seen["fits"]
    assert seen["same"]
    sizes = [len(part) for part in seen["parts"]]
    assert sizes == sorted(sizes)


@PROVIDERS
def test_choice_is_one_of_those_given(desk_with_objects: Desk, provider: str) -> None:
    chosen = run(
        desk_with_objects,
        provider,
        """
        const output = sdk.Output.choice({ options: ['a story', 'a question'] });
        return (await sdk.generateText({ model, output, prompt: 'What is this?' })).output;
        """,
    )
    assert chosen in {"a story", "a question"}
