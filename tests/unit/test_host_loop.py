"""The Host between its pipes, in a thread of the test: what it hears, what it notices, how it leaves."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import anyio
import msgspec
import pytest

from support.host_desk import places
from support.host_process import from_page
from windowsill import frames, host_loop, wire
from windowsill.dispatch import Dispatch
from windowsill.engine_link import EngineLink
from windowsill.file_watch import FileWatch
from windowsill.grant_store import GrantStore
from windowsill.greeting import Greeting
from windowsill.hearing import Hearing
from windowsill.protocol import Ask, Done, ProtocolError
from windowsill.settings import Settings

T = TypeVar("T", bound=msgspec.Struct)

SECONDS = 30.0
"""After this long without what it waits for, a test has failed."""

CREATE = {"type": "create", "id": 1, "interface": "language-model"}


class Host:
    """``host_loop.run`` with the test at the browser's end of its pipes."""

    def __init__(self, root: Path) -> None:
        self.where = places(root)
        self.hearing = Hearing()
        self._read, self._input = os.pipe()
        self._output, self._write = os.pipe()
        self._open = {self._input, self._output}
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        host_loop.run(self.where, Greeting(profile="profile"), self.hearing, self._read, self._write)

    def start(self) -> None:
        self._thread.start()

    def write(self, data: bytes) -> None:
        os.write(self._input, data)

    def say(self, message: dict[str, Any]) -> None:
        self.write(frame(message))

    def hear(self, kind: type[T]) -> T:
        """The next event, which must be of that kind."""
        (length,) = frames.PREFIX.unpack(os.read(self._output, frames.PREFIX.size))
        event = wire.decode_host_says(os.read(self._output, length))
        assert isinstance(event, kind), event
        return event

    def heard_all(self) -> bool:
        """Whether it said no more before it closed its output."""
        return os.read(self._output, 1) == b""

    def close_input(self) -> None:
        self._close(self._input)

    def close_output(self) -> None:
        self._close(self._output)

    def _close(self, end: int) -> None:
        if end in self._open:
            self._open.remove(end)
            os.close(end)

    def join(self) -> None:
        """Wait until it left."""
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()

    def leave(self) -> None:
        """End of input, and wait until it left."""
        self.close_input()
        self.join()

    def close(self) -> None:
        if self._thread.is_alive():
            self.leave()
        for end in tuple(self._open):
            self._close(end)


def frame(message: dict[str, Any]) -> bytes:
    return frames.encode(msgspec.json.encode(message))


def status(id: int = 1) -> dict[str, Any]:
    return {"type": "status", "id": id}


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    yield made
    made.close()


