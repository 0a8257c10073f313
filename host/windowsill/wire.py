"""Frames to and from the browser: bytes that nobody has checked become ``protocol`` structs, and events become frames.

Rules this file keeps: whatever is wrong with bytes from outside is a ``WireError``, and nothing else escapes; a page's
request stays unread until it is asked for, so that one page's bad request spoils no other's frame.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.json import Decoder
from nativemessaging import encode_message

from windowsill.protocol import Abort, Credit, Destroy, HostHears, HostSays, Id, PageRequest
from windowsill.settings import MAX_FRAME_TO_BROWSER

MAX_REASON: Final = 300
"""Characters of a refusal's reason: it quotes what was refused, which may be a whole frame, and its sender need not
have that back."""

T = TypeVar("T")


_QUOTED: Final = re.compile(r"'.*'|`(?!\$|\w{1,32}`).*`", re.DOTALL)


class WireError(Exception):
    """Bytes that are not what the protocol allows. ``reason`` says what and where, and holds nothing of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def loggable(self) -> str:
        """The reason on one line, without the values and odd names it quotes: a log holds no words of a page's."""
        return _QUOTED.sub("…", self.reason)


class _Head(Struct, frozen=True):
    """As much of a refused request as an answer to it needs."""

    id: Id
    type: Any = None


_host_hears: Final[Decoder[HostHears]] = Decoder(HostHears)
_page_request: Final[Decoder[PageRequest]] = Decoder(PageRequest)
_host_says: Final[Decoder[HostSays]] = Decoder(HostSays)
_head: Final[Decoder[_Head]] = Decoder(_Head)

_NOTICES: Final = frozenset(notice.__struct_config__.tag for notice in (Abort, Credit, Destroy))


def decode_host_hears(body: bytes) -> HostHears:
    """One frame's body from the Broker. Raises WireError."""
    return _decode(_host_hears, body)


def decode_page_request(raw: Raw) -> PageRequest:
    """The request inside a ``FromPage``. Raises WireError."""
    return _decode(_page_request, raw)


def decode_host_says(body: bytes) -> HostSays:
    """One frame's body from a Host, for those who stand in for the Broker. Raises WireError."""
    return _decode(_host_says, body)


def encode(event: HostSays) -> bytes:
    """One whole native-messaging frame. Raises ValueError when its body is over ``MAX_FRAME_TO_BROWSER`` bytes."""
    message = encode_message(msgspec.to_builtins(event))
    length: bytes = message["length"]
    content: bytes = message["content"]
    if len(content) > MAX_FRAME_TO_BROWSER:
        raise ValueError(f"a frame of {len(content)} bytes is too long for the browser; split it")
    return length + content


def request_id(raw: Raw) -> int | None:
    """The id to answer a refused request under; None if it has none, or is a notice, whose id is another request's."""
    try:
        head = _decode(_head, raw)
    except WireError:
        return None
    return None if isinstance(head.type, str) and head.type in _NOTICES else head.id


def _decode(decoder: Decoder[T], data: bytes | Raw) -> T:
    try:
        return decoder.decode(data)
    except msgspec.DecodeError as error:
        raise WireError(str(error)[:MAX_REASON]) from error
    except UnicodeDecodeError as error:
        raise WireError("Text is not UTF-8") from error
    except RecursionError as error:
        raise WireError("JSON is nested too deeply") from error
