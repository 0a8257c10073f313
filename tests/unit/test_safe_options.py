"""From a way of computing that crashed to the next safer one, and never back."""

from __future__ import annotations

import argparse
import signal
from typing import Final, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.devices import Device, DeviceKind, in_use
from windowsill.safe_options import (
    KEPT,
    Configuration,
    Crash,
    Memory,
    Options,
    add_arguments,
    crashed,
    from_arguments,
    from_json,
    remember,
    safest,
    to_arguments,
    to_json,
)
from windowsill.settings import STARVED_STATUS, STUCK_STATUS, CacheType

WANTED: Final = Configuration(build="1.0", devices=("CUDA0", "CPU"), options=Options())

configurations = st.builds(
    Configuration,
    build=st.sampled_from(["1", "2"]),
    devices=st.sampled_from([("CPU",), ("CUDA0", "CPU")]),
    options=st.builds(
        Options,
        extra_buffers=st.booleans(),
        gpu_layers=st.integers(0, 40),
        cache_type=st.sampled_from(get_args(CacheType)),
        flash_attention=st.booleans(),
    ),
)
crashes = st.builds(
    Crash,
    configuration=configurations,
    signal=st.sampled_from([6, 11]),
    device=st.sampled_from([None, "CPU", "CUDA0"]),
    gpu=st.booleans(),
)
memories = st.builds(Memory, st.lists(crashes, max_size=8).map(tuple))


def configured(options: Options) -> Configuration:
    return msgspec.structs.replace(WANTED, options=options)


def crash_with(options: Options, *, on: str | None = None) -> Crash:
    return Crash(configuration=configured(options), signal=11, device=on, gpu=on == "CUDA0")


def test_what_was_wanted_is_used_until_it_crashes() -> None:
    assert safest(Memory(), WANTED) == Options()


def ways(wanted: Options, *, on: str | None = None) -> list[Options]:
    """What is used, one after the other, when everything crashes; ``on``: the GPU as long as there is one."""
    memory, used = Memory(), list[Options]()
    while (options := safest(memory, configured(wanted))) not in used:
        used.append(options)
        gpu = on if options.gpu_layers else None
        memory = remember(memory, crash_with(options, on=gpu))
    return used


def test_each_crash_leads_to_a_safer_way_until_the_cpu_is_left() -> None:
    assert ways(Options()) == [
        Options(),
        Options(flash_attention=False),
        Options(extra_buffers=False),
        Options(extra_buffers=False, gpu_layers=0),
    ]


def test_small_numbers_in_the_cache_are_the_first_to_go() -> None:
    assert ways(Options(cache_type="q8_0", gpu_layers=0)) == [
        Options(cache_type="q8_0", gpu_layers=0),
        Options(gpu_layers=0),
        Options(gpu_layers=0, flash_attention=False),
        Options(gpu_layers=0, extra_buffers=False),
    ]


def test_flash_attention_that_was_not_wanted_is_the_last_resort_and_on_no_gpu() -> None:
    assert ways(Options(flash_attention=False)) == [
        Options(flash_attention=False),
        Options(flash_attention=False, extra_buffers=False),
        Options(flash_attention=False, extra_buffers=False, gpu_layers=0),
        Options(extra_buffers=False, gpu_layers=0),
    ]


def test_gpu_that_crashed_is_tried_with_other_attention_and_the_cpu_then_keeps_all_it_has() -> None:
    assert ways(Options(cache_type="q8_0"), on="CUDA0") == [
        Options(cache_type="q8_0"),
        Options(),
        Options(flash_attention=False),
        *ways(Options(cache_type="q8_0", gpu_layers=0)),
    ]


def test_cpu_that_crashed_alone_keeps_the_gpu_until_nothing_else_helps() -> None:
    memory = Memory()
    for options in ways(Options())[:2]:
        memory = remember(memory, crash_with(options, on="CPU"))
    assert safest(memory, WANTED) == Options(extra_buffers=False)


