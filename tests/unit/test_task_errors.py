"""Whatever a task fails with, its page hears of it by a name that the standards have for that."""

from __future__ import annotations

from typing import get_args

import pytest

from windowsill.errors import LEAVES, QuotaExceededError, WindowsillError
from windowsill.protocol import Interface
from windowsill.task_errors import initializing, operating

ERRORS = [
    QuotaExceededError("Why.", requested=2, quota=1) if leaf is QuotaExceededError else leaf("Why.")
    for leaf in LEAVES.values()
]
CREATE = {"AbortError", "NotAllowedError", "NotSupportedError", "OperationError", "QuotaExceededError"}
CALL = {"AbortError", "NotAllowedError", "QuotaExceededError", "UnknownError"}
LANGUAGES = {"translator", "language-detector"}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.name)
def test_create_fails_with_names_of_its_own_or_an_operation_error(error: WindowsillError) -> None:
    with pytest.raises(WindowsillError) as told, initializing():
        raise error
    assert told.value.name == (error.name if error.name in CREATE else "OperationError")
    assert told.value.detail == "Why."


@pytest.mark.parametrize("interface", get_args(Interface))
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.name)
def test_call_fails_with_names_of_its_own_or_an_unknown_error(interface: Interface, error: WindowsillError) -> None:
    names = CALL if interface in LANGUAGES | {"language-model"} else CALL | {"NotSupportedError"}
    with pytest.raises(WindowsillError) as told, operating(interface):
        raise error
    assert told.value.name == (error.name if error.name in names else "UnknownError")
    assert told.value.detail == "Why."


def test_defect_stays_one() -> None:
    with pytest.raises(ZeroDivisionError), initializing():
        raise ZeroDivisionError
