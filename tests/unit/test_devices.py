"""Which GPUs a model may be spread over, and whose memory they take."""

from __future__ import annotations

from typing import Final

from windowsill.devices import Device, DeviceKind, gpus, in_use, shares_memory
from windowsill.safe_options import Options


def device(name: str, kind: DeviceKind, backend: str, memory: int) -> Device:
    return Device(name=name, description="", kind=kind, backend=backend, memory_free=memory, memory_total=memory)


CPU: Final = device("CPU", DeviceKind.CPU, "CPU", 16 * 10**9)
CARD: Final = device("Vulkan0", DeviceKind.GPU, "Vulkan", 8 * 10**9)
OTHER: Final = device("Vulkan1", DeviceKind.GPU, "Vulkan", 24 * 10**9)
SAME_CARD: Final = device("OpenCL0", DeviceKind.GPU, "OpenCL", 8 * 10**9)
BUILT_IN: Final = device("Vulkan2", DeviceKind.INTEGRATED_GPU, "Vulkan", 12 * 10**9)


def test_all_cards_are_used_and_the_integrated_gpu_only_without_one() -> None:
    assert gpus([BUILT_IN, CARD, OTHER, CPU]) == (CARD, OTHER)
    assert gpus([BUILT_IN, BUILT_IN, CPU]) == (BUILT_IN,)
    assert gpus([CPU]) == ()


def test_a_card_that_two_back_ends_see_is_used_once() -> None:
    assert gpus([CARD, OTHER, SAME_CARD, CPU]) == (CARD, OTHER)


def test_no_gpu_is_used_without_layers_for_it() -> None:
    assert in_use([CARD, CPU], Options(gpu_layers=0)) == (CPU,)
    assert in_use([CARD, CPU], Options()) == (CARD, CPU)


def test_memory_is_shared_by_what_is_built_in_and_by_what_tells_no_memory_of_its_own() -> None:
    openvino = device("OPENVINO0", DeviceKind.GPU, "OPENVINO", CPU.memory_total)
    hexagon = device("HTP0", DeviceKind.GPU, "HTP", 0)
    listed = [CARD, BUILT_IN, openvino, hexagon, CPU]
    assert [shares_memory(one, listed) for one in listed[:-1]] == [False, True, True, True]