@pytest.fixture
def watching(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set once changes of files are noticed."""
    begun = threading.Event()
    start = FileWatch.start

    def starting(watch: FileWatch) -> None:
        start(watch)
        begun.set()

    monkeypatch.setattr(FileWatch, "start", starting)
    return begun


def test_requests_are_answered_until_the_input_ends_and_then_the_output_is_closed(host: Host) -> None:
    host.start()
    for number in (1, 2):
        host.say(status(number))
        assert host.hear(Done).id == number
    host.leave()
    assert host.heard_all()


def test_what_came_with_the_greeting_is_heard_without_waiting_for_more(host: Host) -> None:
    several = host.hearing.feed(frame(status(1)) + frame(status(2)))
    next(several)
    host.start()
    assert host.hear(Done).id == 2


def test_refused_frame_is_answered_and_logged_without_its_words_and_costs_nothing_else(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    host.start()
    host.say({"type": "decide", "ask": 1, "decision": "secret words"})
    assert "secret words" in host.hear(ProtocolError).message
    host.say(status())
    assert host.hear(Done).id == 1
    assert "refused: " in caplog.text
    assert "secret words" not in caplog.text


def test_stream_out_of_step_ends_the_host_while_its_input_is_open(host: Host) -> None:
    host.start()
    host.write(b"\xff" * 4)
    assert "out of step" in host.hear(ProtocolError).message
    host.join()
    assert host.heard_all()


@pytest.mark.parametrize(("sent", "logged"), [(10, "10 bytes"), (0, "")], ids=["inside a frame", "between frames"])
def test_input_that_ends_inside_a_frame_is_logged(
    host: Host, caplog: pytest.LogCaptureFixture, sent: int, logged: str
) -> None:
    host.start()
    host.write(frame(status())[:sent])
    host.leave()
    told = [record.getMessage() for record in caplog.records if record.name == "windowsill.host_loop"]
    assert len(told) == bool(logged)
    assert all(logged in message for message in told)


def test_end_of_input_ends_what_waits_for_the_user(host: Host) -> None:
    host.start()
    host.say(from_page(CREATE))
    host.hear(Ask)
    host.leave()


def test_browser_that_takes_nothing_any_more_is_told_nothing(host: Host, caplog: pytest.LogCaptureFixture) -> None:
    host.start()
    host.close_output()
    for number in range(1, 20):
        host.say(status(number))
    host.leave()
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_all_that_was_opened_is_closed_when_it_leaves(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    def noted(kind: type, name: str) -> None:
        close: Callable[..., Any] = getattr(kind, name)

        def closing(thing: object) -> Any:
            closed.append(kind.__name__)
            return close(thing)

        monkeypatch.setattr(kind, name, closing)

    noted(FileWatch, "close")
    noted(GrantStore, "close")
    noted(EngineLink, "aclose")
    host.start()
    host.say(status())
    host.hear(Done)
    assert closed == []
    host.leave()
    assert closed == ["FileWatch", "GrantStore", "EngineLink"]


def test_connection_that_does_not_close_keeps_the_host_no_longer_than_its_bound(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(_: EngineLink) -> None:
        await anyio.sleep_forever()

    monkeypatch.setattr(EngineLink, "aclose", hang)
    monkeypatch.setattr(host_loop, "LEAVE_SECONDS", 0.01)
    host.start()
    host.leave()
    assert host.heard_all()


def test_the_bound_for_leaving_is_far_below_the_browsers() -> None:
    assert host_loop.LEAVE_SECONDS <= 1.0


def test_change_of_the_settings_is_used_and_of_grants_rechecked_and_nothing_else(
    host: Host, watching: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    noticed: list[object] = []
    more = threading.Semaphore(0)

    def notice(what: object) -> None:
        noticed.append(what)
        more.release()

    monkeypatch.setattr(Dispatch, "use", lambda _, settings: notice(settings))
    monkeypatch.setattr(Dispatch, "recheck_grants", lambda _: notice("grants"))
    host.start()
    assert watching.wait(SECONDS)
    (host.where.data / "other").write_text("nothing of ours")
    (host.where.config / "other").write_text("nothing of ours")
    host.where.config_file.write_text("threads = 3")
    assert more.acquire(timeout=SECONDS)
    assert set(noticed) == {Settings(threads=3)}
    noticed.clear()
    GrantStore(host.where).put("profile", "https://a.example", "allow")
    while "grants" not in noticed:
        assert more.acquire(timeout=SECONDS)
    assert set(noticed) <= {Settings(threads=3), "grants"}


def test_folders_that_cannot_be_watched_are_logged_and_pages_served(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: FileWatch) -> None:
        raise OSError("inotify watch limit reached")

    monkeypatch.setattr(FileWatch, "start", fail)
    host.start()
    host.say(status())
    host.hear(Done)
    host.leave()
    assert "goes unnoticed until the next start: inotify watch limit reached" in caplog.text


def test_settings_that_cannot_be_used_are_logged_and_the_default_ones_used(
    host: Host, watching: threading.Event, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    used: list[Settings] = []
    make = EngineLink.__init__

    def making(link: EngineLink, where: Any, settings: Settings) -> None:
        used.append(settings)
        make(link, where, settings)

    monkeypatch.setattr(EngineLink, "__init__", making)
    host.where.config.mkdir()
    host.where.config_file.write_text("threads = 'many'")
    host.start()
    assert watching.wait(SECONDS)
    host.leave()
    assert used == [Settings()]
    assert "threads has the wrong type (str); going on with the default settings" in caplog.text
