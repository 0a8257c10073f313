"""What no page may learn: the name of the model, and where its file is. Whatever goes wrong, and however it is told."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from support.calling_gguf import make_calling_gguf
from support.desk import Desk, set_up
from support.host_pids import hosts, until_ended
from support.tiny_gguf import make_tiny_gguf
from windowsill.demo.throwaway import end_engine

SECRETS: Final = ("secret-folder", "secret-file", "gguf", "llama", "Calling test model", "windowsill-test-")
"""Parts of the model's path, of the home's, of the model's name, and of what its file says it is."""

TOLD: Final = """
  const heard = [], names = new Set();
  const words = (value) => [
    String(value), JSON.stringify(value), value?.name, value?.message, value?.stack, String(value?.cause),
    ...(value instanceof Object ? Object.getOwnPropertyNames(value).map((key) => `${key} ${value[key]}`) : []),
  ];
  const tell = (value) => { heard.push(...words(value)); };
  const fails = async (call) => {
    try {
      await call();
    } catch (error) {
      names.add(typeof error === 'string' ? error.split(':')[0] : error.name);
      tell(error);
    }
  };
  const monitor = (monitor) => {
    monitor.ondownloadprogress = (event) => {
      for (const key in event) tell(event[key] instanceof Object ? '' : `${key} ${event[key]}`);
    };
  };
  const drain = async (stream) => { for await (const chunk of stream); };
"""

BAD_CALLS: Final = (
    """async () => {
"""
    + TOLD
    + """
  const session = await LanguageModel.create({monitor, initialPrompts: [{role: 'user', content: 'x'}]});
  const long = 'one two three four five '.repeat(4000);
  const byItself = {expectedInputs: [{type: 'tool-response'}], expectedOutputs: [{type: 'tool-call'}]};
  const tool = (inputSchema) => [{name: 'g', description: 'x', inputSchema}];
  const constraints = [
    {type: 'thing'}, {not: {}}, {$ref: 'https://a.example/'}, {$ref: '#/nowhere'}, {enum: []},
    {type: 'string', pattern: '(?=a)'}, {type: 'string', pattern: '('},
    {allOf: [{type: 'string'}, {type: 'number'}]}, {type: 'string', minLength: 9e9},
    {type: 'array', minItems: 9e9, items: {}}, /(?=a)b/, /(a{1,900}){1,900}/, /\\p{Script=Nothing}?/, /[^]{99999}/,
    /a/y, /a{20000,}/, {const: 'x'.repeat(60000)}, false, [],
  ];
  for (const responseConstraint of constraints) {
    await fails(() => session.prompt('x', {responseConstraint}));
    await fails(() => session.measureContextUsage('x', {responseConstraint}));
    await fails(() => LanguageModel.create({tools: tool(responseConstraint), ...byItself}));
  }
  const prefixed = [{role: 'user', content: 'x'}, {role: 'assistant', content: 'no', prefix: true}];
  await fails(() => session.prompt(prefixed, {responseConstraint: /yes/}));
  const image = [{role: 'user', content: [{type: 'image', value: new ImageData(1, 1)}]}];
  for (const input of [long, 'x'.repeat(3e6), [{role: 'system', content: 'x'}], image]) {
    await fails(() => session.prompt(input));
    await fails(() => session.append(input));
    await fails(() => drain(session.promptStreaming(input)));
    await fails(() => LanguageModel.create({monitor, initialPrompts: [{role: 'user', content: input}]}));
  }
  for (const options of [
    {expectedInputs: [{type: 'image'}]}, {expectedOutputs: [{type: 'audio'}]}, {samplingMode: 'wild'},
    {expectedInputs: [{type: 'text', languages: ['unk']}]}, {tools: tool({})},
    {tools: [...tool({}), ...tool({})], ...byItself}, {signal: AbortSignal.abort()},
  ]) await fails(() => LanguageModel.create({monitor, ...options}));
  await fails(() => new LanguageModel());
  await fails(() => session.prompt.call({}));
  await fails(() => ai.generateText({prompt: long}));
  await fails(() => ai.generateText({prompt: 'x'}, {numOutputs: 99}));
  await fails(() => ai.languageModel.create({systemPrompt: long}));
  tell(await ai.languageModel.capabilities());
  tell(await ai.getCurrentModel());
  const throwing = {...tool({type: 'object'})[0], execute() { throw new Error('mine'); }};
  const failing = await LanguageModel.create({tools: [throwing]});
  await fails(() => failing.prompt(long));
  const controller = new AbortController(), pending = session.prompt('x', {signal: controller.signal});
  controller.abort();
  await fails(() => pending);
  const ended = session.prompt('x');
  session.destroy();
  await fails(() => ended);
  await fails(() => session.prompt('x'));
  return [heard, [...names]];
}"""
)

