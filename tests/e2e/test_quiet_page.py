"""A page that uses nothing costs nothing; an extension without its Host says what to do."""

from __future__ import annotations

from support.desk import Desk, set_up


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
    with set_up(installed=False) as desk:
        page = desk.page()
        assert page.evaluate("() => LanguageModel.create().then(() => 'created', e => e.name)") == "UnknownError"
        worker = desk.context.service_workers[0]
        page.goto(worker.url.rsplit("/", 1)[0] + "/options.html")
        page.wait_for_selector("text=windowsill install --browser chromium")
