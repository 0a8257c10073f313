"""How an Engine computes, and what is tried after a way of computing ended it. Pure.

    as wanted → a cache of f16 → no flash attention
    → no extra buffer types → no layers on the GPU: the CPU → flash attention, where it was not wanted

Rules this file keeps: a way that crashed is not tried again by the same build on the same devices; a GPU that is known
to have been what crashed is tried with other attention alone, and then done without; the last way is tried for ever,
as there is none safer. Whoever starts Engines keeps the record; the Engine writes nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from windowsill import settings
from windowsill.settings import CacheType

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

CRASHES: Final = frozenset(
    number
    for name in ("SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP")
    if (number := getattr(signal, name, None)) is not None
)
"""Signals by which a process ends itself; others come from outside and say nothing about how it computed. Nor does the
watchdog's alarm: what computes runs without Python's lock and apart from the event loop."""

KEPT: Final = 32
"""Crashes remembered (count): builds and devices change, and old ones are of no use."""

ALL_LAYERS: Final = 1024
"""More layers than any model has: all of them on the GPU."""


class Options(Struct, frozen=True, kw_only=True):
    """``extra_buffers``: weights are repacked for the CPU's matrix units; ``gpu_layers``: at most so many there;
    ``flash_attention``: where a device has it."""

    extra_buffers: bool = True
    gpu_layers: int = ALL_LAYERS
    cache_type: CacheType = "f16"
    flash_attention: bool = True


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


def to_arguments(options: Options) -> list[str]:
    """On the command line of what computes with them."""
    arguments = ["--gpu-layers", str(options.gpu_layers), "--cache-type", options.cache_type]
    if not options.extra_buffers:
        arguments.append("--no-extra-buffers")
    if not options.flash_attention:
        arguments.append("--no-flash-attention")
    return arguments


def add_arguments(parser: ArgumentParser) -> None:
    """What ``to_arguments`` writes."""
    parser.add_argument("--gpu-layers", type=int, default=ALL_LAYERS, help="layers on GPUs at most")
    parser.add_argument("--cache-type", choices=get_args(CacheType), default="f16", help="of the cache's numbers")
    parser.add_argument(
        "--no-extra-buffers", dest="extra_buffers", action="store_false", help="do not repack weights for matrix units"
    )
    parser.add_argument("--no-flash-attention", dest="flash_attention", action="store_false")


def from_arguments(arguments: Namespace) -> Options:
    """As they were parsed."""
    return Options(
        extra_buffers=arguments.extra_buffers,
        gpu_layers=arguments.gpu_layers,
        cache_type=arguments.cache_type,
        flash_attention=arguments.flash_attention,
    )


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
    ways = [*_safer(wanted.options, gpu_crashed=any(crash.gpu for crash in here))]
    return next((options for options in ways if options not in avoided), ways[-1])


def _safer(options: Options, *, gpu_crashed: bool) -> Iterator[Options]:
    """From ``options`` on, each safer than the one before."""
    yield options
    plain = replace(options, cache_type="f16")
    if plain != options:
        yield plain
    if plain.flash_attention:
        yield replace(plain, flash_attention=False)
    if gpu_crashed and options.gpu_layers:
        yield from _safer(replace(options, gpu_layers=0), gpu_crashed=False)
        return
    if plain.extra_buffers:
        plain = replace(plain, extra_buffers=False)
        yield plain
    if plain.gpu_layers:
        plain = replace(plain, gpu_layers=0)
        yield plain
    if not plain.flash_attention:
        # Left out by its user, maybe for a GPU that computes it wrongly: only where there is none, and nothing else.
        yield replace(plain, flash_attention=True)
