"""What a hostile page can do about us: nothing."""

from __future__ import annotations

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


def test_page_that_names_another_origin_speaks_for_itself_only(desk: Desk) -> None:
    desk.allow("www")
    seen = desk.page("/", "evil").evaluate("""() => LanguageModel.availability({origin: 'http://www.localhost'})""")
    assert seen == "downloadable"
