"""What the Host makes of the first message: who greets, and whether both sides speak one protocol. No I/O."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from windowsill import __version__
from windowsill.protocol import PROTOCOL_MAX, PROTOCOL_MIN, Hello, Versions, Welcome

OUR_VERSIONS: Final = Versions(min=PROTOCOL_MIN, max=PROTOCOL_MAX)


class Greeting(Struct, frozen=True):
    """``profile``: the browser profile that this Host serves; ``update``: the side that is too old to go on."""

    profile: str
    update: Literal["host", "extension"] | None = None


def greet(hello: Hello) -> tuple[Greeting, Welcome]:
    """What to remember of ``hello``, and its answer."""
    update: Literal["host", "extension"] | None = None
    if hello.protocol.max < PROTOCOL_MIN:
        update = "extension"
    elif hello.protocol.min > PROTOCOL_MAX:
        update = "host"
    welcome = Welcome(protocol=OUR_VERSIONS, version=__version__, update=update)
    return Greeting(profile=hello.profile, update=update), welcome
