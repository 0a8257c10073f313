"""A page that uses nothing costs nothing; an extension without its Host says what to do."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page, Worker

from support.desk import Desk, set_up
from support.framed import documents_of
from support.host_pids import hosts, until_ended
from support.worker_counts import Counts, count, counts, worker_of

DETECT: Final = "() => ['LanguageModel' in self, typeof LanguageModel, typeof LanguageModel.create, typeof ai]"
THERE: Final = [True, "function", "function", "object"]


def test_only_a_page_that_calls_opens_a_port_and_starts_a_host(desk: Desk) -> None:
    worker = at_rest(desk)
    desk.site.pages["/frames"] = (
        f"<!doctype html><iframe src='/'></iframe><iframe src='{desk.site.url(name='other')}'></iframe>"
        f"<iframe allow=language-model src='{desk.site.url(name='inner')}'></iframe><iframe srcdoc='here'></iframe>"
    )
    page = desk.page("/frames")
    assert [frame.evaluate(DETECT) for frame in documents_of(page)] == [THERE] * 5
    page.reload()
    assert [frame.evaluate(DETECT) for frame in documents_of(page)] == [THERE] * 5
    assert desk.page().evaluate(DETECT) == THERE
    assert counts(worker) == Counts(ports=0, hosts=0)
    assert hosts(desk.where.data.parent) == []

    assert page.evaluate("() => LanguageModel.availability()") == "downloadable"
    assert counts(worker) == Counts(ports=1, hosts=1)
    assert len(hosts(desk.where.data.parent)) == 1


def is_welcome(page: Page) -> bool:
    return page.url.endswith("/options.html")


def at_rest(desk: Desk) -> Worker:
    """The worker, counting from now on: the page of welcome has seen its Host, is closed, and that Host has left."""
    worker = worker_of(desk.context)
    welcome = next(filter(is_welcome, desk.context.pages), None) or desk.context.wait_for_event("page", is_welcome)
    welcome.wait_for_selector("text=Ready")
    welcome.close()
    for host in hosts(desk.where.data.parent):
        until_ended(host)
    count(worker)
    return worker


def test_extension_says_the_exact_command_when_the_host_is_missing() -> None:
    with set_up(installed=False) as desk:
        page = desk.page()
        assert page.evaluate("() => LanguageModel.create().then(() => 'created', e => e.name)") == "UnknownError"
        page.goto(worker_of(desk.context).url.rsplit("/", 1)[0] + "/options.html")
        page.wait_for_selector("text=windowsill install --browser chromium")
