"""A child process that enters the Engine's sandbox and then tries one thing: ``python confined.py FOLDER ATTEMPT HOW``.

HOW is ``free``, or ``confined``, perhaps ``with a device`` or ``with a closed folder`` among what it names. It prints
JSON: what came of the attempt ("done", or an error's name) and what the kernel says of the process. Beneath FOLDER,
``allowed`` and the one file ``outside/model`` may be read.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from windowsill.engine import sandbox

LISTENER: Final = "listener.sock"
SYSCALL_OPENAT2: Final = 437
CAPABILITIES: Final = 0x20080522
"""Their newest form, of which capset takes two blocks of three numbers."""


class Scene:
    """What the process has open, like an Engine, before it enters."""

    def __init__(self, folder: Path) -> None:
        self.allowed = folder / "allowed"
        self.outside = folder / "outside"
        self.closed = folder / "closed"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(os.fspath(folder / LISTENER))
        self.listener.listen()
        self.unconnected = socket.socket(socket.AF_UNIX)
        self.log = (folder / "log").open("a")
        self.device = Path("/dev/full")


def _raise_errno(outcome: int) -> None:
    if outcome < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def fork(_: Scene) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def execute_descriptor(_: Scene) -> None:
    handle = os.open("/bin/true", os.O_RDONLY)
    os.execve(handle, ["true"], {})  # noqa: S606 - the attempt


def trace(_: Scene) -> None:
    _raise_errno(ctypes.CDLL(None, use_errno=True).ptrace(0, 0, None, None))


def newest_open(scene: Scene) -> None:
    how = (ctypes.c_uint64 * 3)(os.O_WRONLY, 0, 0)
    path = os.fsencode(scene.allowed / "model")
    call = ctypes.CDLL(None, use_errno=True).syscall
    _raise_errno(call(SYSCALL_OPENAT2, -100, path, ctypes.byref(how), ctypes.c_size_t(24)))


def write_device(scene: Scene) -> None:
    with scene.device.open("r+b", buffering=0):
        pass


def accept(scene: Scene) -> None:
    # The test connects when it reads this line.
    print("listening", flush=True)
    connection, _ = scene.listener.accept()
    connection.sendall(connection.recv(64).upper())


def start_thread(_: Scene) -> None:
    ran = threading.Event()
    thread = threading.Thread(target=ran.set)
    thread.start()
    thread.join()
    if not ran.is_set():
        raise ChildProcessError("the thread did not run")


def map_model(scene: Scene) -> None:
    with (scene.allowed / "model").open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        if mapped[:] != b"weights":
            raise ChildProcessError("the mapped file has another content")


def log(scene: Scene) -> None:
    scene.log.write("a line\n")
    scene.log.flush()


def import_late(_: Scene) -> None:
    import colorsys
    import lzma

    lzma.compress(str(colorsys.rgb_to_hls(0.1, 0.2, 0.3)).encode())


def reading_thread_that_ran_before(scene: Scene) -> Callable[[], None]:
    """Starts a thread at once; the attempt lets it connect."""
    start, failed = threading.Event(), list[OSError]()

    def connect() -> None:
        start.wait()
        try:
            scene.unconnected.connect("/nowhere")
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=connect)
    thread.start()

    def attempt() -> None:
        start.set()
        thread.join()
        raise failed[0]

    return attempt


ATTEMPTS: Final[dict[str, Callable[[Scene], object]]] = {
    "make an internet socket": lambda _: socket.socket(socket.AF_INET),
    "make a local socket": lambda _: socket.socket(socket.AF_UNIX),
    "make a pair of sockets": lambda _: socket.socketpair(),
    "connect": lambda scene: scene.unconnected.connect(scene.listener.getsockname()),
    "bind": lambda scene: scene.unconnected.bind("\0windowsill-test"),
    "fork": fork,
    "start a program": lambda _: subprocess.run(["/bin/true"], check=True),
    "become a program": lambda _: os.execv("/bin/true", ["true"]),  # noqa: S606 - the attempt
    "become a program by descriptor": execute_descriptor,
    "be traced": trace,
    "signal another process": lambda _: os.kill(os.getppid(), 0),
    "read another process's environment": lambda _: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "write a new file": lambda scene: (scene.allowed / "new").write_bytes(b"x"),
    "write a file": lambda scene: (scene.allowed / "model").write_bytes(b"x"),
    "append to a file": lambda scene: (scene.outside / "secret").open("ab").close(),
    "open for writing by the newest call": newest_open,
    "truncate a file": lambda scene: os.truncate(scene.allowed / "model", 0),
    "remove a file": lambda scene: (scene.allowed / "model").unlink(),
    "remove a folder": lambda scene: (scene.outside / "empty").rmdir(),
    "rename a file": lambda scene: (scene.allowed / "model").rename(scene.allowed / "other"),
    "link a file": lambda scene: (scene.allowed / "other").hardlink_to(scene.allowed / "model"),
    "make a symbolic link": lambda scene: (scene.allowed / "other").symlink_to("/"),
    "make a folder": lambda scene: (scene.allowed / "folder").mkdir(),
    "change a file's mode": lambda scene: (scene.allowed / "model").chmod(0o666),
    "change a file's times": lambda scene: os.utime(scene.allowed / "model", (0, 0)),
    "read a file outside": lambda scene: (scene.outside / "secret").read_bytes(),
    "list a folder outside": lambda scene: [*scene.outside.iterdir()],
    "read the one file outside": lambda scene: (scene.outside / "model").read_bytes(),
    "write to a device": write_device,
    "accept a connection": accept,
    "start a thread": start_thread,
    "map a model": map_model,
    "list the models": lambda scene: [*scene.allowed.iterdir()],
    "log": log,
    "import a module": import_late,
    "signal itself": lambda _: os.kill(os.getpid(), 0),
}


def status() -> dict[str, str]:
    """What the kernel says of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def give_up_capabilities() -> None:
    """Folders whose mode says so are closed to root, too."""
    header = (ctypes.c_uint32 * 2)(CAPABILITIES, 0)
    none = (ctypes.c_uint32 * 6)()
    _raise_errno(ctypes.CDLL(None, use_errno=True).capset(ctypes.byref(header), ctypes.byref(none)))


def main(folder: str, name: str, how: str) -> None:
    scene = Scene(Path(folder))
    if name == "connect from a thread that ran before":
        late = reading_thread_that_ran_before(scene)
        ATTEMPTS[name] = lambda _: late()
    missing: tuple[str, ...] = ()
    readable = [scene.allowed, scene.outside / "model"]
    if how == "with a closed folder":
        give_up_capabilities()
        readable.insert(0, scene.closed / "model")
    if how != "free":
        missing = sandbox.enter(readable, [scene.device] if how == "with a device" else []).missing
    try:
        ATTEMPTS[name](scene)
        outcome = "done"
    except OSError as error:
        outcome = errno.errorcode.get(error.errno or 0, str(error))
    told = status()
    print(
        json.dumps(
            {
                "outcome": outcome,
                "confined": told["Seccomp"] == "2" and told["NoNewPrivs"] == "1",
                "missing": missing,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
