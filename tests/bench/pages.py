"""The pages that measure, and the shapes of what they report."""

from __future__ import annotations

import json
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
    page = STREAM
    for name, value in values.items():
        page = page.replace(name, json.dumps(value))
    return page


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


class Streamed(Struct):
    """``answers``: of each answer, the seconds since asking and the characters of every chunk."""

    answers: list[list[tuple[float, int]]]


class RoundTrips(Struct):
    """``took``: seconds of each ``availability()``."""

    took: list[float]
