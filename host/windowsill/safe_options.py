"""How an Engine computes, and what is tried after a way of computing ended it. Pure.

    all layers on the GPU, extra buffer types
    → no extra buffer types → no layers on the GPU: the CPU

Rules this file keeps: a way that crashed is not tried again by the same build on the same devices, nor is a GPU that is
known to have been what crashed; the last way is tried for ever, as there is none safer. Whoever starts Engines keeps
the record; the Engine writes nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct

from windowsill import settings

CRASHES: Final = frozenset(
    number
    for name in ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP")
    if (number := getattr(signal, name, None)) is not None
)
"""Signals by which a process ends itself; others come from outside and say nothing about how it computed."""

KEPT: Final = 32
"""Crashes remembered (count): builds and devices change, and old ones are of no use."""

ALL_LAYERS: Final = 1024
"""More layers than any model has: all of them on the GPU."""


class Options(Struct, frozen=True, kw_only=True):
    """``extra_buffers``: weights are repacked for the CPU's matrix units; ``gpu_layers``: at most so many there."""

    extra_buffers: bool = True
    gpu_layers: int = ALL_LAYERS


class Configuration(Struct, frozen=True, kw_only=True):
    """A way of computing: ``build`` names the library's version, ``devices`` ggml's devices."""

    build: str
    devices: tuple[str, ...]
    options: Options


class Crash(Struct, frozen=True, kw_only=True):
    """``signal``: by which the process ended, or the exit status of one that hung. ``device``: what it computed on, if
    that was one alone; ``gpu``: it is one."""

    configuration: Configuration
    signal: int
    device: str | None = None
    gpu: bool = False


class Memory(Struct, frozen=True):
    """What crashed, oldest first."""

    crashes: tuple[Crash, ...] = ()


_decoder: Final = msgspec.json.Decoder(Memory)


def to_json(memory: Memory) -> bytes:
    """As it is kept."""
    return msgspec.json.encode(memory)


def from_json(content: bytes) -> Memory:
    """As it was kept. Raises msgspec.DecodeError."""
    return _decoder.decode(content)


def crashed(status: int) -> bool:
    """Whether an exit status (negative: a signal's number) is that of a process that broke or hung by itself."""
    return -status in CRASHES or status == settings.STUCK_STATUS


def remember(memory: Memory, crash: Crash) -> Memory:
    """``memory`` with ``crash`` as its newest."""
    others = [one for one in memory.crashes if (one.configuration, one.device) != (crash.configuration, crash.device)]
    return Memory((*others, crash)[-KEPT:])


def safest(memory: Memory, wanted: Configuration) -> Options:
    """The options to use: those ``wanted``, or the first safer ones that did not crash."""
    here = [
        crash
        for crash in memory.crashes
        if (crash.configuration.build, crash.configuration.devices) == (wanted.build, wanted.devices)
    ]
    avoided = {crash.configuration.options for crash in here}
    first = wanted.options
    if any(crash.gpu for crash in here):
        first = msgspec.structs.replace(first, gpu_layers=0)
    *others, last = _safer(first)
    return next((options for options in others if options not in avoided), last)


def _safer(options: Options) -> Iterator[Options]:
    """From ``options`` on, each safer than the one before."""
    yield options
    if options.extra_buffers:
        options = msgspec.structs.replace(options, extra_buffers=False)
        yield options
    if options.gpu_layers:
        options = msgspec.structs.replace(options, gpu_layers=0)
        yield options
