"""The filter program, run by a few lines that do what the kernel does with it, for both machines."""

from __future__ import annotations

import errno
import os
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine import syscall_filter as calls
from windowsill.engine.syscall_filter import ALLOW, ERROR, INSTRUCTION, KILL, MACHINES

OWN: Final = 4711
EPERM: Final = ERROR | errno.EPERM
ENOSYS: Final = ERROR | errno.ENOSYS
both = pytest.mark.parametrize("name", MACHINES)


def verdict(name: str, number: int, *arguments: int, writing: bool = False, audit: int | None = None) -> int:
    """What the kernel would do with the call."""
    machine = MACHINES[name]
    code = calls.program(machine, OWN, may_open_for_writing=writing)
    data = {0: number, 4: machine.audit if audit is None else audit}
    for index, argument in enumerate(arguments):
        data[16 + 8 * index] = argument & 0xFFFF_FFFF
        data[20 + 8 * index] = argument >> 32 & 0xFFFF_FFFF
    steps = list(INSTRUCTION.iter_unpack(code))
    at = loaded = 0
    while True:
        operation, when, otherwise, operand = steps[at]
        at += 1
        match operation:
            case calls.LOAD:
                loaded = data.get(operand, 0)
            case calls.RETURN:
                return int(operand)
            case calls.EQUAL:
                at += when if loaded == operand else otherwise
            case calls.AT_LEAST:
                at += when if loaded >= operand else otherwise
            case calls.ANY_BIT:
                at += when if loaded & operand else otherwise


def number(name: str, both_numbers: tuple[int | None, int | None]) -> int:
    """The call's number on that machine."""
    found = both_numbers[MACHINES[name].column]
    assert found is not None
    return found


@both
def test_every_forbidden_call_is_refused(name: str) -> None:
    column = MACHINES[name].column
    numbers = [numbers[column] for numbers in calls.FORBIDDEN.values() if numbers[column] is not None]
    assert len(numbers) == len(set(numbers))
    assert {verdict(name, each) for each in numbers if each is not None} == {EPERM}


@both
def test_calls_that_can_be_done_without_do_not_exist(name: str) -> None:
    assert {verdict(name, number(name, numbers)) for numbers in calls.DONE_WITHOUT.values()} == {ENOSYS}


@both
def test_threads_are_started_and_processes_are_not(name: str) -> None:
    clone = number(name, calls.CLONE)
    assert verdict(name, clone, calls.CLONE_THREAD | 0x3D0F00) == ALLOW
    assert verdict(name, clone, 17) == EPERM


@both
def test_signals_reach_itself_alone(name: str) -> None:
    for call in (calls.KILL_CALL, calls.TGKILL):
        assert verdict(name, number(name, call), OWN) == ALLOW
        assert {verdict(name, number(name, call), other) for other in (0, 1, -1, -OWN, OWN + 1)} == {EPERM}


@both
def test_limits_are_asked_for_and_not_set(name: str) -> None:
    assert verdict(name, number(name, calls.PRLIMIT), 0, 7, 0, 1) == ALLOW
    for pointer in (1, 2**32, 2**63):
        assert verdict(name, number(name, calls.PRLIMIT), 0, 7, pointer, 1) == EPERM


@both
@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_DIRECTORY])
def test_files_are_opened_for_reading(name: str, flags: int) -> None:
    assert verdict(name, number(name, calls.OPENAT), 0, 0, flags) == ALLOW


@both
@pytest.mark.parametrize("flags", [os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_WRONLY | os.O_RDWR])
def test_files_are_opened_for_writing_only_where_landlock_says_which(name: str, flags: int) -> None:
    assert verdict(name, number(name, calls.OPENAT), 0, 0, flags) == EPERM
    assert verdict(name, number(name, calls.OPENAT), 0, 0, flags, writing=True) == ALLOW


def test_oldest_open_is_looked_at_too() -> None:
    assert verdict("x86_64", number("x86_64", calls.OPEN), 0, os.O_WRONLY) == EPERM
    assert verdict("x86_64", number("x86_64", calls.OPEN), 0, os.O_RDONLY) == ALLOW


@both
@given(later=st.integers(calls.NEWEST + 1, 2**32 - 1))
def test_calls_newer_than_the_list_do_not_exist(name: str, later: int) -> None:
    assert verdict(name, later) == ENOSYS


@both
@given(audit=st.integers(0, 2**32 - 1), call=st.integers(0, 500))
def test_calls_in_another_machines_numbers_end_the_process(name: str, audit: int, call: int) -> None:
    if audit != MACHINES[name].audit:
        assert verdict(name, call, audit=audit) == KILL


@pytest.mark.parametrize(("name", "call"), [("x86_64", 288), ("aarch64", 242), ("x86_64", 9), ("aarch64", 222)])
def test_accepting_and_mapping_go_on(name: str, call: int) -> None:
    assert verdict(name, call) == ALLOW