CALLS: Final = (
    """async (session) => {
"""
    + TOLD
    + """
  await fails(() => session.prompt('x'));
  await fails(() => session.append('x'));
  await fails(() => session.measureContextUsage('x'));
  await fails(() => session.clone());
  await fails(() => drain(session.promptStreaming('x')));
  await fails(() => LanguageModel.create({monitor}));
  await fails(() => ai.generateText({prompt: 'x'}));
  tell(await LanguageModel.availability());
  tell(await ai.languageModel.capabilities());
  return [heard, [...names]];
}"""
)


def cut(model: Path) -> None:
    model.write_bytes(model.read_bytes()[: model.stat().st_size // 2])


def no_model(model: Path) -> None:
    model.write_bytes(b"not a model at all" * 100)


def of_no_known_kind(model: Path) -> None:
    model.unlink()
    make_tiny_gguf(model, architecture="nosucharch")


SPOILT: Final[dict[str, Callable[[Path], None]]] = {
    "is gone": Path.unlink,
    "is cut": cut,
    "is no model": no_model,
    "is of no known kind": of_no_known_kind,
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "secret-folder").mkdir()
    return make_calling_gguf(tmp_path / "secret-folder" / "secret-file.gguf")


@pytest.fixture
def secretive(model: Path) -> Iterator[Desk]:
    with set_up(model=model) as made:
        made.allow()
        yield made


def is_told_nothing(told: Any) -> set[str]:
    """The names of the errors, in which and around which is none of the secrets."""
    heard, names = told
    said = json.dumps(heard)
    assert [secret for secret in SECRETS if secret.lower() in said.lower()] == []
    return set(names)


def test_no_error_and_no_progress_of_any_bad_call_tells_of_the_model(secretive: Desk) -> None:
    names = is_told_nothing(secretive.page().evaluate(BAD_CALLS))
    assert names >= {
        "AbortError",
        "InvalidStateError",
        "MODEL_REJECTED_REQUEST",
        "INVALID_REQUEST",
        "NotSupportedError",
        "QuotaExceededError",
        "SyntaxError",
        "TypeError",
    }


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT.keys())
def test_no_error_tells_of_a_model_whose_file(secretive: Desk, model: Path, spoil: Callable[[Path], None]) -> None:
    page = secretive.page()
    session = page.evaluate_handle("() => LanguageModel.create()")
    end_engine(secretive.where)
    spoil(model)
    assert is_told_nothing(page.evaluate(CALLS, session))


def test_no_error_of_a_host_that_is_lost_tells_of_the_model(secretive: Desk) -> None:
    page = secretive.page()
    session = page.evaluate_handle("() => LanguageModel.create()")
    (host,) = hosts(secretive.where.data.parent)
    os.kill(host, signal.SIGKILL)
    until_ended(host)
    assert is_told_nothing(page.evaluate(CALLS, session))


def test_no_refusal_tells_of_the_model(secretive: Desk) -> None:
    secretive.site.headers["/"] = {"permissions-policy": "language-model=()"}
    page = secretive.page()
    assert is_told_nothing(page.evaluate(CALLS, None)) >= {"NotAllowedError", "PERMISSION_DENIED"}
