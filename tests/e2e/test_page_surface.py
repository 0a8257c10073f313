"""What a page can see of us, and what a hostile one can do about it."""

from __future__ import annotations

import subprocess

from playwright.sync_api import sync_playwright
from support.desk import Desk
from support.site import serving
from windowsill.demo import chromium

NAMES = "() => Object.getOwnPropertyNames(globalThis).sort()"

OURS = {"LanguageModel", "CreateMonitor", "ai"}
"""Every name that the extension may add to a page's global: interfaces of the IDL, and the older ``ai``."""

HOSTILE = """<!doctype html><script>
  globalThis.stolen = [];
  const spy = (object, name) => {
    const original = object[name];
    object[name] = function (...args) { stolen.push([name, String(JSON.stringify(args))]); return original.apply(this, args); };
  };
  spy(MessagePort.prototype, 'postMessage');
  spy(EventTarget.prototype, 'dispatchEvent');
  spy(EventTarget.prototype, 'addEventListener');
  spy(Map.prototype, 'get'); spy(Map.prototype, 'set'); spy(Promise.prototype, 'then');
  const data = Object.getOwnPropertyDescriptor(MessageEvent.prototype, 'data');
  Object.defineProperty(MessageEvent.prototype, 'data', {get() { const value = data.get.call(this); stolen.push(['data', JSON.stringify(value)]); return value; }});
  for (const type of ['message', 'windowsill-port']) {
    addEventListener(type, event => { stolen.push([type, JSON.stringify(event.data)]); }, true);
    document.addEventListener(type, event => { stolen.push([type, JSON.stringify(event.data)]); }, true);
  }
  const channel = new MessageChannel();
  document.dispatchEvent(new MessageEvent('windowsill-port', {ports: [channel.port2]}));
  channel.port1.onmessage = event => { stolen.push(['forged', JSON.stringify(event.data)]); };
  channel.port1.postMessage({type: 'availability', id: 1, interface: 'language-model', origin: 'http://www.localhost'});
</script>"""


def test_page_finds_only_the_interfaces_added_to_its_global(shared_desk: Desk) -> None:
    with_us = set(shared_desk.page().evaluate(NAMES))
    with serving() as site, sync_playwright() as playwright:
        plain = playwright.chromium.launch(
            executable_path=chromium.find(), args=[s for s in chromium.switches(shared_desk.folder) if "extension" not in s]
        )
        page = plain.new_page()
        page.goto(site.url())
        without_us = set(page.evaluate(NAMES))
        plain.close()
    assert with_us - without_us <= OURS
    assert with_us >= OURS


def test_insecure_page_finds_nothing(shared_desk: Desk) -> None:
    page = shared_desk.context.new_page()
    page.goto("data:text/html,<iframe src='data:text/html,inner'></iframe>")
    frame = page.frames[1]
    assert not frame.evaluate("() => isSecureContext")
    assert not frame.evaluate("() => 'ai' in globalThis")


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
    # What the spies see is the page's own traffic and its own forgery; nothing of ours.
    told = [what for what, text in stolen if "secret words" in text or "availability" in text or what == "forged"]
    assert told == ["postMessage"]


def test_page_that_names_another_origin_speaks_for_itself_only(desk: Desk) -> None:
    desk.allow("www")
    seen = desk.page("/", "evil").evaluate("""() => LanguageModel.availability({origin: 'http://www.localhost'})""")
    assert seen == "downloadable"


def test_page_that_never_calls_starts_no_host(desk: Desk) -> None:
    desk.page().evaluate("() => [typeof LanguageModel, typeof ai]")
    worker = desk.context.service_workers[0]
    assert not desk.where.host_log.exists() or _hosts(desk) == _hosts_of_welcome(desk), worker.url


def _hosts(desk: Desk) -> int:
    return desk.where.host_log.read_text().count("starts for")


def _hosts_of_welcome(desk: Desk) -> int:
    """The options page that opens after installing greets the Host once; pages add none."""
    return 1


def test_extension_says_the_exact_command_when_the_host_is_missing() -> None:
    from support.desk import set_up

    with set_up(installed=False) as desk:
        page = desk.page()
        assert page.evaluate("() => LanguageModel.create().then(() => 'created', e => e.name)") == "UnknownError"
        worker = desk.context.service_workers[0]
        page.goto(worker.url.rsplit("/", 1)[0] + "/options.html")
        page.wait_for_selector("text=windowsill install --browser chromium")
