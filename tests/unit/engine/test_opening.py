"""Models are opened with as much cache, and as much of them on GPUs, as the memory that is free allows, or refused."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from msgspec import Struct, structs

from support.huge_gguf import make_huge_gguf
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill.devices import Device, DeviceKind
from windowsill.engine import bounds, free_memory, ggml_devices, opening
from windowsill.engine.cells import WORTH_SAVING
from windowsill.engine.compute import TooLarge
from windowsill.engine.memory_plan import Layout, Plan
from windowsill.engine.opening import Opener
from windowsill.engine.runner import Runner
from windowsill.engine.sequence import Batch, Chunk, Forget, Remove, Save, Sequence
from windowsill.errors import OperationError
from windowsill.gguf_header import GgufHeader, read_header
from windowsill.safe_options import Options

LAYOUT = Layout(slots=bounds.SLOTS + 1, batch_tokens=bounds.BATCH_TOKENS)
CPU = Options(gpu_layers=0)


def opener(options: Options = CPU) -> Opener:
    return Opener(threads=1, options=options, layout=LAYOUT)


def opened(path: Path, header: GgufHeader | None = None) -> Runner:
    return opener().open(path, header or read_header(path))


def free(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """So much is left to the model."""
    monkeypatch.setattr(free_memory, "available", lambda: size + bounds.SPARE_MEMORY)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """About 2 MB, and 1 KB for each cell."""
    return make_tiny_gguf(tmp_path_factory.mktemp("models") / "tiny.gguf", Shape(context=8192))


def test_cache_is_as_large_as_wanted_where_there_is_room(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 2**33)
    runner = opened(tiny)
    assert (runner.cells, runner.window, runner.device) == (bounds.CACHE_TOKENS, 8192, "CPU")
    runner.close()


def test_header_is_taken_from_who_has_read_it(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 2**33)
    runner = opened(tiny, structs.replace(read_header(tiny), context_length=1024))
    assert runner.cells == bounds.SLOTS * 1024
    runner.close()


def test_cache_is_smaller_where_memory_is_short(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 30 * 2**20)
    runner = opened(tiny)
    assert bounds.LEAST_CONTEXT <= runner.cells < bounds.CACHE_TOKENS
    assert runner.memory <= 30 * 2**20
    runner.close()


def test_what_conversations_may_take_yet_is_free_for_no_other_model(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 2**33)
    one, header = opener(), read_header(tiny)
    first = one.open(tiny, header)
    assert first.unsaved == bounds.SAVED_STATE_BYTES
    free(monkeypatch, bounds.SAVED_STATE_BYTES + 2**20)
    with pytest.raises(TooLarge, match="1 MB are free"):
        one.open(tiny, header)
    free(monkeypatch, bounds.SAVED_STATE_BYTES + 100 * 2**20)
    second = one.open(tiny, header)
    assert 0 < second.memory + second.unsaved <= 100 * 2**20
    first.close()
    third = one.open(tiny, header)
    assert third.unsaved > second.unsaved
    third.close()
    second.close()


def test_saved_conversations_take_what_was_planned_for_them_at_most(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free(monkeypatch, 2**33)
    runner = opened(tiny)
    planned = runner.unsaved
    for seat in range(2):
        member = Sequence(seat, "a", [5] * WORTH_SAVING, visible=True)
        member.slot = seat
        runner.decode(Batch([], [Chunk(member, 0, WORTH_SAVING)], []))
    last = Sequence(2, "a", [5], visible=True)
    last.slot = 2
    runner.decode(Batch([], [Chunk(last, 0, 1)], [Save(0, 1), Save(1, 2)]))
    assert 0 < planned - runner.unsaved <= 2 * WORTH_SAVING * planned // runner.saved_tokens
    runner.decode(Batch([], [Chunk(last, 0, 1)], [Remove(2), Forget(1), Forget(2)]))
    assert runner.unsaved == planned
    runner.close()
    assert runner.unsaved == 0


def test_model_without_room_is_refused_with_what_it_needs(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free(monkeypatch, 2**20)
    with pytest.raises(TooLarge, match=r"^tiny\.gguf needs \d+ MB of memory, 1 MB are free$"):
        opened(tiny)


def test_huge_model_is_refused_before_any_of_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match=r"^huge\.gguf needs 7\d\d\.\d GB of memory"):
        opened(make_huge_gguf(tmp_path / "huge.gguf"))


def test_damaged_file_is_refused(tiny: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(tiny.read_bytes()[:1000])
    with pytest.raises(OperationError) as caught:
        opened(damaged, read_header(tiny))
    assert str(damaged) in caught.value.detail


# ---- with GPUs


class Opened(Struct, kw_only=True, eq=False, weakref=True):
    """What a runner was asked for. ``device`` and ``unsaved``: as the runner tells them."""

    plan: Plan
    layout: Layout
    gpus: list[str]
    device: str
    unsaved: int


class Gpus:
    """A machine with these GPUs, on which loads ``fail`` or not, and every load that was tried."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, gpus: list[Device], *, fail: bool = False) -> None:
        self.tried: list[Opened] = []
        self._fail = fail
        cpu = gpu("CPU", 2**35, kind=DeviceKind.CPU)
        monkeypatch.setattr(ggml_devices, "list_devices", lambda: (*gpus, cpu))
        monkeypatch.setattr(opening, "Runner", self._open)
        free(monkeypatch, 2**33)

    def _open(
        self, path: Path, plan: Plan, layout: Layout, *, threads: int, options: Options, gpus: list[str]
    ) -> Opened:
        device = "GPU" if plan.gpu_layers else "CPU"
        opened = Opened(plan=plan, layout=layout, gpus=gpus, device=device, unsaved=plan.saved)
        self.tried.append(opened)
        if self._fail and plan.gpu_layers:
            raise OperationError("The model could not be loaded.", detail="llama.cpp could not load the model file")
        return opened


