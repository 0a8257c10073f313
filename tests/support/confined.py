"""A child process that enters the Engine's sandbox and tries things: ``python confined.py FOLDER ATTEMPT[,...] HOW``.

HOW is ``free``, or ``confined``, perhaps ``with a device``, ``with a folder of devices`` or ``with a closed folder``
among what it names. It prints JSON: what came of each attempt ("done", or an error's name) and what the kernel says of
the process. Beneath FOLDER, ``allowed`` and the one file ``outside/model`` may be read.
"""

from __future__ import annotations

import ctypes
import errno
import json
import mmap
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from windowsill.engine import sandbox, syscall_filter

LISTENER: Final = "listener.sock"
NOBODY: Final = -1
"""An identifier, a descriptor or a process that is not there."""

CALLS: Final[dict[str, tuple[int | bytes, ...]]] = {
    "shmget": (1, 1, 0),
    "shmat": (NOBODY, 0, 0),
    "shmdt": (1,),
    "shmctl": (NOBODY, 0, 0),
    "msgget": (1, 0),
    "msgsnd": (NOBODY, 0, 0, 0),
    "msgrcv": (NOBODY, 0, 0, 0, 0),
    "msgctl": (NOBODY, 0, 0),
    "semget": (1, 1, 0),
    "semop": (NOBODY, 0, 1),
    "semtimedop": (NOBODY, 0, 1, 0),
    "semctl": (NOBODY, 0, 0),
    "mq_open": (b"windowsill-test", os.O_RDONLY, 0, 0),
    "mq_unlink": (b"windowsill-test",),
    "process_vm_readv": (NOBODY, 0, 0, 0, 0, 0),
    "process_vm_writev": (NOBODY, 0, 0, 0, 0, 0),
    "process_madvise": (NOBODY, 0, 0, 0, 0),
    "process_mrelease": (NOBODY, 0),
    "move_pages": (0, 0, 0, 0, 0, 0),
    "migrate_pages": (0, 0, 0, 0),
    "kcmp": (NOBODY, NOBODY, 0, 0, 0),
    "pidfd_open": (NOBODY, 0),
    "pidfd_getfd": (NOBODY, 0, 0),
    "pidfd_send_signal": (NOBODY, 0, 0, 0),
    "setpriority": (0, 0, 0),
    "ioprio_set": (1, 0, 0),
    "sched_setparam": (0, 0),
    "sched_setscheduler": (0, NOBODY, 0),
    "sched_setattr": (0, 0, 0),
    "setrlimit": (NOBODY, 0),
    "inotify_init1": (0,),
    "inotify_add_watch": (NOBODY, b"/", 1),
    "add_key": (0, 0, 0, 0, 0),
    "request_key": (0, 0, 0, 0),
    "keyctl": (NOBODY, 0, 0, 0, 0),
    "userfaultfd": (NOBODY,),
    "perf_event_open": (0, 0, 0, 0, 0),
    "bpf": (NOBODY, 0, 0),
    "io_uring_setup": (0, 0),
    "io_uring_enter": (NOBODY, 0, 0, 0, 0, 0),
    "io_uring_register": (NOBODY, 0, 0, 0),
}
"""System calls with arguments that change nothing outside a sandbox."""

PRIVILEGED: Final = {"bpf", "userfaultfd", "perf_event_open", "kcmp", "add_key", "request_key", "keyctl"} | {
    name for name in CALLS if name.startswith(("io_uring", "process_vm", "move_", "migrate_"))
}
"""Those that a container, or a system for other users than root, may refuse before it looks at the arguments."""

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


def call(name: str) -> Callable[[Scene], None]:
    """An attempt at one of ``CALLS``."""

    def attempt(_: Scene) -> None:
        number = syscall_filter.FORBIDDEN[name][syscall_filter.MACHINES[os.uname().machine].column]
        arguments = [each if isinstance(each, bytes) else ctypes.c_long(each) for each in CALLS[name]]
        _raise_errno(ctypes.CDLL(None, use_errno=True).syscall(ctypes.c_long(number or 0), *arguments))

    return attempt


def lower_limit(_: Scene) -> None:
    none = (ctypes.c_uint64 * 2)(0, 0)
    _raise_errno(ctypes.CDLL(None, use_errno=True).prlimit(0, resource.RLIMIT_CORE, ctypes.byref(none), None))


def newest_open(scene: Scene) -> None:
    how = (ctypes.c_uint64 * 3)(os.O_WRONLY, 0, 0)
    path = os.fsencode(scene.allowed / "model")
    libc = ctypes.CDLL(None, use_errno=True)
    _raise_errno(libc.syscall(SYSCALL_OPENAT2, -100, path, ctypes.byref(how), ctypes.c_size_t(24)))


def use_listed(scene: Scene) -> None:
    for path in filter(Path.is_file, scene.outside.iterdir()):
        path.open("r+b", buffering=0).close()


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
    "lower a limit": lower_limit,
    "read a file outside": lambda scene: (scene.outside / "secret").read_bytes(),
    "list a folder outside": lambda scene: [*scene.outside.iterdir()],
    "read the one file outside": lambda scene: (scene.outside / "model").read_bytes(),
    "write to a device": lambda scene: scene.device.open("r+b", buffering=0).close(),
    "use what is in a folder of devices": use_listed,
    "accept a connection": accept,
    "start a thread": start_thread,
    "map a model": map_model,
    "list the models": lambda scene: [*scene.allowed.iterdir()],
    "log": log,
    "import a module": import_late,
    "signal itself": lambda _: os.kill(os.getpid(), 0),
    "ask for a limit": lambda _: resource.getrlimit(resource.RLIMIT_CORE),
    "ask for its processors": lambda _: os.sched_getaffinity(0),
    "bind itself to its processors": lambda _: os.sched_setaffinity(threading.get_native_id(), os.sched_getaffinity(0)),
    **{name: call(name) for name in CALLS},
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


def outcome_of(attempt: Callable[[Scene], object], scene: Scene) -> str:
    try:
        attempt(scene)
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error))
    return "done"


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
        devices = {"with a device": [scene.device], "with a folder of devices": [scene.outside]}
        missing = sandbox.enter(readable, devices.get(how, [])).missing
    outcomes = [outcome_of(ATTEMPTS[each], scene) for each in name.split(",")]
    told = status()
    print(
        json.dumps(
            {
                "outcome": ",".join(outcomes),
                "confined": told["Seccomp"] == "2" and told["NoNewPrivs"] == "1",
                "missing": missing,
            }
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
