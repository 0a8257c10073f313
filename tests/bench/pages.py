"""The pages that measure, and the shapes of what they report."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

AROUND: Final = """<!doctype html><title>measuring</title><script type="module">
const call = (path, body = null) => fetch(path, { method: 'POST', body: JSON.stringify(body) });
try {
  await call('/report', await (async () => { %s })());
} catch (error) {
  await call('/report', { failed: `${error.name}: ${error.message}` });
}
</script>"""

STREAM: Final = (
    AROUND
    % """
  const session = await LanguageModel.create({ samplingMode: 'most-predictable' });
  const place = document.body.appendChild(document.createElement('p'));
  const answers = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const one = await session.clone();
    const arrivals = [];
    let missing = CHARACTERS;
    place.textContent = '';
    const asked = performance.now();
    for await (const chunk of one.promptStreaming(PROMPT)) {
      arrivals.push([(performance.now() - asked) / 1000, chunk.length]);
      if (RENDERED) place.append(chunk);
      if ((missing -= chunk.length) <= 0) break;
    }
    one.destroy();
    await call('/step/peer');
    if (run > 0) answers.push(arrivals);
  }
  return { answers };
"""
)


def stream(prompt: str, *, runs: int, characters: int, rendered: bool) -> str:
    """The page that has ``runs`` answers, after one more, streamed up to ``characters``; ``rendered``: and shown."""
    values = {"RUNS": runs, "CHARACTERS": characters, "PROMPT": prompt, "RENDERED": rendered}
    return _filled(STREAM, values)


AVAILABILITY: Final = (
    AROUND
    % """
  const session = await LanguageModel.create();
  const took = [];
  for (let call = 0; call < 100 + CALLS; call += 1) {
    const asked = performance.now();
    await LanguageModel.availability();
    if (call >= 100) took.push((performance.now() - asked) / 1000);
  }
  await call('/step/idle');
  session.destroy();
  return { took };
"""
)

CLONE: Final = (
    AROUND
    % """
  const session = await LanguageModel.create({ samplingMode: 'most-predictable' });
  await session.append(HISTORY);
  for await (const chunk of session.promptStreaming(QUESTION)) break;
  await call('/step/before');
  const took = [];
  for (let run = 0; run < RUNS; run += 1) {
    const asked = performance.now();
    const one = await session.clone();
    took.push((performance.now() - asked) / 1000);
    one.destroy();
  }
  await call('/step/after');
  return { took, usage: session.contextUsage };
"""
)


def clone(history: str, question: str, *, runs: int) -> str:
    """The page that clones a session of ``history``, which the Engine has read for ``question``."""
    return _filled(CLONE, {"HISTORY": history, "QUESTION": question, "RUNS": runs})


MODEL: Final = "/model.gguf"
WLLAMA_SCRIPT: Final = "/wllama/index.js"
WLLAMA_PROGRAM: Final = "/wllama/wllama.wasm"
WLLAMA_CONTEXT: Final = 1024
"""Tokens that it makes room for: question and answer, several times."""

BESIDE_WLLAMA: Final = (
    AROUND
    % """
  const { Wllama, LoggerWithoutDebug } = await import(WLLAMA_SCRIPT);
  const model = await (await fetch(MODEL)).blob();
  const wllama = async (threads) => {
    const loaded = new Wllama({ default: WLLAMA_PROGRAM }, { logger: LoggerWithoutDebug, suppressNativeLog: true });
    await loaded.loadModel([model], { n_threads: threads, n_ctx: CONTEXT, n_gpu_layers: 0 });
    if (loaded.getNumThreads() !== threads) throw new Error(`wllama computes with ${loaded.getNumThreads()} threads`);
    return loaded;
  };
  const session = await LanguageModel.create({ samplingMode: 'most-predictable' });
  const written = async (pieces) => {
    const arrivals = [];
    let text = '';
    const asked = performance.now();
    for await (const piece of pieces) {
      if (piece === '') continue;
      arrivals.push([(performance.now() - asked) / 1000, piece.length]);
      text += piece;
      if (text.trim().split(' ').length >= TOKENS) break;
    }
    return { arrivals, words: text.trim().split(' ').length };
  };
  const byWindowsill = async function* (question) {
    const one = await session.clone();
    try { yield* one.promptStreaming(question); } finally { one.destroy(); }
  };
  const byWllama = (loaded) => async function* (question) {
    const messages = [{ role: 'user', content: question }];
    const options = { max_tokens: TOKENS, temperature: 0, top_k: 1, stream: true };
    for await (const chunk of await loaded.createChatCompletion({ messages, ...options })) {
      yield chunk.choices[0]?.delta.content ?? '';
    }
  };
  const race = async (ask) => {
    const answers = [];
    for (const question of QUESTIONS) answers.push(await written(ask(question)));
    return answers.slice(1);
  };
  const raced = { windowsill: await race(byWindowsill) };
  for (const [name, threads] of [['several', THREADS], ['one', 1]]) {
    const loaded = await wllama(threads);
    raced[name] = await race(byWllama(loaded));
    await loaded.exit();
  }
  return raced;
"""
)


def beside_wllama(questions: Sequence[str], *, threads: int, tokens: int) -> str:
    """The page that asks all ``questions``, the first to warm up: Windowsill, then wllama with ``threads``, then with
    one. ``tokens`` of each answer, each of which is a word."""
    return _filled(
        BESIDE_WLLAMA,
        {
            "QUESTIONS": questions,
            "THREADS": threads,
            "TOKENS": tokens,
            "CONTEXT": WLLAMA_CONTEXT,
            "WLLAMA_SCRIPT": WLLAMA_SCRIPT,
            "WLLAMA_PROGRAM": WLLAMA_PROGRAM,
            "MODEL": MODEL,
        },
    )


def _filled(page: str, values: Mapping[str, object]) -> str:
    for name, value in values.items():
        page = page.replace(name, json.dumps(value))
    return page


class Written(Struct):
    """One answer: the seconds since asking and the characters of every piece; ``words`` of it all (count)."""

    arrivals: list[tuple[float, int]]
    words: int


class Raced(Struct):
    """Answers of Windowsill, of wllama with several threads, and of wllama with one."""

    windowsill: list[Written]
    several: list[Written]
    one: list[Written]


class Streamed(Struct):
    """``answers``: of each answer, the seconds since asking and the characters of every chunk."""

    answers: list[list[tuple[float, int]]]


class Cloned(Struct):
    """``took``: seconds of each ``clone()`` of a session of ``usage`` tokens."""

    took: list[float]
    usage: int


class RoundTrips(Struct):
    """``took``: seconds of each ``availability()``."""

    took: list[float]
