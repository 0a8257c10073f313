"""Origins as the browser serializes them, from what people type or paste. Pure."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
SCHEMES: Final = frozenset({*DEFAULT_PORTS, "chrome-extension"})
HOST: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")


class OriginError(ValueError):
    """That is no origin; the text says what one looks like."""


def serialized(text: str) -> str:
    """The origin that ``text`` means, as ``location.origin`` spells it. Raises OriginError."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise OriginError(f"{text!r} is not an origin: {error}") from error
    host = _host(parts)
    if parts.scheme not in SCHEMES or not HOST.fullmatch(host):
        raise OriginError(f"{text!r} is not an origin; write it like https://example.com (other scripts: xn--…)")
    if parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise OriginError(f"{text!r} is more than an origin; write only {parts.scheme}://{host}")
    shown = "" if port is None or port == DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    return f"[{name}]" if ":" in name else name
