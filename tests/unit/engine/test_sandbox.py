"""The sandbox, by trying: a child process enters it and does what it must not, and what it must go on doing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec
import pytest
from msgspec import Struct

from support import confined
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.engine import landlock
from windowsill.engine.sandbox import SECCOMP

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in SECCOMP, reason="the sandbox is for Linux on x86-64 and ARM"
)
needs_landlock = pytest.mark.skipif(
    sys.platform == "linux" and landlock.version() == 0, reason="this kernel has no Landlock"
)

FORBIDDEN: Final = {
    "make an internet socket": "EPERM",
    "make a local socket": "EPERM",
    "make a pair of sockets": "EPERM",
    "connect": "EPERM",
    "bind": "EPERM",
    "fork": "EPERM",
    "start a program": "EPERM",
    "be traced": "EPERM",
    "signal another process": "EPERM",
    "write a new file": "EPERM",
    "write a file": "EPERM",
    "append to a file": "EPERM",
    "open for writing by the newest call": "ENOSYS",
    "truncate a file": "EPERM",
    "remove a file": "EPERM",
    "remove a folder": "EPERM",
    "rename a file": "EPERM",
    "link a file": "EPERM",
    "make a symbolic link": "EPERM",
    "make a folder": "EPERM",
    "change a file's mode": "EPERM",
    "change a file's times": "EPERM",
    "lower a limit": "EPERM",
}
BY_LANDLOCK: Final = {
    "read a file outside": "EACCES",
    "list a folder outside": "EACCES",
}
BECOMING: Final = ("become a program", "become a program by descriptor")
"""Done for real, they leave nobody to report."""

ALLOWED: Final = (
    "start a thread",
    "map a model",
    "list the models",
    "read the one file outside",
    "log",
    "import a module",
    "signal itself",
    "ask for a limit",
    "ask for its processors",
    "bind itself to its processors",
)


class Told(Struct, frozen=True):
    """What the child reports."""

    outcome: str
    confined: bool
    missing: tuple[str, ...]


def child(folder: Path, name: str, how: str) -> subprocess.Popen[str]:
    """A child that tries ``name`` in a scene of its own."""
    for place in ("allowed", "outside", "outside/empty"):
        (folder / place).mkdir()
    (folder / "closed").mkdir(mode=0)
    for model in ("allowed/model", "outside/model"):
        (folder / model).write_bytes(b"weights")
    (folder / "outside/secret").write_bytes(b"secret")
    return subprocess.Popen(
        [sys.executable, str(Path(confined.__file__)), str(folder), name, how],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )


def tried(folder: Path, name: str, how: str = "confined") -> Told:
    with child(folder, name, how) as process:
        output, _ = process.communicate()
    assert process.returncode == 0
    return msgspec.json.decode(output, type=Told)


@pytest.mark.parametrize(("name", "refusal"), FORBIDDEN.items())
def test_what_is_forbidden_fails_inside_and_works_outside(tmp_path: Path, name: str, refusal: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    assert tried(tmp_path / "in", name).outcome == refusal
    assert tried(tmp_path / "out", name, "free").outcome == "done"


def outcomes_of_calls(folder: Path, how: str) -> dict[str, str]:
    folder.mkdir()
    outcomes = tried(folder, ",".join(confined.CALLS), how).outcome.split(",")
    return dict(zip(confined.CALLS, outcomes, strict=True))


def test_calls_that_reach_other_processes_fail_inside_and_are_judged_by_their_arguments_outside(tmp_path: Path) -> None:
    assert {
        name for name, outcome in outcomes_of_calls(tmp_path / "in", "confined").items() if outcome != "EPERM"
    } == set()
    outside = outcomes_of_calls(tmp_path / "out", "free")
    refused = {name for name, outcome in outside.items() if outcome == "EPERM"}
    assert refused <= confined.PRIVILEGED, "the arguments show nothing"


@needs_landlock
@pytest.mark.parametrize(("name", "refusal"), BY_LANDLOCK.items())
def test_what_lies_outside_is_not_read_inside(tmp_path: Path, name: str, refusal: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    assert tried(tmp_path / "in", name).outcome == refusal
    assert tried(tmp_path / "out", name, "free").outcome == "done"


@needs_landlock
def test_folder_that_cannot_be_entered_opens_nothing_else(tmp_path: Path) -> None:
    for number, (name, outcome) in enumerate({"read a file outside": "EACCES", "map a model": "done"}.items()):
        (tmp_path / str(number)).mkdir()
        told = tried(tmp_path / str(number), name, "with a closed folder")
        assert (told.outcome, told.confined, told.missing) == (outcome, True, ())


@needs_landlock
@pytest.mark.skipif(sys.platform == "linux" and os.geteuid() == 0, reason="the kernel lets root read it all the same")
def test_other_processes_environment_is_not_read_inside(tmp_path: Path) -> None:
    assert tried(tmp_path, "read another process's environment").outcome == "EACCES"


@pytest.mark.parametrize("name", BECOMING)
def test_nothing_else_is_run_in_its_place(tmp_path: Path, name: str) -> None:
    told = tried(tmp_path, name)
    assert (told.outcome, told.confined) == ("EPERM", True)


@pytest.mark.parametrize("name", ALLOWED)
def test_what_an_engine_needs_goes_on(tmp_path: Path, name: str) -> None:
    told = tried(tmp_path, name)
    assert (told.outcome, told.confined) == ("done", True)


def test_log_that_was_open_is_written(tmp_path: Path) -> None:
    assert tried(tmp_path, "log").confined
    assert (tmp_path / "log").read_text() == "a line\n"


def test_listening_socket_goes_on_accepting(tmp_path: Path) -> None:
    with child(tmp_path, "accept a connection", "confined") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listening\n"
        with socket.socket(socket.AF_UNIX) as host:
            host.connect(os.fspath(tmp_path / confined.LISTENER))
            host.sendall(b"hello")
            assert host.recv(64) == b"HELLO"
        told = msgspec.json.decode(process.stdout.readline(), type=Told)
    assert (told.outcome, told.confined) == ("done", True)


def test_threads_that_ran_before_are_confined_or_it_says_that_they_are_not(tmp_path: Path) -> None:
    told = tried(tmp_path, "connect from a thread that ran before")
    assert told.outcome == "EPERM"
    if landlock.version():
        assert told.missing == ("Landlock does not reach threads that ran before (1 of them)",)


@needs_landlock
def test_named_device_may_be_written_and_nothing_else(tmp_path: Path) -> None:
    for number, (name, outcome) in enumerate(
        {"write to a device": "done", "write a file": "EACCES", "write a new file": "EACCES"}.items()
    ):
        (tmp_path / str(number)).mkdir()
        told = tried(tmp_path / str(number), name, "with a device")
        assert (told.outcome, told.confined, told.missing) == (outcome, True, ())


@needs_landlock
def test_named_folder_of_devices_is_listed_as_drivers_do(tmp_path: Path) -> None:
    for number, (how, outcome) in enumerate({"with a folder of devices": "done", "with a device": "EACCES"}.items()):
        (tmp_path / str(number)).mkdir()
        told = tried(tmp_path / str(number), "use what is in a folder of devices", how)
        assert (told.outcome, told.confined) == (outcome, True)


def test_device_that_was_not_named_is_not_written(tmp_path: Path) -> None:
    assert tried(tmp_path, "write to a device").outcome == "EPERM"


DECODE: Final = """
import sys
from pathlib import Path
from windowsill.engine import sandbox
from support.plain_runner import plain_runner
from windowsill.engine.sequence import Batch, Chunk, Sequence
from windowsill.engine_protocol import Sampling

path = Path(sys.argv[1])
confinement = sandbox.enter([path.parent])
runner = plain_runner(path)
sequence = Sequence(1, "a", [1, 300, 301], visible=True)
sequence.slot = 0
runner.decode(Batch([], [Chunk(sequence, 0, 3)], []))
token = runner.sampler(Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)).sample(2)
print(*sorted(confinement.in_force), 0 <= token < runner.vocabulary.size)
"""


def test_model_is_loaded_and_decoded_inside(tmp_path: Path) -> None:
    shape = Shape(embedding=32, feed_forward=32, layers=1, heads=2, kv_heads=1, context=128)
    ran = subprocess.run(
        [sys.executable, "-c", DECODE, str(make_tiny_gguf(tmp_path / "tiny.gguf", shape))],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    files = "files " if landlock.version() else ""
    assert ran.stdout == f"{files}no new privileges system calls True\n"
