"""Greeting a Host that works, and every way in which one may not."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest

from support.fake_host import READ_HELLO, UNTIL_END, WELCOME, write_launcher
from windowsill import handshake as handshakes
from windowsill.handshake import HandshakeError
from windowsill.protocol import Welcome
from windowsill.registration import ORIGIN


def launcher(folder: Path, *parts: str) -> Path:
    return write_launcher(folder / "launcher", *parts)


def greet(path: Path) -> Welcome:
    return anyio.run(handshakes.handshake, path)


def test_a_host_that_answers_and_leaves_is_well(tmp_path: Path) -> None:
    assert greet(launcher(tmp_path, READ_HELLO, WELCOME, UNTIL_END)).version == "9.8.7"


def test_the_host_is_started_as_a_browser_starts_it(tmp_path: Path) -> None:
    check = f"""
        import os
        if sys.argv[1:] != [{ORIGIN!r}] or os.getcwd() != {str(tmp_path)!r} or b'"profile":"doctor"' not in hello:
            sys.exit("started in another way")
    """
    greet(launcher(tmp_path, READ_HELLO, check, WELCOME, UNTIL_END))


def test_a_launcher_that_cannot_be_started_is_reported(tmp_path: Path) -> None:
    path = launcher(tmp_path, READ_HELLO)
    path.chmod(0o644)
    with pytest.raises(HandshakeError, match="cannot be started"):
        greet(path)
    with pytest.raises(HandshakeError, match="cannot be started"):
        greet(tmp_path / "absent")


def test_a_host_that_dies_first_is_reported_with_its_exit_code_and_last_words(tmp_path: Path) -> None:
    with pytest.raises(HandshakeError, match=r"exit code 1 .*ModuleNotFoundError.*'no_such_module'"):
        greet(launcher(tmp_path, "import no_such_module\n"))


def test_a_host_that_prints_instead_of_speaking_frames_is_reported(tmp_path: Path) -> None:
    with pytest.raises(HandshakeError, match="something else than frames"):
        greet(launcher(tmp_path, READ_HELLO, "print('Loading the model...', flush=True)", UNTIL_END))


@pytest.mark.parametrize(
    ("answer", "told"), [('{"type":"idle"}', "Idle"), ('{"type":"hi"}', "'hi'"), ("hi", "malformed")]
)
def test_a_host_that_answers_something_else_is_reported(tmp_path: Path, answer: str, told: str) -> None:
    with pytest.raises(HandshakeError, match=f"something else than a greeting: .*{told}"):
        greet(launcher(tmp_path, READ_HELLO, f"say(b'{answer}')\n", UNTIL_END))


def test_a_host_that_answers_with_an_oversized_frame_is_reported(tmp_path: Path) -> None:
    with pytest.raises(HandshakeError, match="1000000 bytes"):
        greet(launcher(tmp_path, READ_HELLO, "say(bytes(10**6))\n", UNTIL_END))


def test_a_host_that_fails_on_its_way_out_is_reported(tmp_path: Path) -> None:
    with pytest.raises(HandshakeError, match="exit code 3"):
        greet(launcher(tmp_path, READ_HELLO, WELCOME, UNTIL_END, "sys.exit(3)\n"))


def test_a_silent_host_is_reported_and_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshakes, "ANSWER_SECONDS", 0.2)
    with pytest.raises(HandshakeError, match=r"did not answer within 0\.2 s"):
        greet(launcher(tmp_path, READ_HELLO, UNTIL_END, "while True: sys.stdin.read()\n"))


def test_a_host_that_stays_after_the_end_of_its_input_is_reported_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handshakes, "LEAVE_SECONDS", 0.2)
    stay = "import signal\nsignal.pause()\n"
    with pytest.raises(HandshakeError, match=r"did not leave within 0\.2 s"):
        greet(launcher(tmp_path, READ_HELLO, WELCOME, stay))
