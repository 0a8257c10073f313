"""A real Engine process for tests, and a client that speaks its protocol over its socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from windowsill import engine_protocol, frames, settings
from windowsill.engine_environment import engine_environment
from windowsill.engine_protocol import (
    EngineHears,
    EngineSays,
    EngineWelcome,
    Failed,
    Finished,
    Generate,
    GetStats,
    ModelRef,
    Sampling,
    Stats,
    Text,
    Turn,
)
from windowsill.safe_options import ALL_LAYERS

GREEDY: Final = Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)
ANSWER_SECONDS: Final = 60.0
"""After this long without a byte a test has failed."""


class EngineProcess:
    """A running Engine, which may read every model unless ``readable`` names folders."""

    def __init__(
        self,
        folder: Path,
        *,
        threads: int = 1,
        idle_seconds: float = 600.0,
        readable: Sequence[Path] = (Path("/"),),
        gpu_layers: int = ALL_LAYERS,
    ) -> None:
        self.socket = folder / "engine.sock"
        self.clients: list[EngineClient] = []
        said, writable = os.pipe()
        host = Path(__file__).resolve().parents[2] / "host"
        command = [sys.executable, "-m", "windowsill.engine", "--socket", str(self.socket), "--ready-fd", str(writable)]
        command += ["--threads", str(threads), "--idle-seconds", str(idle_seconds)]
        command += ["--gpu-layers", str(gpu_layers)]
        for place in readable:
            command += ["--readable", str(place)]
        self.process = subprocess.Popen(
            command,
            pass_fds=[writable],
            env=engine_environment() | {"PYTHONPATH": str(host)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        os.close(writable)
        with os.fdopen(said, "rb") as ready:
            self.ready_bytes = ready.read()

    def connect(self) -> EngineClient:
        """A new Host's connection, greeted."""
        self.clients.append(EngineClient(self.socket))
        return self.clients[-1]

    def terminate(self) -> None:
        """Tell it to leave."""
        self.process.send_signal(signal.SIGTERM)

    def wait(self) -> int:
        """Wait until it left; its exit status. What it printed is in ``stdout`` and ``stderr`` then."""
        self.stdout, self.stderr = self.process.communicate(timeout=ANSWER_SECONDS)
        return self.process.returncode


@contextmanager
def running_engine(
    folder: Path,
    *,
    threads: int = 1,
    idle_seconds: float = 600.0,
    readable: Sequence[Path] = (Path("/"),),
    gpu_layers: int = ALL_LAYERS,
) -> Iterator[EngineProcess]:
    """An Engine that is gone after the block, whatever happened in it."""
    engine = EngineProcess(folder, threads=threads, idle_seconds=idle_seconds, readable=readable, gpu_layers=gpu_layers)
    try:
        yield engine
    finally:
        for client in engine.clients:
            client.close()
        if engine.process.poll() is None:
            engine.process.kill()
            engine.process.communicate()


class EngineClient:
    """One connection, blocking."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_SECONDS)
        self._socket.connect(str(path))
        self._frames = frames.FrameReader(settings.MAX_ENGINE_FRAME)
        self._said: list[EngineSays] = []
        try:
            welcome = self.receive()
        except EOFError:
            self.close()
            raise
        if not isinstance(welcome, EngineWelcome):
            raise AssertionError(f"greeted with {welcome}")

    def send(self, *messages: EngineHears) -> None:
        self.send_bytes(b"".join(frames.encode(engine_protocol.encode(message)) for message in messages))

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def receive(self) -> EngineSays:
        """The next message. Raises EOFError when the Engine closed the connection."""
        while not self._said:
            try:
                data = self._socket.recv(2**16)
            except ConnectionResetError as error:
                raise EOFError from error
            if not data:
                raise EOFError
            for frame in self._frames.feed(data):
                if isinstance(frame, frames.Oversized):
                    raise AssertionError("the Engine sent an oversized frame")
                self._said.append(engine_protocol.says_decoder.decode(frame.body))
        return self._said.pop(0)

    def pid(self) -> int:
        """The process at the other end, by its own account; nothing else may be under way."""
        self.send(GetStats(id=1))
        stats = self.receive()
        if not isinstance(stats, Stats):
            raise AssertionError(f"{stats} instead of its statistics")
        return stats.pid

    def answer(self, request: Generate) -> tuple[str, Finished]:
        """Send ``request`` and collect its answer; nothing else may be under way."""
        self.send(request)
        return self.collect()

    def collect(self) -> tuple[str, Finished]:
        """The text until the next terminal event, which must be ``Finished``."""
        text = ""
        while True:
            match self.receive():
                case Text(text=more):
                    text += more
                case Finished() as finished:
                    return text, finished
                case other:
                    raise AssertionError(f"unexpected {other}")

    def failure(self, request: EngineHears) -> Failed:
        """Send ``request``, which must fail."""
        self.send(request)
        said = self.receive()
        if not isinstance(said, Failed):
            raise AssertionError(f"unexpected {said}")
        return said

    def close(self) -> None:
        self._socket.close()


def model_ref(path: Path) -> ModelRef:
    """How a Host names the file at ``path``."""
    about = path.stat() if path.exists() else None
    return ModelRef(path=str(path), version="" if about is None else f"{about.st_size}-{about.st_mtime_ns}")


def ask(id: int, model: ModelRef, content: str, *, max_tokens: int = 40, origin: str = "https://a.example") -> Generate:
    """A greedy request of one user turn."""
    return Generate(
        id=id,
        model=model,
        origin=origin,
        visible=True,
        turns=(Turn(role="user", content=content),),
        sampling=GREEDY,
        max_tokens=max_tokens,
    )
