"""What a GPU computes is what the CPU does, through the confined Engine too. For machines where ggml has a GPU; one in
software will do (docs/devices.md)."""

from __future__ import annotations

import json
import logging
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from support.counting_gguf import counted, make_counting_gguf
from support.decoder import Answer, Decoder
from support.engine_process import ask, model_ref, running_engine
from support.tiny_gguf import Shape, make_tiny_gguf, quantize
from windowsill import devices, engine_check
from windowsill.devices import Device
from windowsill.engine import bounds
from windowsill.engine.memory_plan import CellType, Layout, Need, Plan
from windowsill.engine.opening import Opener
from windowsill.engine.runner import Runner
from windowsill.engine_check import Verdict
from windowsill.engine_protocol import GetStats, Stats
from windowsill.gguf_header import read_header
from windowsill.safe_options import ALL_LAYERS, Options

pytestmark = pytest.mark.timeout(engine_check.CHECK_SECONDS)
"""A GPU in software compiles its programs for minutes."""

COUNT: Final = 12
NOISE: Final = 0.02
"""A GPU adds up in another order and rounds to 16 bits elsewhere; a wrong layer puts a token anywhere in the range."""

PROMPTS: Final = [
    [random.Random(seed).randrange(300, 480) for _ in range(length)] for seed, length in ((1, 300), (2, 7))
]


@pytest.fixture(scope="module")
def gpus() -> tuple[Device, ...]:
    """Those that models go to. Asked for in a child: a driver may end who asks."""
    listed = engine_check.list_devices((sys.executable, "-m", "windowsill.engine.devices"))
    assert not isinstance(listed, Verdict), listed.detail
    found = devices.gpus(listed)
    if not found:
        pytest.skip("ggml has no GPU here (docs/devices.md says how to build for one)")
    return found


@pytest.fixture
def gpu(gpus: tuple[Device, ...]) -> Device:
    return gpus[0]


def decoded(
    model: Path, gpu_layers: int, layout: Layout, said: list[list[int]] | None = None
) -> tuple[str, list[Answer]]:
    """The device, and the answers to all prompts at once."""
    opener = Opener(threads=1, options=Options(gpu_layers=gpu_layers), layout=layout)
    runner = opener.open(model, read_header(model))
    try:
        return runner.device, Decoder(runner).answer("a", *[[*prompt] for prompt in PROMPTS], count=COUNT, said=said)
    finally:
        runner.close()


@pytest.mark.parametrize(
    ("ftype", "layers", "cells", "flash_attention"),
    [
        ("F32", ALL_LAYERS, CellType.F16, True),
        ("F32", 2, CellType.F16, False),
        ("Q4_0", ALL_LAYERS, CellType.Q8_0, True),
    ],
    ids=["all of it", "half of it, the plain way", "small numbers"],
)
def test_gpu_says_what_the_cpu_says(
    gpu: Device, tmp_path: Path, ftype: str, layers: int, cells: CellType, flash_attention: bool
) -> None:
    model = make_tiny_gguf(tmp_path / "F32.gguf", Shape(layers=4, context=1024), ends=False)
    if ftype != "F32":
        model = quantize(model, tmp_path / f"{ftype}.gguf", ftype)
    layout = Layout(
        slots=bounds.SLOTS + 1,
        batch_tokens=bounds.BATCH_TOKENS,
        cell_type=cells,
        flash_attention=flash_attention,
    )
    device, expected = decoded(model, 0, layout)
    assert device == "CPU"
    said = [answer.likeliest for answer in expected]
    device, answers = decoded(model, layers, layout, said)
    assert device == "GPU"
    assert max(gap for answer in answers for gap in answer.behind) < NOISE


def test_layers_lie_where_the_plan_puts_them(
    gpus: tuple[Device, ...], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if len(gpus) < 2:
        pytest.skip("ggml has one GPU here (GGML_VK_VISIBLE_DEVICES=0,0 makes it two)")
    first, second = gpus[1].name, gpus[0].name
    model = make_tiny_gguf(tmp_path / "tiny.gguf", Shape(layers=4, context=512))
    with caplog.at_level(logging.DEBUG, logger="windowsill.engine.llama"):
        runner = Runner(
            model,
            Plan(split=(1, 2), cells=512, need=Need(host=0)),
            Layout(slots=bounds.SLOTS, batch_tokens=bounds.BATCH_TOKENS),
            threads=1,
            options=Options(),
            gpus=[first, second],
        )
    runner.close()
    assert re.findall(r"layer +\d+ assigned to device (\w+),", caplog.text) == ["CPU", "CPU", first, second, second]


def test_gpu_decodes_in_a_child(gpu: Device, tmp_path: Path) -> None:
    model = make_counting_gguf(tmp_path / "counting.gguf", 30)
    verdict = engine_check.check(model, gpu.name, Options(), (sys.executable, "-m", "windowsill.engine.self_test"))
    assert verdict.works, verdict.detail


def test_confined_engine_answers_on_the_gpu(gpu: Device, tmp_path: Path) -> None:
    model = make_counting_gguf(tmp_path / "counting.gguf", 30)
    with running_engine(tmp_path / "run", readable=[tmp_path]) as engine:
        client = engine.connect()
        text, _ = client.answer(ask(1, model_ref(model), "Count."))
        assert text == counted(30)
        client.send(GetStats(id=2))
        stats = client.receive()
        assert isinstance(stats, Stats)
        assert [loaded.device for loaded in stats.models] == ["GPU"]


def test_engine_that_may_use_no_gpu_wakes_no_driver(
    gpu: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if gpu.backend != "Vulkan":
        pytest.skip("only Vulkan's back end can be told to leave drivers alone")
    source, driver, manifest = tmp_path / "driver.cpp", tmp_path / "driver.so", tmp_path / "driver.json"
    source.write_text("#include <cstdlib>\nstatic int crash = (std::abort(), 0);\n")
    subprocess.run(["c++", "-shared", "-fPIC", source, "-o", driver], check=True)
    about = {"library_path": str(driver), "api_version": "1.3.0"}
    manifest.write_text(json.dumps({"file_format_version": "1.0.0", "ICD": about}))
    monkeypatch.setenv("VK_ICD_FILENAMES", str(manifest))
    model = make_counting_gguf(tmp_path / "counting.gguf", 30)
    with running_engine(tmp_path / "run", gpu_layers=0) as engine:
        text, _ = engine.connect().answer(ask(1, model_ref(model), "Count."))
    assert text == counted(30)
