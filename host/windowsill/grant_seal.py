"""How grants are made unreadable at rest: names of rows, and the sealing of their content. Pure.

Rules this file keeps: a list of sites is browsing history, so nothing leaves here in the clear, not even its length;
content opens only under the key, and at the place, that it was sealed for.
"""

from __future__ import annotations

import hmac
import os
from typing import Final

KEY_BYTES: Final = 32

NONCE_BYTES: Final = 12
"""What AES-GCM takes; random, and no user answers often enough (2**32 times) for two to meet."""

PADDED_TO: Final = 256
"""Bytes. Content is filled up with spaces to a multiple, because lengths tell sites apart."""


class SealBroken(Exception):
    """This content was not sealed with this key for this place."""


class Seal:
    """Seals and opens with one key of ``KEY_BYTES`` bytes. Raises ValueError for a key of another length."""

    def __init__(self, key: bytes) -> None:
        # Costs 30 ms and 9 MB: a Host that never meets a grant does without.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
        self._naming = hmac.digest(key, b"windowsill grant name", "sha256")
        self._cipher = AESGCM(hmac.digest(key, b"windowsill grant content", "sha256"))

    def row_id(self, profile: str, origin: str) -> bytes:
        """The name of the row for this profile and origin. Raises ValueError for text that has no unambiguous name."""
        if "\0" in profile:
            raise ValueError("a profile's id holds no NUL")
        return hmac.digest(self._naming, f"{profile}\0{origin}".encode(), "sha256")

    def close(self, content: bytes, place: bytes) -> bytes:
        """``content``, sealed for ``place``. It may end in spaces when it is opened again."""
        nonce = os.urandom(NONCE_BYTES)
        padded = content.ljust(-(-len(content) // PADDED_TO) * PADDED_TO)
        return nonce + self._cipher.encrypt(nonce, padded, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """What was sealed for ``place``, padded. Raises SealBroken."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken("the content does not fit its seal") from error
