"""Tools from a page to the model and back: those that it runs for the prompt, and those that it runs by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.calling_gguf import WORDS, make_calling_gguf
from support.counting_gguf import counted
from support.desk import Desk, set_up

SCRIPT = """async () => {
  const inputSchema = {type: 'object', properties: {city: {const: 'Rome'}}, required: ['city'],
                       additionalProperties: false};
  const declared = {name: 'g', description: 'How warm it is.', inputSchema};
  const byItself = {expectedInputs: [{type: 'tool-call'}, {type: 'tool-response'}],
                    expectedOutputs: [{type: 'tool-call'}]};
  const create = options => LanguageModel.create({samplingMode: 'most-predictable', ...options});
  const name = promise => promise.then(() => 'no error', error => error.name);
  %s
}"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with set_up(model=make_calling_gguf(tmp_path_factory.mktemp("model") / "calling.gguf")) as made:
        made.allow()
        yield made


def run(desk: Desk, body: str) -> Any:
    return desk.page().evaluate(SCRIPT % body)


def test_page_runs_its_tool_while_the_prompt_waits_and_gets_the_last_answer_only(desk: Desk) -> None:
    seen = run(
        desk,
        """
        const given = [];
        const execute = async function (...args) { given.push([this === undefined || this === globalThis, ...args]);
                                                   return 'warm'; };
        const session = await create({tools: [{...declared, execute}]});
        const fresh = session.contextUsage;
        const answer = await session.prompt('Rome?');
        let streamed = '';
        for await (const chunk of (await session.clone()).promptStreaming('Rome?')) streamed += chunk;
        return {given, fresh, answer, streamed, usage: session.contextUsage};
        """,
    )
    assert seen["given"] == [[True, {"city": "Rome"}]] * 2
    assert seen["answer"] == seen["streamed"] == counted(WORDS)
    assert seen["usage"] > seen["fresh"] > 0


def test_calls_come_back_as_parts_and_go_up_again_with_what_they_gave(desk: Desk) -> None:
    seen = run(
        desk,
        """
        const session = await create({tools: [declared], ...byItself});
        const [part, ...more] = await session.prompt('Rome?');
        const call = part.value;
        const result = new LanguageModelToolSuccess({callId: call.callId, name: call.name,
                                                     result: [{type: 'text', value: 'warm'}]});
        const told = [{role: 'user', content: [{type: 'tool-response', value: result}]}];
        const answer = await session.prompt(told);
        const error = new LanguageModelToolError({callId: call.callId, name: call.name, errorMessage: 'no'});
        const history = [{role: 'user', content: 'Rome?'}, {role: 'assistant', content: [part]},
                         {role: 'user', content: [{type: 'tool-response', value: error}]}];
        const again = await create({tools: [declared], ...byItself, initialPrompts: history.slice(0, 2)});
        const chunks = [];
        for await (const chunk of again.promptStreaming(history.slice(2))) chunks.push(chunk);
        return {type: part.type, more: more.length, brand: call instanceof LanguageModelToolCall, name: call.name,
                given: call.arguments, answer, types: chunks.map(chunk => chunk.type),
                streamed: chunks.map(chunk => chunk.value).join('')};
        """,
    )
    assert (seen["type"], seen["more"], seen["brand"]) == ("tool-call", 0, True)
    assert (seen["name"], seen["given"]) == ("g", {"city": "Rome"})
    assert seen["answer"] == [{"type": "text", "value": counted(WORDS)}]
    assert set(seen["types"]) == {"text"}
    assert seen["streamed"] == counted(WORDS)


def test_tool_that_throws_is_told_to_the_model_and_one_that_never_ends_is_the_pages_to_abort(desk: Desk) -> None:
    seen = run(
        desk,
        """
        const failing = await create({tools: [{...declared, execute() { throw new Error('no such city'); }}]});
        const failed = await failing.prompt('Rome?');
        let begun;
        const called = new Promise(resolve => { begun = resolve; });
        const execute = () => { begun(); return new Promise(() => 0); };
        const endless = await create({tools: [{...declared, execute}]});
        const before = endless.contextUsage;
        const controller = new AbortController();
        const pending = endless.prompt('Rome?', {signal: controller.signal});
        await called;
        const later = endless.append('');
        controller.abort('enough');
        const reason = await pending.catch(error => error);
        await later;
        const usage = endless.contextUsage - before;
        const empty = await endless.measureContextUsage('');
        const again = endless.prompt('Rome?');
        endless.destroy();
        return {failed, reason, usage, empty, destroyed: await name(again)};
        """,
    )
    assert seen["failed"] == counted(WORDS)
    assert seen["reason"] == "enough"
    assert seen["usage"] == seen["empty"]
    assert seen["destroyed"] == "AbortError"


def test_tools_that_cannot_be_called_are_refused(desk: Desk) -> None:
    seen = run(
        desk,
        """
        const reference = {type: 'object', properties: {a: {$ref: 'https://a.example/schema'}}};
        return [await name(create({tools: [declared]})),
                await name(create({tools: [{...declared, inputSchema: {}}], ...byItself})),
                await name(create({tools: [{...declared, inputSchema: reference}], ...byItself})),
                await LanguageModel.availability(byItself)];
        """,
    )
    assert seen == ["TypeError", "TypeError", "NotSupportedError", "available"]


def test_what_looks_like_a_call_is_text_where_no_tools_are_declared(desk: Desk) -> None:
    answer = run(
        desk,
        """
        let text = '';
        for await (const chunk of (await create({})).promptStreaming('Rome?')) {
          text += chunk;
          if (text.length >= 3) break;
        }
        return text;
        """,
    )
    assert answer.startswith("~g(")
