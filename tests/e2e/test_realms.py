"""Objects and errors belong to the frame whose interface made them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from support.desk import Desk

IN_A_FRAME = """async (body) => {
  const frame = document.createElement('iframe');
  frame.src = '/';
  const loaded = new Promise((done) => { frame.onload = done; });
  document.body.append(frame);
  await loaded;
  const inner = frame.contentWindow;
  const session = await inner.LanguageModel.create();
  const reason = (promise) => promise.then(() => null, (error) => error);
  const run = new Function('frame', 'inner', 'session', 'reason', `return (async () => { ${body} })();`);
  return run(frame, inner, session, reason);
}"""


def in_a_frame(page: Page, body: str) -> Any:
    """Runs ``body`` beside a frame of the same origin: ``inner`` is its window, ``session`` one of its sessions."""
    return page.evaluate(IN_A_FRAME, body)


def test_session_of_a_frame_is_of_the_frames_realm(shared_desk: Desk) -> None:
    body = """
      const stream = session.promptStreaming('Hello!');
      const promise = session.prompt('Hello!');
      return [
        session instanceof inner.LanguageModel, session instanceof LanguageModel, session instanceof inner.EventTarget,
        stream instanceof inner.ReadableStream, promise instanceof inner.Promise, promise instanceof Promise,
      ];"""
    assert in_a_frame(shared_desk.page(), body) == [True, False, True, True, True, False]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("session.prompt()", "TypeError"),
        ("session.prompt(Symbol())", "TypeError"),
        ("session.prompt([{role: 'user', content: 'a'}, {role: 'system', content: 'b'}])", "TypeError"),
        ("session.prompt([{role: 'user', content: 'a', prefix: true}])", "DOMException"),
        ("session.prompt.call({}, 'text')", "TypeError"),
        ("inner.LanguageModel.create({expectedInputs: [{type: 'text', languages: ['en_US']}]})", "RangeError"),
        ("inner.LanguageModel.create({expectedOutputs: [{type: 'image'}]})", "DOMException"),
        ("session.prompt('a'.repeat(100_000))", "QuotaExceededError"),
        ("(session.destroy(), session.prompt('text'))", "DOMException"),
        ("((pending) => (session.destroy(), pending))(session.prompt('text'))", "DOMException"),
        ("(frame.remove(), session.prompt('text'))", "DOMException"),
        ("(frame.remove(), inner.LanguageModel.availability())", "DOMException"),
    ],
)
def test_frames_errors_are_of_its_own_classes(shared_desk: Desk, code: str, kind: str) -> None:
    body = f"const {{ {kind}: Inner }} = inner; const error = await reason({code}); return error.constructor === Inner;"
    assert in_a_frame(shared_desk.page(), body)


def test_method_refuses_an_object_of_another_frame_with_a_type_error_of_its_own_frame(shared_desk: Desk) -> None:
    body = """
      const rejected = await reason(LanguageModel.prototype.prompt.call(session, 'text'));
      try {
        LanguageModel.prototype.promptStreaming.call(session, 'text');
      } catch (thrown) {
        return [rejected.constructor === TypeError, thrown.constructor === TypeError];
      }"""
    assert in_a_frame(shared_desk.page(), body) == [True, True]


def test_values_of_another_frame_are_taken(shared_desk: Desk) -> None:
    body = """
      const messages = inner.eval("[{role: 'user', content: [{type: 'text', value: 'Hello!'}]}]");
      const signal = inner.AbortSignal.abort('why');
      const own = await LanguageModel.create({monitor: inner.eval('(monitor) => {}')});
      return [typeof await own.prompt(messages), await reason(own.prompt('text', {signal}))];"""
    assert in_a_frame(shared_desk.page(), body) == ["string", "why"]
