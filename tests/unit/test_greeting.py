"""The first message: who greets, and which side is too old."""

from __future__ import annotations

import pytest

from windowsill import __version__
from windowsill.greeting import Greeting, greet
from windowsill.protocol import PROTOCOL_MAX, PROTOCOL_MIN, Hello, Versions


@pytest.mark.parametrize(
    ("low", "high", "update"),
    [
        (PROTOCOL_MIN, PROTOCOL_MAX, None),
        (0, PROTOCOL_MAX + 8, None),
        (0, PROTOCOL_MIN - 1, "extension"),
        (PROTOCOL_MAX + 1, PROTOCOL_MAX + 8, "host"),
    ],
)
def test_the_side_that_is_too_old_is_named(low: int, high: int, update: str | None) -> None:
    greeting, welcome = greet(Hello(protocol=Versions(min=low, max=high), version="9", profile="mine"))
    assert greeting == Greeting(profile="mine", update=update)  # type: ignore[arg-type]
    assert (welcome.update, welcome.version) == (update, __version__)
    assert welcome.protocol == Versions(min=PROTOCOL_MIN, max=PROTOCOL_MAX)
