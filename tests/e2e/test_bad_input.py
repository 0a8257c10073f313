"""What no page should say, in a real browser: it costs the page its call, and nobody else anything."""

from __future__ import annotations

import pytest

from support.desk import Desk
from windowsill.settings import SESSIONS_PER_ORIGIN

ANSWERS = "() => LanguageModel.create().then((session) => session.prompt('Hello!'))"

ENDLESS = "(function* () { for (;;) yield {role: 'user', content: 'x'}; })()"


@pytest.mark.parametrize(
    "size",
    [
        "'x'.repeat(2 ** 26)",
        "Array(64).fill({role: 'user', content: 'x'.repeat(2 ** 20)})",
        "Array(2 ** 20).fill({role: 'user', content: 'x'.repeat(64)})",
        "[{role: 'user', content: [{type: 'text', value: 'x'.repeat(2 ** 26)}]}]",
        "[{role: 'user', content: Array(2 ** 10).fill({type: 'text', value: 'x'.repeat(2 ** 20)})}]",
        ENDLESS,
        "[{role: 'user', content: (function* () { for (;;) yield {type: 'text', value: 'x'}; })()}]",
    ],
)
def test_input_beyond_any_window_is_a_quota_error_in_every_call(shared_desk: Desk, size: str) -> None:
    page = shared_desk.page()
    names = page.evaluate(f"""async () => {{
      const name = (start) => new Promise((resolve) => {{ resolve(start()); }})
        .then(() => 'none', (error) => error.name);
      const session = await LanguageModel.create();
      return Promise.all([
        name(() => session.prompt({size})),
        name(() => Array.fromAsync(session.promptStreaming({size}))),
        name(() => session.append({size})),
        name(() => session.measureContextUsage({size})),
      ]);
    }}""")
    assert names == ["QuotaExceededError"] * 4
    assert page.evaluate(ANSWERS)


def test_initial_prompts_beyond_any_window_are_a_quota_error(shared_desk: Desk) -> None:
    names = shared_desk.page().evaluate(f"""() => Promise.all([
      Array(64).fill({{role: 'user', content: 'x'.repeat(2 ** 20)}}), {ENDLESS},
    ].map((initialPrompts) => LanguageModel.create({{initialPrompts}}).then(() => 'none', (error) => error.name)))""")
    assert names == ["QuotaExceededError"] * 2


def test_the_longest_text_that_goes_up_is_measured_by_the_model(shared_desk: Desk) -> None:
    """Six bytes a character on the wire, the most that there are."""
    seen = shared_desk.page().evaluate("""async () => {
      const session = await LanguageModel.create();
      const error = await session.prompt('\\u0001'.repeat(2 ** 21)).catch((reason) => reason);
      return [error.name, error.quota === session.contextWindow, error.requested > error.quota];
    }""")
    assert seen == ["QuotaExceededError", True, True]
    assert shared_desk.page().evaluate(ANSWERS)


HOSTILE_VALUES = """
  const mine = new Error('mine');
  const fail = () => { throw mine; };
  const revoked = () => { const made = Proxy.revocable(function () {}, {}); made.revoke(); return made.proxy; };
  const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, fail]));
  const iterable = (iterate) => ({[Symbol.iterator]: iterate});
  const next = (result) => iterable(() => ({next: () => result}));
  const user = (content) => [{role: 'user', content}];
  const HOSTILE = [
    revoked(), new Proxy({}, traps), new Proxy(function () {}, traps), Symbol('x'), {toString: fail},
    iterable(fail), iterable(5), iterable(() => 5), iterable(() => ({})), iterable(() => ({next: fail})),
    next(5), next({get done() { return fail(); }}), next({get value() { return fail(); }}), next({value: revoked()}),
    [null], [5], [{get role() { return fail(); }, content: 'x'}], [{role: 'user', get content() { return fail(); }}],
    [{role: {toString: fail}, content: 'x'}], user(revoked()), user([revoked()]), user(Symbol('x')),
    user([{type: {toString: fail}, value: 'x'}]), user([{type: 'text', value: {toString: fail}}]),
    user([{type: 'text', value: revoked()}]), user([{type: 'text', value: new Proxy(new Blob(), traps)}]),
  ];
  const OPTIONS = [
    revoked(), new Proxy({}, traps), Symbol('x'), 5, 'x', true, 5n,
    {get signal() { return fail(); }}, {signal: revoked()}, {signal: {}}, {signal: null},
    {signal: Object.create(AbortSignal.prototype)}, {signal: new Proxy(new AbortController().signal, traps)},
  ];
  const isFine = (error) => error === mine || error instanceof TypeError;
  const outcome = (call) => {
    let promise;
    try {
      promise = call();
    } catch (error) {
      return Promise.resolve(['threw', isFine(error)]);
    }
    return promise.then(() => ['resolved', false], (error) => ['rejected', isFine(error)]);
  };
"""