def test_crashes_of_two_devices_are_two() -> None:
    gpu = Crash(configuration=WANTED, signal=11, device="CUDA0", gpu=True)
    memory = remember(remember(Memory(), gpu), Crash(configuration=WANTED, signal=11, device="CPU"))
    assert [crash.device for crash in memory.crashes] == ["CUDA0", "CPU"]


def test_hang_counts_as_a_crash_and_a_kill_from_outside_or_want_of_memory_does_not() -> None:
    assert crashed(STUCK_STATUS)
    assert not crashed(-signal.SIGKILL)
    assert not crashed(STARVED_STATUS), "no other way of computing takes less"


@given(memory=memories, wanted=configurations)
def test_way_that_crashed_is_tried_again_only_when_none_is_safer(memory: Memory, wanted: Configuration) -> None:
    options = safest(memory, wanted)
    again = msgspec.structs.replace(wanted, options=options) in {crash.configuration for crash in memory.crashes}
    assert not again or (options.extra_buffers, options.gpu_layers, options.cache_type) == (False, 0, "f16")
    assert options.cache_type in {wanted.options.cache_type, "f16"}
    assert options.extra_buffers <= wanted.options.extra_buffers
    assert options.gpu_layers <= wanted.options.gpu_layers


@given(options=configurations.map(lambda one: one.options))
def test_options_reach_what_computes_with_them(options: Options) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    assert from_arguments(parser.parse_args(to_arguments(options))) == options


def test_record_from_before_attention_was_an_option_is_read() -> None:
    old = b'{"crashes":[{"configuration":{"build":"1","devices":[],"options":{"extra_buffers":false}},"signal":6}]}'
    assert from_json(old).crashes[0].configuration.options == Options(extra_buffers=False)


@given(memory=memories)
def test_record_is_read_as_it_was_written(memory: Memory) -> None:
    assert from_json(to_json(memory)) == memory


def test_other_builds_and_other_devices_start_afresh() -> None:
    memory = remember(Memory(), crash_with(Options()))
    assert safest(memory, msgspec.structs.replace(WANTED, build="1.1")) == Options()
    assert safest(memory, msgspec.structs.replace(WANTED, devices=("CPU",))) == Options()


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE"])
def test_process_that_broke_has_crashed(name: str) -> None:
    assert crashed(-int(signal.Signals[name]))


def test_crash_is_remembered_once() -> None:
    memory = remember(remember(Memory(), crash_with(Options())), crash_with(Options()))
    assert memory == Memory((crash_with(Options()),))


@pytest.mark.parametrize("status", [0, 1, -int(signal.SIGKILL), -int(signal.SIGTERM), -int(signal.SIGINT)])
def test_process_that_left_or_was_ended_is_not_held_against_its_options(status: int) -> None:
    assert not crashed(status)


def test_old_crashes_are_forgotten() -> None:
    memory = Memory()
    for layers in range(KEPT + 5):
        memory = remember(memory, crash_with(Options(gpu_layers=layers)))
    assert [crash.configuration.options.gpu_layers for crash in memory.crashes] == list(range(5, KEPT + 5))


def device(name: str, kind: DeviceKind) -> Device:
    return Device(name=name, description="", kind=kind, backend="", memory_free=0, memory_total=0)


CPU: Final = device("CPU", DeviceKind.CPU)
BLAS: Final = device("BLAS", DeviceKind.ACCELERATOR)
CARD: Final = device("CUDA0", DeviceKind.GPU)
CHIP: Final = device("Vulkan0", DeviceKind.INTEGRATED_GPU)


def test_cards_are_used_before_integrated_ones_and_none_without_layers() -> None:
    assert in_use([CPU, BLAS, CARD, CHIP], Options()) == (CARD, CPU, BLAS)
    assert in_use([CHIP, CPU], Options()) == (CHIP, CPU)
    assert in_use([CARD, CHIP, CPU], Options(gpu_layers=0)) == (CPU,)
