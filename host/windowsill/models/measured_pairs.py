"""Which pairs of languages each model was measured to translate, or not, kept in a file.

Rules this file keeps: a file that cannot be read says as much as none, nothing was measured; it is bounded, and written
as a whole. ``windowsill quality`` writes it; the Host reads it, once after each change, as pages may ask at any time.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from windowsill import whole_file
from windowsill.engine_protocol import ModelRef

logger = logging.getLogger(__name__)

MODELS: Final = 32
"""Model files remembered (count), those measured last: more than anybody keeps."""

PAIRS: Final = 4096
"""Pairs remembered of one model (count): all of 64 languages."""

LARGEST: Final = 8 * 2**20
"""Bytes read: all that may be remembered, at 64 bytes a pair."""

Pair = tuple[str, str]
"""Canonical tags of source and target, as the model declares them."""

_Tag = Annotated[str, Meta(min_length=1, max_length=64)]


class _Measured(Struct, frozen=True, forbid_unknown_fields=True):
    source: _Tag
    target: _Tag
    passed: bool


class _Model(Struct, frozen=True, forbid_unknown_fields=True):
    """``version``: of the model's file, wherever it lies."""

    version: str
    pairs: Annotated[tuple[_Measured, ...], Meta(max_length=PAIRS)]


_Memory = Annotated[tuple[_Model, ...], Meta(max_length=MODELS)]
_memory: Final[msgspec.json.Decoder[tuple[_Model, ...]]] = msgspec.json.Decoder(_Memory)


class MeasuredPairs:
    """The record at ``path``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._known: tuple[_Model, ...] = ()

    def failed(self, model: ModelRef) -> frozenset[Pair]:
        """The pairs that ``model`` was last measured not to translate."""
        return frozenset(pair for pair, passed in self.outcomes(model).items() if not passed)

    def outcomes(self, model: ModelRef) -> dict[Pair, bool]:
        """Whether ``model`` translates each pair that was measured."""
        known = (one for one in self._read() if one.version == model.version)
        return {(pair.source, pair.target): pair.passed for one in known for pair in one.pairs}

    def record(self, model: ModelRef, outcomes: Mapping[Pair, bool]) -> None:
        """Remember ``outcomes``; what was measured of other pairs stays. Raises OSError."""
        after = {**self.outcomes(model), **outcomes}
        pairs = [_Measured(source, target, passed) for (source, target), passed in after.items()]
        others = [one for one in self._read() if one.version != model.version]
        memory = [*others, _Model(model.version, tuple(pairs[-PAIRS:]))][-MODELS:]
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(self._path, msgspec.json.encode(memory), mode=0o600)

    def _read(self) -> tuple[_Model, ...]:
        try:
            about = self._path.stat()
            seen = about.st_ino, about.st_mtime_ns, about.st_size
            if seen != self._seen:
                with self._path.open("rb") as file:
                    self._known = _memory.decode(file.read(LARGEST))
                self._seen = seen
        except FileNotFoundError:
            self._seen, self._known = None, ()
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("what was measured of translations, at %s, begins anew: %s", self._path, error)
            self._seen, self._known = None, ()
        return self._known
