"""wllama, the peer in the page: llama.cpp as WebAssembly, fetched on demand.

Rules this file keeps: the archive is fetched once, by npm, and is of no use unless its digest is the pinned one; only
what a page loads is taken out of it.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Final

from msgspec import Struct

PACKAGE: Final = "@wllama/wllama@3.8.1"
INTEGRITY: Final = "Pl7BEJhPU8OHnV/yhn3DFZYhLLOdSHh+4TND79WCftHnlUAdQPAsyc/CfIOY+4mVxvf5VW3Xw3Uf7BBfotS1gw=="
"""SHA-512 of its archive, as npm writes it."""

MEMBERS: Final = ("package/esm/index.js", "package/esm/wasm/wllama.wasm")


class PeerError(Exception):
    """The archive is another one than the pinned; the text says which."""


class Wllama(Struct, frozen=True):
    """What a page loads. The WebAssembly computes with one thread or several."""

    script: Path
    program: Path


def wllama(cache: Path) -> Wllama:
    """Its files under ``cache``; fetched when they are not there (some seconds). Raises PeerError."""
    kept = cache / "wllama"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            unpacked = Path(folder) / "unpacked"
            unpack(_fetched(Path(folder)), unpacked)
            unpacked.replace(kept)
    script, program = (kept / PurePosixPath(member).name for member in MEMBERS)
    return Wllama(script, program)


def unpack(archive: Path, target: Path, *, integrity: str = INTEGRITY) -> None:
    """Take MEMBERS out of ``archive``. Raises PeerError."""
    content = archive.read_bytes()
    found = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if found != integrity:
        raise PeerError(f"{archive.name} has the digest {found} and not {integrity}")
    target.mkdir()
    with tarfile.open(archive) as members:
        for name in MEMBERS:
            member = members.extractfile(name)
            if member is None:
                raise PeerError(f"{archive.name} has no file {name}")
            (target / PurePosixPath(name).name).write_bytes(member.read())


def _fetched(folder: Path) -> Path:
    command = ["npm", "pack", PACKAGE, "--silent", "--pack-destination", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (archive,) = folder.glob("*.tgz")
    return archive
