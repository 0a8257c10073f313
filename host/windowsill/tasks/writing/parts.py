"""A long text in parts that fit a model's window. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def packed(pieces: Sequence[str], sizes: Sequence[int], room: int) -> list[str]:
    """Neighbours put together, as many as ``room`` holds of their ``sizes``; a piece that is larger stays alone."""
    parts: list[str] = []
    part: list[str] = []
    left = room
    for piece, size in zip(pieces, sizes, strict=True):
        if part and size > left:
            parts.append("".join(part))
            part, left = [], room
        part.append(piece)
        left -= size
    return [*parts, "".join(part)] if part else parts
