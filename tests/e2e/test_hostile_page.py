"""What a hostile page can do about us: nothing."""

from __future__ import annotations

import json
from queue import Queue
from typing import Any

from support.desk import Desk

HOSTILE = """<!doctype html><script>
  globalThis.stolen = [];
  const steal = (what, value) => { stolen.push([what, JSON.stringify(value) ?? '']); };
  const spy = (object, name) => {
    const original = object[name];
    object[name] = function (...args) {
      steal(name, args.filter(arg => typeof arg !== 'function' && !(arg instanceof Event)));
      return original.apply(this, args);
    };
  };
  spy(MessagePort.prototype, 'postMessage');
  spy(EventTarget.prototype, 'dispatchEvent');
  spy(EventTarget.prototype, 'addEventListener');
  const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
  Object.defineProperty(MessageEvent.prototype, 'data', {
    get() { const value = data.get.call(this); steal('data', value); return value; },
  });
  for (const type of ['message', 'windowsill-port']) {
    addEventListener(type, event => { steal(type, event.data); }, true);
    document.addEventListener(type, event => { steal(type, event.data); }, true);
  }
  const channel = new MessageChannel();
  for (const target of [globalThis, document]) {
    target.dispatchEvent(new MessageEvent('windowsill-port', {ports: [channel.port2]}));
  }
  channel.port1.onmessage = event => { steal('forged', event.data); };
  channel.port1.postMessage({type: 'availability', id: 1, interface: 'language-model'});
</script>"""

PATCHES_EVERYTHING = """<!doctype html><script>
  const { create, availability, prototype } = LanguageModel;
  const { prompt, promptStreaming, append, clone, destroy, measureContextUsage } = prototype;
  const { apply, defineProperty, ownKeys, getOwnPropertyDescriptor } = Reflect;
  const { getReader } = ReadableStream.prototype;
  const { read } = ReadableStreamDefaultReader.prototype;
  const { stringify } = JSON;
  const { fetch } = globalThis;
  const { iterator } = Symbol;
  const touched = [];
  const ours = new Set(['LanguageModel', 'CreateMonitor', 'ai']);
  const names = ownKeys(globalThis).filter((name) => !ours.has(name));
  const classes = names.map((name) => ({ name, value: globalThis[name] }));

  /** Has every method and getter note that it was used, and fail. */
  const patch = (holder, path) => {
    const keys = ownKeys(holder);
    for (let index = 0; index < keys.length; index += 1) {
      const name = `${path}.${typeof keys[index] === 'symbol' ? 'symbol' : keys[index]}`;
      const refuse = function () { touched[touched.length] = name; throw name; };
      const { value, get, configurable } = getOwnPropertyDescriptor(holder, keys[index]);
      if (configurable && keys[index] !== 'constructor' && (get || typeof value === 'function')) {
        defineProperty(holder, keys[index], get ? { get: refuse, set: refuse } : { value: refuse });
      }
    }
  };

  const call = async (name, method, self, ...args) => {
    try {
      return await apply(method, self, args);
    } catch (error) {
      touched[touched.length] = `${name} failed: ${error.message ?? error}`;
    }
  };

  const visit = async () => {
    const { signal } = new AbortController();
    const pattern = /yes/;
    const messages = [{ role: 'user', content: [{ type: 'text', value: 'Hello!' }] }];
    const options = { signal, monitor: () => {}, expectedInputs: [{ type: 'text', languages: ['en'] }] };
    for (let index = 0; index < classes.length; index += 1) {
      const { name, value } = classes[index];
      if (typeof value === 'function') {
        if (value.prototype) patch(value.prototype, `${String(name)}.prototype`);
        patch(value, String(name));
      }
    }
    patch(Reflect, 'Reflect');
    patch(Intl, 'Intl');
    // Conversion walks the page's own arrays with their iterator, which is the page's own affair.
    const next = function () { return { done: this.at === this.list.length, value: this.list[this.at++] }; };
    defineProperty(Array.prototype, iterator, { value() { return { at: 0, list: this, next }; } });
    const noGetter = { __proto__: null, get() { throw 'a descriptor inherits'; }, configurable: true };
    defineProperty(Object.prototype, 'get', noGetter);

    const session = await call('create', create, null, options);
    const answers = [
      await call('availability', availability, null, options),
      typeof await call('prompt', prompt, session, messages, { signal }),
      await call('prompt', prompt, session, messages, { signal, responseConstraint: { const: 1 } }),
      await call('prompt', prompt, session, messages, { signal, responseConstraint: pattern }),
      typeof await call('measureContextUsage', measureContextUsage, session, 'Hello!', { signal }),
      await call('append', append, session, messages, { signal }),
    ];
    const reader = apply(getReader, await call('promptStreaming', promptStreaming, session, 'Hi', { signal }), []);
    let chunks = 0;
    while (!(await apply(read, reader, [])).done) chunks += 1;
    const copy = await call('clone', clone, session, { signal });
    await call('destroy', destroy, copy);
    await call('destroy', destroy, session);
    return { answers, streamed: chunks > 0, touched };
  };

  (async () => {
    let told;
    try {
      told = await visit();
    } catch (error) {
      told = { failed: error.message ?? error, touched };
    }
    apply(fetch, globalThis, ['/told', { __proto__: null, method: 'POST', body: stringify(told) }]);
  })();
</script>"""
"""All but what the page's own conversions use by their definition, and what it keeps to make its own calls."""


def test_hostile_page_reads_and_forges_nothing_and_the_honest_one_beside_it_works(desk: Desk) -> None:
    desk.allow("www")
    desk.site.pages["/hostile"] = HOSTILE
    hostile = desk.page("/hostile", "evil")
    honest = desk.page("/", "www")
    assert hostile.evaluate("() => LanguageModel.availability()") == "downloadable"
    created = "() => LanguageModel.create().then(s => s.prompt('Hello!'), e => e.name)"
    assert honest.evaluate(created)
    assert desk.answer(hostile, "() => LanguageModel.create().then(s => s.prompt('secret words'))", "once")
    stolen = hostile.evaluate("() => stolen")
    # The spies work: they see the page's own forgery. They see nothing of ours, and nobody answers the forgery.
    told = [what for what, text in stolen if "secret words" in text or "language-model" in text or what == "forged"]
    assert told == ["postMessage"]


def test_page_that_patches_all_it_can_gets_answers_and_none_of_its_patches_is_used(desk: Desk) -> None:
    told: Queue[Any] = Queue()
    desk.allow()
    desk.site.pages["/patched"] = PATCHES_EVERYTHING
    desk.site.posts["/told"] = lambda body: told.put(json.loads(body))
    desk.page("/patched")
    said = told.get(timeout=60)
    assert said == {"answers": ["available", "string", "1", "yes", "number", None], "streamed": True, "touched": []}


def test_page_that_names_another_origin_speaks_for_itself_only(desk: Desk) -> None:
    desk.allow("www")
    seen = desk.page("/", "evil").evaluate("""() => LanguageModel.availability({origin: 'http://www.localhost'})""")
    assert seen == "downloadable"