def test_hostile_arguments_reject_with_a_type_error_or_the_pages_own_and_break_nothing(shared_desk: Desk) -> None:
    seen = shared_desk.page().evaluate(f"""async () => {{
      {HOSTILE_VALUES}
      const session = await LanguageModel.create(), odd = [];
      const calls = [
        ...['prompt', 'append', 'measureContextUsage'].flatMap((name) => [
          ...HOSTILE.map((value) => [name, () => session[name](value)]),
          ...OPTIONS.map((value) => [name, () => session[name]('x', value)]),
        ]),
        ...OPTIONS.map((value) => ['clone', () => session.clone(value)]),
        ...OPTIONS.map((value) => ['create', () => LanguageModel.create(value)]),
        ...['initialPrompts', 'expectedInputs', 'expectedOutputs', 'samplingMode', 'tools', 'monitor'].flatMap(
          (name) => HOSTILE.map((value) => [name, () => LanguageModel.create({{[name]: value}})])),
      ];
      for (const [name, call] of calls) {{
        const [how, well] = await outcome(call);
        if (how !== 'rejected' || !well) odd.push([name, how, String(call)]);
      }}
      for (const value of HOSTILE) {{
        const [how, well] = await outcome(() => session.promptStreaming(value));
        if (how !== 'threw' || !well) odd.push(['promptStreaming', how]);
      }}
      return [odd, await session.prompt('Hello!')];
    }}""")
    odd, answer = seen
    assert odd == []
    assert answer


def test_lone_surrogates_become_replacement_characters(shared_desk: Desk) -> None:
    assert shared_desk.page().evaluate("""async () => {
      const session = await LanguageModel.create();
      const broken = await session.measureContextUsage('a\\ud800b');
      return broken === await session.measureContextUsage('a\\ufffdb');
    }""")


def test_ten_thousand_prompts_at_once_end_and_another_site_is_answered_meanwhile(shared_desk: Desk) -> None:
    shared_desk.allow("other")
    flood, honest = shared_desk.page(), shared_desk.page(name="other")
    flood.evaluate("""async () => {
      globalThis.session = await LanguageModel.create();
      globalThis.ends = Array.from({length: 10000}, (_, index) => session.prompt(`Count to ${index}.`))
        .map((answer) => answer.then(() => 'none', (error) => error.name));
    }""")
    assert honest.evaluate(ANSWERS)
    counted = flood.evaluate("""async () => {
      session.destroy();
      const names = await Promise.all(ends);
      return Object.fromEntries([...new Set(names)].map((name) => [name, names.filter((one) => one === name).length]));
    }""")
    assert sum(counted.values()) == 10_000
    assert counted.keys() <= {"none", "AbortError", "UnknownError"}
    assert flood.evaluate(ANSWERS)


def test_thousands_of_clones_that_nobody_destroys_are_made_and_given_up_when_garbage_is_collected(
    shared_desk: Desk,
) -> None:
    """A clone per request is the idiom of pages; more of them than may be open at a time."""
    page = shared_desk.page()
    page.evaluate("""async () => {
      globalThis.session = await LanguageModel.create({initialPrompts: [{role: 'system', content: 'Be short.'}]});
    }""")
    for _ in range(3):
        page.evaluate("async () => { for (let i = 0; i < 2000; i++) await session.clone(); }")
        page.request_gc()
    assert page.evaluate("() => session.clone().then((twin) => twin.prompt('Hello!'))")


OPEN_ALL = """async () => {
  const kept = [];
  const open = (model) => model.create().then((session) => { kept.push(session); return 'made'; });
  const ends = new Set();
  const frames = Array.from({length: 4}, () => document.body.appendChild(document.createElement('iframe')));
  const windows = [window, ...frames.map((frame) => frame.contentWindow)];
  for (let i = 0; i < 2; i++) {
    const all = windows.flatMap(({LanguageModel}) => Array.from({length: 500}, () => open(LanguageModel)));
    for (const end of await Promise.all(all.map((one) => one.catch((error) => error.name)))) ends.add(end);
  }
  globalThis.kept = kept;
  return [kept.length, [...ends].sort()];
}"""


def test_frames_of_an_origin_share_a_bound_on_open_sessions_and_another_origin_has_its_own(shared_desk: Desk) -> None:
    shared_desk.allow("flood")
    flood, honest = shared_desk.page(name="flood"), shared_desk.page()
    assert flood.evaluate(OPEN_ALL) == [SESSIONS_PER_ORIGIN, ["UnknownError", "made"]]
    second = shared_desk.page(name="flood")
    refused = "() => LanguageModel.create().catch((error) => error.message)"
    assert second.evaluate(refused) == "This site has too many open sessions; destroy some."
    assert honest.evaluate(ANSWERS)
    flood.evaluate("() => { for (const session of kept) session.destroy(); }")
    assert second.evaluate(ANSWERS)


def test_ten_thousand_sessions_are_bounded_and_another_site_is_answered_meanwhile(shared_desk: Desk) -> None:
    shared_desk.allow("other")
    flood, honest = shared_desk.page(), shared_desk.page(name="other")
    flood.evaluate("""() => {
      const make = () => LanguageModel.create().then(() => 'made', (error) => error.name);
      globalThis.made = Array.from({length: 10000}, make);
    }""")
    assert honest.evaluate(ANSWERS)
    assert set(flood.evaluate("() => Promise.all(made)")) == {"made", "UnknownError"}
    flood.reload()
    assert flood.evaluate(ANSWERS)
