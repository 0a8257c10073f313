"""llama.cpp's sources, of the very release that the pinned binding is built from: they come in its source archive.

Rules this file keeps: the archive is fetched once, by pip, which checks it against ``requirements.lock``; only
llama.cpp's own folder is taken out of it.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Final

BINDING: Final = "llama-cpp-python"
INSIDE: Final = ("vendor", "llama.cpp")
CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "bench"
LOCKED: Final = Path(__file__).resolve().parents[2] / ".ci" / "locked.py"


def llama_source(cache: Path) -> Path:
    """The folder of the sources under ``cache``; fetched and unpacked when it is not there (some seconds)."""
    kept = cache / "llama.cpp"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            _unpack(_fetched(Path(folder)), Path(folder) / "unpacked")
            (Path(folder) / "unpacked").joinpath(*INSIDE).replace(kept)
    return kept


def _fetched(folder: Path) -> Path:
    pinned = folder / "pinned.txt"
    pinned.write_bytes(
        subprocess.run([sys.executable, LOCKED, "only", BINDING], check=True, capture_output=True).stdout
    )
    command = [sys.executable, "-m", "pip", "download", "-qq", "--no-deps", "--require-hashes", "--no-build-isolation"]
    command += ["--no-binary", BINDING, "--dest", str(folder), "-r", str(pinned)]
    subprocess.run(command, check=True)
    (archive,) = folder.glob("*.tar.gz")
    return archive


def _unpack(archive: Path, target: Path) -> None:
    """llama.cpp's folder of ``archive``, without the archive's own top folder."""
    with tarfile.open(archive) as members:
        wanted = []
        for member in members:
            inside = PurePosixPath(member.name).parts[1:]
            if inside[: len(INSIDE)] == INSIDE:
                member.name = str(PurePosixPath(*inside))
                wanted.append(member)
        members.extractall(target, wanted, filter="data")


if __name__ == "__main__":
    llama_source(CACHE)
