"""``window.ai`` in the shape of every generation: sample pages as they were written at the time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from support.desk import Desk
from support.framed import frames_in

FINISHED = "document.body.dataset.state"

TEXT_SESSION = """
  if (await ai.canCreateTextSession() !== 'no') {
    const {topK, temperature} = await ai.defaultTextSessionOptions();
    const session = await ai.createTextSession({topK, temperature});
    for await (const chunk of session.promptStreaming('Hello!')) out.textContent = chunk;
    session.destroy();
  }
"""
"""Mid 2024: a text session, whose chunks are the whole text so far."""

ASSISTANT = """
  const {available, maxTopK} = await self.ai.assistant.capabilities();
  if (available === 'no' || maxTopK < 1) throw new Error('no model');
  const session = await self.ai.assistant.create({
    systemPrompt: 'Be short.',
    monitor(m) { m.addEventListener('downloadprogress', e => { out.dataset.loaded = e.loaded; }); }
  });
  let previous = '';
  for await (const chunk of session.promptStreaming('Hello!')) {
    out.append(chunk.startsWith(previous) ? chunk.slice(previous.length) : chunk);
    previous = chunk;
  }
  if (session.tokensSoFar + session.tokensLeft !== session.maxTokens) throw new Error('tokens do not add up');
"""
"""Autumn 2024: capabilities, a system prompt, and a guard for both kinds of chunks."""

EARLY_2025 = """
  if (await ai.languageModel.availability() === 'unavailable') throw new Error('no model');
  const session = await ai.languageModel.create({initialPrompts: [{role: 'system', content: 'Be short.'}]});
  const tokens = await session.countPromptTokens('Hello!');
  if (tokens < 1) throw new Error('nothing was counted');
  const twin = await session.clone();
  out.textContent = await twin.prompt({role: 'user', content: 'Hello!'});
"""
"""Early 2025: today's words beside those of before."""

WINDOW_AI_2023 = """
  let tries = 0;
  while (typeof window.ai?.generateText !== 'function' && tries++ < 24) await new Promise(r => setTimeout(r, 100));
  if (await window.ai.getCurrentModel() !== 'local') throw new Error('no model');
  const [whole] = await window.ai.generateText({messages: [{role: 'user', content: 'Hello!'}]}, {
    temperature: 0.7, maxTokens: 100,
    onStreamResult: (part, error) => { if (error) throw error; out.append(part.message.content); }
  });
  if (whole.message.content !== out.textContent) throw new Error('parts are lost');
"""
"""2023: the extension of that name, whose parts are deltas."""

TODAY = """
  const session = await LanguageModel.create();
  for await (const chunk of session.promptStreaming('Hello!')) out.append(chunk);
"""


def sample(desk: Desk, body: str) -> Page:
    """A page that runs ``body`` by itself and writes its answer into ``out``."""
    desk.site.pages["/sample"] = f"""<!doctype html><body><p id=out></p><script type=module>
      const out = document.getElementById('out');
      try {{ {body}; document.body.dataset.state = 'done'; }}
      catch (error) {{ document.body.dataset.state = String(error); }}
    </script>"""
    page = desk.page("/sample")
    page.wait_for_function(FINISHED)
    return page


@pytest.mark.parametrize(
    "body",
    [TEXT_SESSION, ASSISTANT, EARLY_2025, WINDOW_AI_2023, TODAY],
    ids=["text sessions", "assistant", "early 2025", "2023", "today"],
)
def test_sample_of_each_generation_shows_an_answer(shared_desk: Desk, body: str) -> None:
    page = sample(shared_desk, body)
    assert page.evaluate(FINISHED) == "done"
    assert page.inner_text("#out")


def test_generate_text_honours_its_limits(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate("""async () => {
      const input = {prompt: 'Tell me a story.'}, temperature = 0;
      const [{text}] = await ai.generateText(input, {temperature});
      const [, stop] = text.split(' ');
      const [stopped] = await ai.generateText(input, {temperature, stopSequences: [stop]});
      const [short] = await ai.generateText(input, {temperature, maxTokens: 4});
      const session = await LanguageModel.create();
      const measured = await session.measureContextUsage(short.text) - await session.measureContextUsage('');
      const several = await ai.generateText(input, {temperature, numOutputs: 2, maxTokens: 4});
      return {text, stop, stopped: stopped.text, short: short.text, measured, several: several.map(({text}) => text)};
    }""")
    assert seen["stopped"] == seen["text"].split(seen["stop"])[0]
    assert seen["text"].startswith(seen["short"])
    assert 1 <= seen["measured"] <= 4
    assert seen["several"] == [seen["short"]] * 2


def test_refusal_of_2023_is_a_string_that_listeners_hear(shared_desk: Desk) -> None:
    seen = shared_desk.page(name="stranger").evaluate("""async () => {
      const heard = [];
      ai.addEventListener((event, data) => heard.push([event, data]));
      const reason = await ai.generateText({prompt: 'x'}, {numOutputs: 99}).catch(reason => reason);
      return {reason, heard};
    }""")
    assert seen == {"reason": "INVALID_REQUEST", "heard": [["error", "INVALID_REQUEST"]]}


def test_page_can_replace_window_ai(shared_desk: Desk) -> None:
    shared_desk.site.pages["/replaced"] = "<!doctype html><script>window.ai = {mine: true}; var found = ai;</script>"
    page = shared_desk.page("/replaced")
    assert page.evaluate("() => [found, ai]") == [{"mine": True}] * 2


TASKS = ["summarizer", "writer", "rewriter", "proofreader", "translator", "languageDetector"]


def test_factories_are_there_for_each_class(shared_desk: Desk) -> None:
    names = shared_desk.page().evaluate("() => Object.keys(ai).filter((name) => typeof ai[name] === 'object')")
    assert names == ["languageModel", "assistant", *TASKS]


def test_a_factory_of_2024_faces_the_class(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate("""async () => {
      const words = {
        available: 'readily', downloadable: 'after-download', downloading: 'after-download', unavailable: 'no',
      };
      const pair = {sourceLanguage: 'en', targetLanguage: 'es'};
      const same = async (factory, own, ...options) => {
        const state = await own.availability(...options);
        const asked = await factory.availability(...options);
        const {available} = await factory.capabilities();
        return asked === state && available === words[state];
      };
      return Promise.all([
        same(ai.summarizer, Summarizer),
        same(ai.translator, Translator, pair),
        same(ai.languageDetector, LanguageDetector),
      ]);
    }""")
    assert seen == [True] * 3


@pytest.mark.parametrize("attributes", ["", "src=about:blank", "srcdoc=here", "srcdoc=here sandbox=allow-scripts"])
def test_frames_of_every_kind_have_it(shared_desk: Desk, attributes: str) -> None:
    shared_desk.site.pages["/framed"] = f"<!doctype html><iframe {attributes}></iframe>"
    (inner,) = frames_in(shared_desk.page("/framed"))
    expected = "no" if "sandbox" in attributes else "readily"
    assert inner.evaluate("async () => (await ai.languageModel.capabilities()).available") == expected