def gpu(name: str, memory: int, *, kind: DeviceKind = DeviceKind.GPU) -> Device:
    return Device(name=name, description="", kind=kind, backend="", memory_free=memory, memory_total=memory)


def with_gpus(path: Path, options: Options | None = None) -> Runner:
    return opener(options or Options()).open(path, read_header(path))


def test_roomiest_gpu_takes_the_whole_model_and_reads_in_larger_batches(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Gpus(monkeypatch, [gpu("small", 2**30), gpu("large", 2**33)])
    with_gpus(tiny)
    (opened,) = machine.tried
    assert (opened.gpus, opened.plan.split) == (["large", "small"], (3, 0))
    assert opened.layout.batch_tokens == bounds.GPU_BATCH_TOKENS


def test_full_gpu_is_left_alone_and_nothing_waits_for_batches_of_its_size(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Gpus(monkeypatch, [gpu("full", bounds.SPARE_GPU_MEMORY)])
    with_gpus(tiny)
    (opened,) = machine.tried
    assert (opened.plan.gpu_layers, opened.layout.batch_tokens) == (0, bounds.BATCH_TOKENS)


def test_gpu_that_tells_no_memory_is_used_within_the_machines(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Gpus(monkeypatch, [gpu("silent", 0)])
    with_gpus(tiny)
    assert [opened.device for opened in machine.tried] == ["GPU"]


def test_memory_of_an_integrated_gpu_is_the_machines(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Gpus(monkeypatch, [gpu("built in", 2**33, kind=DeviceKind.INTEGRATED_GPU)])
    free(monkeypatch, 40 * 2**20)
    with_gpus(tiny)
    for opened in machine.tried:
        assert opened.plan.need.host + sum(opened.plan.need.gpus) <= 40 * 2**20


def test_model_that_a_gpu_does_not_load_is_loaded_without_it(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Gpus(monkeypatch, [gpu("broken", 2**33)], fail=True)
    with caplog.at_level(logging.WARNING):
        assert with_gpus(tiny).device == "CPU"
    assert [opened.device for opened in machine.tried] == ["GPU", "CPU"]
    assert "tiny.gguf is loaded without GPUs" in caplog.text


def test_gpus_are_not_even_asked_for_when_no_layer_may_be_there(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Gpus(monkeypatch, [gpu("unwanted", 2**33)])
    monkeypatch.setattr(ggml_devices, "list_devices", lambda: pytest.fail("asked"))
    assert with_gpus(tiny, CPU).device == "CPU"
    assert machine.tried[0].gpus == []
