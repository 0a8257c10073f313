"""The Host's process: greets, serves, keeps its frames clean, and leaves with the browser."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from support.host_process import from_page, host_process
from windowsill import __version__, frames
from windowsill.grant_store import GrantStore
from windowsill.protocol import Ask, AskEnded, AvailabilityResult, Done, Idle, ProtocolError, StatusResult, Welcome
from windowsill.settings import paths

AVAILABILITY = {"type": "availability", "id": 1, "interface": "language-model"}
CREATE = {"type": "create", "id": 1, "interface": "language-model"}

CHATTY = """
import ctypes, json, os, struct

def shout():
    print("a library prints", flush=True)
    os.write(1, b"a library writes")
    ctypes.CDLL(None).puts(b"a library written in C prints")
    ctypes.CDLL(None).fflush(None)

def encode_message(content):
    shout()
    body = json.dumps(content).encode()
    return {"length": struct.pack("@I", len(body)), "content": body}

shout()
"""


def test_the_host_answers_hello_and_ends_with_its_input(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        assert host.hello().version == __version__
        assert host.leave() == 0
        assert "host leaves" in host.log


def test_the_host_ends_before_anybody_greeted_it(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        assert host.leave() == 0


def test_nothing_is_served_before_hello(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        host.say(from_page(AVAILABILITY))
        host.say({"type": "privateEnded"})
        assert [host.hear(ProtocolError).message for _ in range(2)] == ["the first message must be hello"] * 2
        assert host.hello().update is None
        assert host.leave() == 0


def test_what_comes_together_with_the_greeting_is_answered_after_it(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        hello = {"type": "hello", "protocol": {"min": 1, "max": 1}, "version": "1", "profile": "profile"}
        host.write(b"".join(frames.encode(msgspec.json.encode(said)) for said in (hello, {"type": "status", "id": 1})))
        host.hear(Welcome)
        assert isinstance(host.hear(Done).result, StatusResult)
        assert host.leave() == 0


def test_bytes_that_make_no_sense_before_the_greeting_are_refused(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        host.write(frames.encode(b"\xff") + b"\xff" * 4)
        assert "malformed" in host.hear(ProtocolError).message
        assert "out of step" in host.hear(ProtocolError).message
        assert host.ended() == 0


def test_the_greeting_is_answered_before_what_serves_pages_is_loaded(tmp_path: Path) -> None:
    with host_process(tmp_path, options=["-X", "importtime"]) as host:
        host.hello()
        host.close_input()
        assert host.ended() == 0
        lines = [line.rsplit("|", 1)[-1].strip() for line in host.errors.splitlines() if "|" in line]
    assert {"asyncio", "anyio", "windowsill.dispatch"} <= set(lines[lines.index("windowsill.hearing") :])


def test_the_host_ends_with_its_input_while_a_question_is_open(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        host.hello()
        host.say(from_page(CREATE))
        assert host.hear(Ask).origin == "https://a.example"
        host.close_input()
        host.hear(AskEnded)
        host.hear(Idle)
        assert host.ended() == 0


def test_a_page_s_request_is_answered_and_the_host_says_when_it_is_idle(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        host.hello()
        host.say(from_page(AVAILABILITY))
        assert host.hear(Done) == Done(client=1, id=1, result=AvailabilityResult(availability="downloadable"))
        host.hear(Idle)
        assert host.leave() == 0


def test_frames_that_come_together_are_all_answered(tmp_path: Path) -> None:
    with host_process(tmp_path) as host:
        host.hello()
        for number in range(1, 51):
            host.say({"type": "status", "id": number})
        assert [host.hear(Done).id for _ in range(50)] == list(range(1, 51))


@pytest.mark.skipif(sys.platform == "win32", reason="the C library has another name there")
def test_what_a_library_prints_never_reaches_the_frames(tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "nativemessaging.py").write_text(CHATTY)
    with host_process(tmp_path, first=[folder]) as host:
        host.hello()
        host.say({"type": "status", "id": 1})
        assert isinstance(host.hear(Done).result, StatusResult)
        assert host.leave() == 0
        for words in ("a library prints", "a library writes", "a library written in C prints"):
            assert words in host.errors


def test_the_host_loads_neither_numpy_nor_llama_cpp_nor_the_engine(tmp_path: Path) -> None:
    with host_process(tmp_path, options=["-X", "importtime"]) as host:
        host.hello()
        host.say(from_page(AVAILABILITY))
        host.hear(Done)
        host.hear(Idle)
        host.say({"type": "status", "id": 1})
        host.hear(Done)
        assert host.leave() == 0
        loaded = {line.rsplit("|", 1)[-1].strip() for line in host.errors.splitlines() if "|" in line}
    assert "windowsill.dispatch" in loaded
    assert not {name for name in loaded if name.split(".")[0] in ("numpy", "llama_cpp", "gguf", "torch")}
    assert not {name for name in loaded if name.startswith("windowsill.engine.")}


def test_settings_that_cannot_be_used_leave_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text("colour = 'red'")
    with host_process(tmp_path) as host:
        host.hello()
        assert host.leave() == 0
        assert "colour" in host.log


def test_a_grant_that_another_process_wrote_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with host_process(tmp_path) as host:
        host.hello()
        monkeypatch.setenv("WINDOWSILL_HOME", str(tmp_path))
        GrantStore(paths()).put("profile", "https://a.example", "allow")
        host.say(from_page(AVAILABILITY))
        assert host.hear(Done).result == AvailabilityResult(availability="available")


def test_settings_that_change_meanwhile_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with host_process(tmp_path) as host:
        host.hello()
        monkeypatch.setenv("WINDOWSILL_HOME", str(tmp_path))
        GrantStore(paths()).put("profile", "https://a.example", "allow")
        answers: list[str] = []
        (tmp_path / "config").mkdir(exist_ok=True)
        while "unavailable" not in answers:
            # Written anew each time, as the Host begins to watch at a moment of its own.
            (tmp_path / "config" / "config.toml").write_text(f"model = '/nowhere/{len(answers)}.gguf'")
            host.say(from_page({**AVAILABILITY, "id": len(answers) + 1}))
            result = host.hear(Done).result
            assert isinstance(result, AvailabilityResult)
            answers.append(result.availability)
            host.hear(Idle)
        assert set(answers) <= {"available", "unavailable"}
        assert host.leave() == 0
