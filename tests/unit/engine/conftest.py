"""Real but tiny models, made once for all tests of the Engine, and its front over fake runners."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.engine_process import model_ref
from support.fake_runner import FakeRunner
from support.running_service import SMALL, Running, Serve
from support.tiny_gguf import Shape, make_tiny_gguf, quantize
from windowsill.engine_protocol import ModelRef


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``F32.gguf``, ``Q4_0.gguf`` and ``Q4_K_M.gguf``: the same model, which never ends by itself."""
    folder = tmp_path_factory.mktemp("models")
    source = make_tiny_gguf(folder / "F32.gguf", Shape(context=8192), ends=False)
    for ftype in ("Q4_0", "Q4_K_M"):
        quantize(source, folder / f"{ftype}.gguf", ftype)
    return folder


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    running: list[Running] = []

    def start(open_runner: Callable[[], FakeRunner], *, idle: float = 600.0, owner: int | None = None) -> Running:
        running.append(Running(tmp_path / "run", open_runner, idle=idle, owner=os.getuid() if owner is None else owner))
        return running[-1]

    yield start
    for service in running:
        service.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models, of which only the headers are read here."""
    folder = tmp_path_factory.mktemp("models")
    for name in ("one", "two"):
        make_tiny_gguf(folder / f"{name}.gguf", SMALL, name=name)
    return folder


@pytest.fixture
def one(folder: Path) -> ModelRef:
    return model_ref(folder / "one.gguf")


@pytest.fixture
def two(folder: Path) -> ModelRef:
    return model_ref(folder / "two.gguf")
