"""Which control groups are around a process, by the system's own table."""

from __future__ import annotations

from pathlib import Path

import pytest

from windowsill.engine import control_groups


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(control_groups, "OWN_GROUPS", tmp_path / "table")
    monkeypatch.setattr(control_groups, "GROUPS", Path("/groups"))
    return tmp_path / "table"


def around(controller: str = "") -> list[str]:
    return [str(group) for group in control_groups.around(controller)]


def test_groups_of_version_2_are_told_from_the_innermost_on(table: Path) -> None:
    table.write_text("0::/user.slice/app:1.service\n")
    assert around() == ["/groups/user.slice/app:1.service", "/groups/user.slice", "/groups"]
    assert around("cpu") == []


def test_groups_of_version_1_are_told_by_controller(table: Path) -> None:
    table.write_text("5:name=systemd:/\n4:memory:/outer/inner\n2:cpu,cpuacct:/docker/1\n0::/\n")
    assert around("cpu") == ["/groups/cpu/docker/1", "/groups/cpu/docker", "/groups/cpu"]
    assert around("memory") == ["/groups/memory/outer/inner", "/groups/memory/outer", "/groups/memory"]
    assert around() == ["/groups"]


def test_there_are_none_where_the_system_has_no_such_table(table: Path) -> None:
    assert around() == around("cpu") == []
