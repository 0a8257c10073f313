"""Which files of /dev are devices to compute on."""

from __future__ import annotations

from pathlib import Path

import pytest

from windowsill import device_files


def test_gpus_and_npus_are_found_with_their_folders_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_files, "DEV", tmp_path)
    for name in ("null", "sda", "kfd", "nvidia0", "nvidiactl", "dri/renderD128", "accel/accel0"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    names = [str(path.relative_to(tmp_path)) for path in device_files.present()]
    assert names == ["accel", "accel/accel0", "dri", "dri/renderD128", "kfd", "nvidia0", "nvidiactl"]


def test_a_machine_may_have_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_files, "DEV", tmp_path / "none")
    assert device_files.present() == ()
