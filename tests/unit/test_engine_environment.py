"""What an Engine inherits."""

from __future__ import annotations

import os

import pytest

from windowsill.engine_environment import HUGE_PAGES, SPIN_COUNT, engine_environment


@pytest.mark.parametrize(
    ("users", "engines"),
    [
        (None, HUGE_PAGES),
        ("glibc.malloc.check=3", f"glibc.malloc.check=3:{HUGE_PAGES}"),
        ("glibc.malloc.hugetlb=0", "glibc.malloc.hugetlb=0"),
    ],
)
def test_an_engine_gets_huge_pages_beside_what_the_user_tunes(
    monkeypatch: pytest.MonkeyPatch, users: str | None, engines: str
) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    if users is not None:
        monkeypatch.setenv("GLIBC_TUNABLES", users)
    assert engine_environment()["GLIBC_TUNABLES"] == engines
    assert os.environ.get("GLIBC_TUNABLES") == users


@pytest.mark.parametrize(
    ("users", "engines"),
    [
        ({}, SPIN_COUNT),
        ({"GOMP_SPINCOUNT": "7"}, "7"),
        ({"OMP_WAIT_POLICY": "active"}, None),
    ],
)
def test_an_engines_threads_wait_for_each_other_as_the_user_says_or_shortly(
    monkeypatch: pytest.MonkeyPatch, users: dict[str, str], engines: str | None
) -> None:
    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in users.items():
        monkeypatch.setenv(name, value)
    assert engine_environment().get("GOMP_SPINCOUNT") == engines
