"""What no honest browser sends: the Host refuses it, logs it, and lives on, or ends cleanly where no later byte makes
sense."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.host_process import HostProcess, from_page, host_process
from windowsill import frames
from windowsill.protocol import AvailabilityResult, Done, Error, ErrorInfo, Idle, ProtocolError
from windowsill.settings import MAX_FRAME_FROM_BROWSER
from windowsill.wire import WireError

AVAILABILITY = {"type": "availability", "id": 9, "interface": "language-model"}
DEEP = 200_000


@pytest.fixture
def host(tmp_path: Path) -> Iterator[HostProcess]:
    with host_process(tmp_path) as process:
        process.hello()
        yield process


def lives_on(host: HostProcess) -> None:
    """It still serves, and ends with its input."""
    host.say(from_page(AVAILABILITY))
    assert host.hear(Done) == Done(client=1, id=9, result=AvailabilityResult(availability="downloadable"))
    host.hear(Idle)
    assert host.leave() == 0


def is_refused(host: HostProcess, reason: str) -> None:
    said = host.hear(ProtocolError).message
    assert reason in said
    assert WireError(said).loggable in host.log


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"type": "selfDestruct"}, "selfDestruct"),
        ({"type": "gone", "client": 1, "suspended": False, "colour": "red"}, "colour"),
        ({"type": "gone", "client": 1}, "suspended"),
        ({"client": 1}, "type"),
    ],
    ids=["unknown verb", "unknown field", "missing field", "no verb"],
)
def test_a_frame_that_says_nothing_we_know_is_refused(host: HostProcess, message: dict[str, Any], reason: str) -> None:
    host.say(message)
    is_refused(host, reason)
    lives_on(host)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"type": "teleport", "id": 1}, "teleport"),
        ({"type": "availability", "id": 1, "interface": "language-model", "colour": "red"}, "colour"),
        ({"type": "availability", "id": 1, "interface": "language-model", "origin": "https://bank.example"}, "origin"),
    ],
    ids=["unknown verb", "unknown field", "page-supplied origin"],
)
def test_a_page_s_request_that_says_nothing_we_know_is_refused_and_answered(
    host: HostProcess, request_: dict[str, Any], reason: str
) -> None:
    host.say(from_page(request_))
    is_refused(host, reason)
    malformed = ErrorInfo(name="UnknownError", message="The request was malformed.")
    assert host.hear(Error) == Error(client=1, id=1, error=malformed)
    host.hear(Idle)
    lives_on(host)


def test_an_oversized_frame_is_skipped_to_its_end(host: HostProcess) -> None:
    host.write(frames.encode(b"x" * (MAX_FRAME_FROM_BROWSER + 1)))
    is_refused(host, f"{MAX_FRAME_FROM_BROWSER + 1} bytes")
    lives_on(host)


def test_a_length_that_no_browser_means_ends_the_host_cleanly(host: HostProcess) -> None:
    host.write(b"GET / HTTP/1.1\r\n")
    is_refused(host, "out of step")
    assert host.ended() == 0


@pytest.mark.parametrize("cut", [2, 4, 10], ids=["in its length", "after its length", "in its body"])
def test_a_truncated_frame_ends_with_the_input_and_is_logged(host: HostProcess, cut: int) -> None:
    host.write(frames.encode(msgspec.json.encode(from_page(AVAILABILITY)))[:cut])
    assert host.leave() == 0
    assert "input ended inside a frame" in host.log


@pytest.mark.parametrize("body", [b"", b"not json", b'{"type": "hello"', b"null", b"7"])
def test_a_frame_that_is_not_a_json_object_is_refused(host: HostProcess, body: bytes) -> None:
    host.write(frames.encode(body))
    host.hear(ProtocolError)
    assert "refused" in host.log
    lives_on(host)


def test_bad_utf_8_is_refused(host: HostProcess) -> None:
    host.write(frames.encode(b'{"type": "decide", "ask": 1, "decision": "\xff\xfe"}'))
    host.hear(ProtocolError)
    lives_on(host)


def test_bad_utf_8_in_a_page_s_request_is_refused(host: HostProcess) -> None:
    good = msgspec.json.encode(from_page({"type": "availability", "id": 1, "interface": "@"}))
    host.write(frames.encode(good.replace(b"@", b"\xff\xfe")))
    host.hear(ProtocolError)
    assert host.hear(Error).id == 1
    host.hear(Idle)
    assert "refused" in host.log
    lives_on(host)


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["arrays", "objects"])
def test_deeply_nested_json_is_refused(host: HostProcess, opening: bytes, closing: bytes) -> None:
    host.write(frames.encode(opening * DEEP + b"1" + closing * DEEP))
    host.hear(ProtocolError)
    lives_on(host)


def test_a_page_s_deeply_nested_request_is_refused(host: HostProcess) -> None:
    nested = b'{"type":"prompt","id":1,"session":1,"stream":true,"input":' + b"[" * DEEP + b"]" * DEEP + b"}"
    frame = msgspec.json.encode(from_page("@")).replace(b'"@"', nested)
    host.write(frames.encode(frame))
    is_refused(host, "nested too deeply")
    lives_on(host)
