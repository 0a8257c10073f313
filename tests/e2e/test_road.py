"""The whole road: a page's standard calls, answered by the built-in model."""

from __future__ import annotations

from support.desk import Desk


def test_prompt_and_stream_give_the_same_greedy_text(shared_desk: Desk) -> None:
    whole, joined = shared_desk.page().evaluate("""async () => {
      const make = () => LanguageModel.create({samplingMode: 'most-predictable'});
      const [one, two] = await Promise.all([make(), make()]);
      let joined = '';
      for await (const chunk of two.promptStreaming('Hello!')) joined += chunk;
      return [await one.prompt('Hello!'), joined];
    }""")
    assert whole == joined
    assert whole


def test_create_reports_zero_and_one_as_progress_before_it_resolves(shared_desk: Desk) -> None:
    events = shared_desk.page().evaluate("""async () => {
      const events = [];
      await LanguageModel.create({monitor: m => m.addEventListener('downloadprogress', e =>
        events.push([e.loaded, e.total, e.lengthComputable]))});
      return events;
    }""")
    assert events == [[0, 1, True], [1, 1, True]]


def test_usage_is_what_was_measured_and_clone_keeps_the_conversation(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate("""async () => {
      const session = await LanguageModel.create();
      const fresh = session.contextUsage;
      const measured = await session.measureContextUsage('My name is Anna.');
      await session.append('My name is Anna.');
      const appended = session.contextUsage;
      const twin = await session.clone();
      const answer = await twin.prompt('What is my name?');
      return {fresh, measured, appended, answer, original: session.contextUsage, twin: twin.contextUsage};
    }""")
    assert seen["fresh"] == 0
    assert seen["measured"] == seen["appended"] == seen["original"] > 0
    assert seen["twin"] > seen["original"]
    assert "Anna" in seen["answer"]


def test_abort_rejects_with_its_own_reason_and_leaves_no_trace(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate("""async () => {
      const session = await LanguageModel.create();
      const reason = {mine: true}, controller = new AbortController();
      const pending = session.prompt('Tell me a story about a dog.', {signal: controller.signal});
      controller.abort(reason);
      const identical = await pending.then(() => false, error => error === reason);
      await session.append('');
      const usage = session.contextUsage;
      return {identical, usage, empty: await session.measureContextUsage(''), answer: await session.prompt('Hello!')};
    }""")
    assert seen["identical"]
    assert seen["usage"] == seen["empty"]
    assert seen["answer"]


def test_destroy_rejects_what_is_pending_and_later_calls(shared_desk: Desk) -> None:
    names = shared_desk.page().evaluate("""async () => {
      const session = await LanguageModel.create();
      const pending = session.prompt('Tell me a story about a dog.').then(() => 'no error', e => e.name);
      session.destroy();
      return [await pending, await session.prompt('Hello!').then(() => 'no error', e => e.name)];
    }""")
    assert names == ["AbortError", "InvalidStateError"]


def test_input_over_the_window_is_refused_with_its_numbers(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate("""async () => {
      const session = await LanguageModel.create();
      const text = 'one two three four five '.repeat(4000);
      const measured = await session.measureContextUsage(text);
      const error = await session.prompt(text).catch(e => e);
      return {measured, window: session.contextWindow, name: error.name, quota: error.quota,
              requested: error.requested, own: error.constructor === QuotaExceededError, usage: session.contextUsage};
    }""")
    assert seen["name"] == "QuotaExceededError"
    assert seen["own"]
    assert seen["quota"] == seen["window"]
    assert abs(seen["requested"] - seen["measured"]) <= 50
    assert seen["usage"] == 0


def test_full_session_drops_its_oldest_call_and_says_so(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate("""async () => {
      const session = await LanguageModel.create({initialPrompts: [{role: 'system', content: 'Be short.'}]});
      let overflows = 0;
      session.oncontextoverflow = () => { overflows += 1; };
      const filler = 'The sun is warm and the sky is blue. '.repeat(10);
      const size = await session.measureContextUsage(filler);
      const rounds = Math.ceil(session.contextWindow / size) + 1;
      for (let round = 0; round < rounds; round += 1) await session.append(filler);
      return {overflows, usage: session.contextUsage, window: session.contextWindow};
    }""")
    assert seen["overflows"] >= 1
    assert seen["usage"] <= seen["window"]


def test_two_tabs_of_two_sites_stream_at_the_same_time(shared_desk: Desk) -> None:
    for name in ("one", "two"):
        shared_desk.allow(name)
    script = (
        """() => { globalThis.text = LanguageModel.create().then(s => s.prompt('Tell me a story about a bird.')); }"""
    )
    pages = [shared_desk.page(name=name) for name in ("one", "two")]
    for page in pages:
        page.evaluate(script)
    assert all(page.evaluate("() => globalThis.text") for page in pages)


def test_older_shape_reaches_the_same_model_with_cumulative_chunks(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate("""async () => {
      const {available} = await ai.languageModel.capabilities();
      const session = await ai.languageModel.create({systemPrompt: 'Be short.'});
      const chunks = [];
      for await (const chunk of session.promptStreaming('Hello!')) chunks.push(chunk);
      return {available, chunks, left: session.tokensLeft, all: session.maxTokens};
    }""")
    assert seen["available"] == "readily"
    assert seen["chunks"]
    assert all(after.startswith(before) for before, after in zip(seen["chunks"], seen["chunks"][1:], strict=False))
    assert 0 < seen["left"] < seen["all"]
