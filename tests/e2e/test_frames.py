"""Documents inside of documents: each speaks for its own origin, and one that is gone says so in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from support.desk import Desk, set_up
from support.framed import frames_in

ADD: Final = """
  const add = (attributes = {}) => {
    const frame = Object.assign(document.createElement('iframe'), attributes);
    const loaded = new Promise((done) => { frame.addEventListener('load', done); });
    document.body.append(frame);
    return 'src' in attributes || 'srcdoc' in attributes ? loaded.then(() => frame) : frame;
  };
"""

INHERITING: Final = {
    "an empty frame": "add().contentWindow",
    "about:blank": "(await add({ src: 'about:blank' })).contentWindow",
    "srcdoc": "(await add({ srcdoc: 'here' })).contentWindow",
    "a blob": "(await add({ src: URL.createObjectURL(new Blob(['x'], { type: 'text/html' })) })).contentWindow",
    "a javascript: URL": "(await add({ src: 'javascript:`here`' })).contentWindow",
    "document.write": "(() => { const { contentWindow: w } = add(); w.document.write('here'); return w; })()",
    "a popup": "open('about:blank')",
    "a popup that is written": "(() => { const w = open(''); w.document.write('here'); return w; })()",
}
"""Ways to a document that has the origin of who made it."""

ENDS: Final = {
    "is removed": "frame.remove();",
    "goes elsewhere on the site": "await until(frame, '/inner');",
    "goes to another site": "await until(frame, '{other}');",
    "is replaced by a javascript: URL": "await until(frame, 'javascript:`other`');",
}

AFTER_ITS_END: Final = (
    """async () => {"""
    + ADD
    + """
  const until = (frame, src) => new Promise((done) => { frame.onload = done; frame.src = src; });
  const frame = add();
  const { LanguageModel, Object: { prototype } } = frame.contentWindow;
  const session = await LanguageModel.create();
  %s
  // The chain is read by hand: nobody has named the frame's DOMException while it could be named.
  const told = (error) => {
    const { getPrototypeOf } = Object;
    return [error.name, getPrototypeOf(getPrototypeOf(getPrototypeOf(error))) === prototype];
  };
  const thrown = (call) => { try { call(); return 'nothing'; } catch (error) { return told(error); } };
  // No await: what a promise of a realm that is gone resolves another with is never delivered.
  const rejected = (promise) => new Promise((done) => { promise.then(() => done('nothing'), (e) => done(told(e))); });
  return [
    await rejected(LanguageModel.availability()), await rejected(LanguageModel.create()),
    await rejected(session.prompt('x')), await rejected(session.append('x')),
    await rejected(session.measureContextUsage('x')), await rejected(session.clone()),
    thrown(() => session.promptStreaming('x')), session.contextUsage, session.destroy(),
  ];
}"""
)


@pytest.fixture(scope="module")
def frames() -> Iterator[Desk]:
    """The origin ``www`` has a grant."""
    with set_up() as made:
        made.allow()
        made.site.pages["/inner"] = "<!doctype html><p>inner</p>"
        yield made


@pytest.mark.parametrize("way", INHERITING.values(), ids=INHERITING.keys())
def test_document_that_inherits_an_origin_has_its_grant_and_its_own_interface(frames: Desk, way: str) -> None:
    seen = frames.page().evaluate(f"""async () => {{ {ADD}
      const made = {way};
      const session = await made.LanguageModel.create();
      return [made.LanguageModel !== LanguageModel, made.origin, session instanceof made.LanguageModel];
    }}""")
    assert seen == [True, frames.site.origin(), True]


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_interface_and_sessions_of_a_frame_that_is_gone_fail_with_its_own_exceptions(frames: Desk, end: str) -> None:
    seen = frames.page().evaluate(AFTER_ITS_END % end.replace("{other}", frames.site.url("/inner", "other")))
    assert seen == [["InvalidStateError", True]] * 7 + [0, None]


def test_what_a_frame_was_asked_before_it_went_never_settles(frames: Desk) -> None:
    seen = frames.page().evaluate(f"""async () => {{ {ADD}
      const frame = add(), inner = frame.contentWindow;
      const heard = [];
      const note = (what, promise) => {{ promise.then(() => heard.push(what), () => heard.push(what)); }};
      const session = await inner.LanguageModel.create();
      const reader = session.promptStreaming('Tell me a story about a cat.').getReader();
      await reader.read();
      note('prompt', session.prompt('Hello!'));
      note('create', inner.LanguageModel.create());
      note('create with a monitor', inner.LanguageModel.create({{ monitor() {{ frame.remove(); }} }}));
      await LanguageModel.create();  // what came of those would have come before this
      return heard;
    }}""")
    assert seen == []


def test_parent_that_calls_a_frame_of_another_origin_is_kept_out(frames: Desk) -> None:
    seen = frames.page().evaluate(f"""async () => {{ {ADD}
      const {{ contentWindow }} = await add({{ src: '{frames.site.url("/inner", "other")}', allow: 'language-model' }});
      try {{ return contentWindow.LanguageModel; }} catch (error) {{ return error.name; }}
    }}""")
    assert seen == "SecurityError"


def test_each_frame_speaks_for_its_own_origin(frames: Desk) -> None:
    frames.site.pages["/two"] = (
        f"<!doctype html><iframe src='{frames.site.url()}'></iframe>"
        f"<iframe allow=language-model src='{frames.site.url(name='other')}'></iframe>"
    )
    inner = frames_in(frames.page("/two", "outer"))
    frames.allow("outer")
    asked: list[Any] = [frame.evaluate("() => LanguageModel.availability()") for frame in inner]
    assert asked == ["unavailable", "downloadable"]


def test_members_of_a_document_work_on_no_session_of_another(frames: Desk) -> None:
    seen = frames.page().evaluate(f"""async () => {{ {ADD}
      const inner = add().contentWindow;
      const session = await inner.LanguageModel.create();
      const name = (error) => error.name;
      return [session instanceof LanguageModel, await LanguageModel.prototype.prompt.call(session, 'x').catch(name)];
    }}""")
    assert seen == [False, "TypeError"]
