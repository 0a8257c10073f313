"""Exceptions to the wire's error information and back."""

from __future__ import annotations

from typing import get_args

import pytest

from windowsill.errors import LEAVES, QuotaExceededError, UnmetConstraintError, WindowsillError, from_wire
from windowsill.protocol import ErrorInfo, ErrorName

PLAIN = sorted(set(LEAVES) - {"QuotaExceededError"})


def test_there_is_one_leaf_for_each_name_on_the_wire() -> None:
    assert set(LEAVES) == set(get_args(ErrorName))
    renamed = {name: leaf for name, leaf in LEAVES.items() if leaf.__name__ != name}
    assert renamed == {"SyntaxError": UnmetConstraintError}, "Python has a SyntaxError of its own"


@pytest.mark.parametrize("name", PLAIN)
def test_leaf_survives_the_wire_without_its_detail(name: str) -> None:
    error = LEAVES[name]("No.", detail="/home/somebody/model.gguf")
    assert error.detail == "/home/somebody/model.gguf"
    info = error.to_wire()
    assert info == ErrorInfo(name=error.name, message="No.")
    back = from_wire(info)
    assert type(back) is LEAVES[name]
    assert (back.message, back.detail) == ("No.", "No.")


def test_quota_exceeded_carries_its_numbers() -> None:
    info = QuotaExceededError("Too large.", requested=9000, quota=8192).to_wire()
    assert info == ErrorInfo(name="QuotaExceededError", message="Too large.", requested=9000, quota=8192)
    back = from_wire(info)
    assert isinstance(back, QuotaExceededError)
    assert (back.message, back.requested, back.quota) == ("Too large.", 9000, 8192)


def test_quota_exceeded_without_numbers_is_still_one() -> None:
    back = from_wire(ErrorInfo(name="QuotaExceededError", message="Too large."))
    assert isinstance(back, QuotaExceededError)
    assert (back.requested, back.quota) == (0, 0)


def test_the_base_cannot_be_raised() -> None:
    with pytest.raises(TypeError, match="abstract"):
        WindowsillError("No.")
