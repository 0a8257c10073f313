"""Where the interfaces are, and where nothing of ours is: insecure pages, workers, documents that are no pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from support.certificate import self_signed
from support.desk import Desk, set_up
from support.framed import documents_of, frames_in
from support.site import serving

OURS: Final = "['LanguageModel', 'CreateMonitor', 'ai'].filter((name) => name in globalThis)"

PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)

PDF: Final = b"""%PDF-1.1
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj
trailer<</Root 1 0 R>>
"""

NO_PAGES: Final = {
    "/drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "/notes.txt": b"notes",
    "/data.json": b"{}",
    "/data.xml": b"<?xml version='1.0'?><data/>",
    "/dot.png": PNG,
    "/paper.pdf": PDF,
}

GLOBALS_OF_WORKERS: Final = {
    "dedicated": """new Promise((done) => {
      new Worker(code(`postMessage(seen)`)).onmessage = ({ data }) => done(data);
    })""",
    "shared": """new Promise((done) => {
      new SharedWorker(code(`onconnect = ({ ports: [port] }) => { port.postMessage(seen); }`))
        .port.onmessage = ({ data }) => done(data);
    })""",
    "service": """(async () => {
      await navigator.serviceWorker.register('/worker.js');
      const { active } = await navigator.serviceWorker.ready;
      const { port1, port2 } = new MessageChannel();
      active.postMessage(null, [port2]);
      return new Promise((done) => { port1.onmessage = ({ data }) => done(data); });
    })()""",
    "audio worklet": """(async () => {
      const context = new OfflineAudioContext(1, 128, 8000);
      await context.audioWorklet.addModule(code(`registerProcessor('x', class extends AudioWorkletProcessor {
        constructor() { super(); this.port.postMessage(seen); }
        process() { return false; }
      })`));
      const { port } = new AudioWorkletNode(context, 'x');
      return new Promise((done) => { port.onmessage = ({ data }) => done(data); });
    })()""",
}
SEEN: Final = "const seen = ['LanguageModel', 'ai'].filter((name) => name in globalThis);"
"""Chromium's own CreateMonitor is in some workers, for its translator."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """``plain.test`` is the site by an insecure name; ``www`` has a grant; the user puts up with bad certificates."""
    with set_up(switches=["--host-resolver-rules=MAP *.test 127.0.0.1", "--ignore-certificate-errors"]) as made:
        made.allow()
        yield made


def test_insecure_pages_and_secure_ones_inside_of_them_have_nothing_of_ours(desk: Desk) -> None:
    desk.site.pages["/outer"] = f"<!doctype html><iframe src='{desk.site.url()}'></iframe><iframe></iframe>"
    page = desk.context.new_page()
    page.goto(f"http://plain.test:{desk.site.port}/outer")
    assert [frame.evaluate(f"() => [isSecureContext, {OURS}]") for frame in documents_of(page)] == [[False, []]] * 3


def test_page_with_a_certificate_that_nobody_vouches_for_asks_and_is_answered(desk: Desk) -> None:
    with serving(self_signed(desk.folder)) as secure:
        page, wrong = watched(desk)
        page.goto(secure.url())
        page.bring_to_front()
        assert page.url.startswith("https:")
        assert page.evaluate("() => LanguageModel.availability()") == "downloadable"
        assert desk.answer(page, "() => LanguageModel.create().then((s) => s.prompt('Hello!'))", "once")
    assert wrong == []


@pytest.mark.parametrize("worker", GLOBALS_OF_WORKERS.values(), ids=GLOBALS_OF_WORKERS.keys())
def test_workers_have_nothing_of_ours(desk: Desk, worker: str) -> None:
    script = desk.folder / "worker.js"
    script.write_text(f"{SEEN} onmessage = ({{ ports: [port] }}) => {{ port.postMessage(seen); }};")
    desk.site.files["/worker.js"] = script
    seen = desk.page().evaluate(f"""() => {{
      const code = (text) => URL.createObjectURL(new Blob([`{SEEN}` + text], {{ type: 'text/javascript' }}));
      return {worker};
    }}""")
    assert seen == []


@pytest.mark.parametrize("path", NO_PAGES)
def test_document_that_is_no_page_shows_as_ever_and_can_be_asked_of(desk: Desk, path: str) -> None:
    file = desk.folder / path[1:]
    file.write_bytes(NO_PAGES[path])
    desk.site.files[path] = file
    page, wrong = watched(desk)
    page.goto(desk.site.url(path))
    assert page.evaluate("() => LanguageModel.availability()") == "available"
    assert wrong == []


@pytest.mark.parametrize("address", ["view-source:{page}", "about:blank", "data:text/html,here", "chrome://version"])
def test_documents_without_our_scripts_are_left_alone(desk: Desk, address: str) -> None:
    page, wrong = watched(desk)
    page.goto(address.format(page=desk.site.url()))
    assert page.evaluate("() => 'ai' in globalThis") is False
    assert wrong == []


def test_what_was_allowed_to_one_local_file_is_not_allowed_to_another(desk: Desk) -> None:
    pages = [desk.context.new_page() for _ in range(2)]
    for number, page in enumerate(pages):
        file = desk.folder / f"{number}.html"
        file.write_text("<!doctype html><iframe srcdoc=here></iframe>")
        page.goto(file.as_uri())
    asked = "() => LanguageModel.availability()"
    first, second = pages
    assert first.evaluate(asked) == "downloadable"
    first.bring_to_front()
    assert desk.answer(first, "() => LanguageModel.create().then((s) => s.prompt('Hello!'))", "once")
    (inner,) = frames_in(first)
    assert [document.evaluate(asked) for document in (first, second, inner)] == [
        "available",
        "downloadable",
        "downloadable",
    ]


def watched(desk: Desk) -> tuple[Page, list[str]]:
    """A new tab, and what goes wrong in it."""
    page = desk.context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return page, wrong
