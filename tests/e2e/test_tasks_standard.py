"""What the standards say of the tasks' interfaces, seen by a page: signals, ends, monitors, streams, documents, policy.

A Host that stands in does the tasks, so that the Page, Relay and Broker are what is seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Page

from support import task_host
from support.desk import Desk, set_up
from support.framed import frames_in

METHODS: Final = {
    "Summarizer": "summarize",
    "Writer": "write",
    "Rewriter": "rewrite",
    "Proofreader": "proofread",
    "Translator": "translate",
    "LanguageDetector": "detect",
}

STREAMING: Final = ("Summarizer", "Writer", "Rewriter", "Translator")

PAIR: Final = "sourceLanguage: 'en', targetLanguage: 'es'"

each = pytest.mark.parametrize("name", METHODS)
each_streaming = pytest.mark.parametrize("name", STREAMING)


@pytest.fixture(scope="module")
def tasks() -> Iterator[Desk]:
    with set_up(host=task_host.stand_in) as made:
        yield made


@pytest.fixture
def page(tasks: Desk) -> Iterator[Page]:
    made = tasks.page()
    yield made
    made.close()


def run(page: Page, name: str, script: str) -> Any:
    """The result of a function body; ``make``, ``call`` and ``stream`` are the interface's, ``settled`` tells how
    a promise ends."""
    return page.evaluate(f"""async () => {{
      const Class = {name};
      const make = (options) => Class.create({{{PAIR}, ...options}});
      const call = (object, ...given) => object.{METHODS[name]}(...given);
      const stream = (object, ...given) => object.{METHODS[name]}Streaming(...given);
      const named = (reason) => reason instanceof DOMException ? reason.name : reason;
      const settled = (promise) => promise.then(() => 'fulfilled', named);
      const thrown = (act) => {{ try {{ act(); return 'nothing'; }} catch (reason) {{ return named(reason); }} }};
      const chunks = async (stream) => {{ const all = []; for await (const one of stream) all.push(one); return all; }};
      {script}
    }}""")


@each
def test_monitor_hears_0_and_1_and_nothing_after(page: Page, name: str) -> None:
    assert run(
        page,
        name,
        """
      const seen = [];
      let inside = true;
      const made = make({monitor(monitor) {
        seen.push(inside, String(monitor));
        monitor.ondownloadprogress = (event) => seen.push([event.loaded, event.total, event.lengthComputable]);
      }});
      inside = false;
      await made;
      return seen;
    """,
    ) == [True, "[object CreateMonitor]", [0, 1, True], [1, 1, True]]


@each
def test_what_a_monitor_throws_is_the_rejection_and_an_abort_at_the_last_event_still_rejects(
    page: Page, name: str
) -> None:
    assert run(
        page,
        name,
        """
      const reason = {mine: true};
      const controller = new AbortController();
      const aborting = make({signal: controller.signal, monitor(monitor) {
        monitor.ondownloadprogress = ({loaded}) => { if (loaded === 1) controller.abort(reason); };
      }});
      return [
        await settled(make({monitor() { throw 'mine'; }})),
        await aborting.then(() => false, (error) => error === reason),
      ];
    """,
    ) == ["mine", True]


@each
def test_reasons_of_signals_are_passed_on_themselves(page: Page, name: str) -> None:
    assert run(
        page,
        name,
        """
      const reason = {mine: true};
      const is = (promise) => promise.then(() => false, (error) => error === reason);
      const object = await make();
      const aborted = AbortSignal.abort(reason);
      const controller = new AbortController();
      const late = await make({signal: controller.signal});
      await call(late, 'x');
      controller.abort(reason);
      return [
        await is(make({signal: aborted})), await is(call(object, 'x', {signal: aborted})),
        await is(call(object, 'x', {signal: aborted})), await is(call(late, 'x')), await settled(call(object, 'x')),
      ];
    """,
    ) == [True, True, True, True, "fulfilled"]


@each
def test_a_destroyed_object_rejects_with_abort_errors_and_keeps_its_attributes(page: Page, name: str) -> None:
    assert run(
        page,
        name,
        f"""
      const object = await make();
      const read = () => Object.keys(Class.prototype).filter((key) => typeof Class.prototype.__lookupGetter__(key)
        === 'function').map((key) => object[key]);
      const before = JSON.stringify(read());
      const pending = settled(call(object, '{task_host.WAITS}'));
      const returned = object.destroy();
      object.destroy();
      return [
        returned === undefined, JSON.stringify(read()) === before,
        await settled(call(object, 'x')),
        'measureInputUsage' in object ? await settled(object.measureInputUsage('x')) : 'AbortError',
        name_of_stream(), '{name}' === 'Proofreader' || '{name}' === 'LanguageDetector' ? 'AbortError' : await pending,
      ];
      function name_of_stream() {{
        return Class.prototype.{METHODS[name]}Streaming ? thrown(() => stream(object, 'x')) : 'AbortError';
      }}
    """,
    ) == [True, True, "AbortError", "AbortError", "AbortError", "AbortError"]


@each_streaming
def test_streams_give_deltas_and_end_by_abort_destroy_and_cancel(page: Page, name: str) -> None:
    assert run(
        page,
        name,
        f"""
      const object = await make();
      const whole = await chunks(stream(object, 'one two'));
      const controller = new AbortController();
      const reader = stream(object, '{task_host.WAITS}', {{signal: controller.signal}}).getReader();
      await reader.read();
      controller.abort('stop');
      const left = stream(object, '{task_host.WAITS}');
      for await (const chunk of left) break;
      const ended = stream(object, '{task_host.WAITS}').getReader();
      await ended.read();
      object.destroy();
      return [whole, await settled(reader.read()), await settled(ended.read())];
    """,
    ) == [["one", " ", "two"], "stop", "AbortError"]


@each_streaming
def test_calls_of_one_object_do_not_wait_for_each_other(page: Page, name: str) -> None:
    assert run(
        page,
        name,
        f"""
      const object = await make();
      const controller = new AbortController();
      const pending = settled(call(object, '{task_host.WAITS}', {{signal: controller.signal}}));
      const answers = await Promise.all(Array.from({{length: 20}}, (_, index) => call(object, `text ${{index}}`)));
      controller.abort('enough');
      return [answers.map((text, index) => text === `text ${{index}}`).every(Boolean), await pending];
    """,
    ) == [True, "enough"]


@pytest.mark.parametrize(
    ("name", "blank"), [("Summarizer", []), ("Writer", []), ("Rewriter", [" "]), ("Translator", [" "])]
)
def test_streams_of_blank_and_empty_inputs_close(page: Page, name: str, blank: list[str]) -> None:
    script = (
        "const object = await make(); return [await chunks(stream(object, ' ')), await chunks(stream(object, ''))];"
    )
    assert run(page, name, script) == [blank, []]


def test_corrections_are_places_in_utf_16_units_of_the_input(page: Page) -> None:
    assert run(
        page,
        "Proofreader",
        """
      const input = '\\u{1f600} teh \\ud800 teh';
      const object = await make({includeCorrectionTypes: true});
      const {correctedInput, corrections} = await call(object, input);
      const blank = await call(object, ' ');
      return [
        corrections.map(({startIndex, endIndex}) => input.substring(startIndex, endIndex)),
        corrections.map((each) => Reflect.ownKeys(each).sort().join()), correctedInput.endsWith('the'),
        blank.correctedInput, 'corrections' in blank, Object.getPrototypeOf(blank) === Object.prototype,
      ];
    """,
    ) == [["teh", "teh"], ["correction,endIndex,startIndex,types"] * 2, True, " ", False, True]


def test_detected_languages_are_a_list_of_plain_objects(page: Page) -> None:
    assert run(
        page,
        "LanguageDetector",
        """
      const object = await make();
      const found = await call(object, 'some words');
      return [found, Array.isArray(found), object.inputQuota === Infinity, await object.measureInputUsage('x')];
    """,
    ) == [
        [{"confidence": 0.9, "detectedLanguage": "en"}, {"confidence": 0.1, "detectedLanguage": "und"}],
        True,
        True,
        0,
    ]


@pytest.mark.parametrize("name", [name for name in METHODS if name not in {"LanguageDetector", "Proofreader"}])
def test_an_input_over_the_quota_is_refused_with_numbers(page: Page, name: str) -> None:
    assert run(
        page,
        name,
        """
      const object = await make();
      const error = await call(object, 'x'.repeat(1001)).catch((reason) => reason);
      const streamed = await chunks(stream(object, 'x'.repeat(1001))).catch((reason) => reason);
      const far = await call(object, 'x'.repeat(5_000_000)).catch((reason) => reason);
      return [error, streamed, far].map((one) => [one.constructor === QuotaExceededError, one.requested, one.quota,
        one.code]).concat([[await object.measureInputUsage('four'), object.inputQuota]]);
    """,
    ) == [[True, 1001, 1000, 22], [True, 1001, 1000, 22], [True, 5_000_000, 1000, 22], [4, 1000]]


@each
def test_a_language_that_nobody_knows_is_unavailable_and_one_that_is_none_a_range_error(page: Page, name: str) -> None:
    option = {"Translator": "targetLanguage: %s"}.get(name, "expectedInputLanguages: [%s]")
    assert run(
        page,
        name,
        f"""
      const unknown = {{{PAIR}, {option % "'unk'"}}}, none = {{{PAIR}, {option % "'en_US'"}}};
      const kind = (promise) => promise.then(() => 'fulfilled', (reason) => reason.constructor === RangeError);
      return [
        await Class.availability({{{PAIR}}}), await Class.availability(unknown), await settled(Class.create(unknown)),
        await kind(Class.availability(none)), await kind(Class.create(none)),
      ];
    """,
    ) == ["available", "unavailable", "NotSupportedError", True, True]


@each
def test_a_frame_that_is_gone_rejects_with_its_own_errors(page: Page, name: str) -> None:
    assert page.evaluate(
        f"""async () => {{
      const frame = document.body.appendChild(document.createElement('iframe'));
      const {{ {name}: Class, DOMException }} = frame.contentWindow;
      const object = await Class.create({{{PAIR}}});
      const inner = object instanceof Class && !(object instanceof {name});
      frame.remove();
      const told = (promise) => new Promise((done) => {{
        promise.then(() => done('fulfilled'), (e) => done(`${{e.name}} ${{e instanceof DOMException}}`));
      }});
      return [inner, await told(Class.availability({{{PAIR}}})), await told(Class.create({{{PAIR}}})),
        await told(object.{METHODS[name]}('x'))];
    }}"""
    ) == [True, *["InvalidStateError true"] * 3]


def test_chromium_knows_the_features_of_those_that_it_has(page: Page) -> None:
    features = page.evaluate("() => document.featurePolicy.features()")
    assert {"summarizer", "translator", "language-detector"} <= set(features)


@each
def test_a_frame_of_another_origin_needs_the_feature_of_the_interface(tasks: Desk, name: str) -> None:
    feature = "language-detector" if name == "LanguageDetector" else name.lower()
    source = f"src='{tasks.site.url('/', 'other')}'"
    allows = ["", "allow=language-model", f"allow={feature}"]
    tasks.site.pages["/outer"] = "".join(f"<iframe {allow} {source}></iframe>" for allow in allows)
    page = tasks.page("/outer")
    ask = f"""async () => [
      await {name}.availability({{{PAIR}}}),
      await {name}.create({{{PAIR}}}).then(() => 'created', ({{name}}) => name),
    ]"""
    denied = ["unavailable", "NotAllowedError"]
    known = page.evaluate(f"() => document.featurePolicy.features().includes('{feature}')")
    delegated = ["available", "created"] if known else denied  # What the browser does not know cannot be seen.
    assert [frame.evaluate(ask) for frame in frames_in(page)] == [denied, denied, delegated]
    page.close()
