from __future__ import annotations

import base64
import hashlib
import tarfile
from pathlib import Path

import pytest

from bench.wllama import MEMBERS, PeerError, unpack


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """As npm packs it, with a file more than a page loads."""
    path = tmp_path / "wllama.tgz"
    with tarfile.open(path, "w:gz") as made:
        for name in (*MEMBERS, "package/README.md"):
            file = tmp_path / "file"
            file.write_text(name)
            made.add(file, name)
    return path


def integrity(archive: Path) -> str:
    return base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()


def test_only_what_a_page_loads_is_taken_out(archive: Path, tmp_path: Path) -> None:
    unpack(archive, tmp_path / "unpacked", integrity=integrity(archive))
    found = {file.name: file.read_text() for file in (tmp_path / "unpacked").iterdir()}
    assert found == {"index.js": "package/esm/index.js", "wllama.wasm": "package/esm/wasm/wllama.wasm"}


def test_another_archive_than_the_pinned_one_is_refused_unread(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(PeerError, match=r"wllama\.tgz has the digest"):
        unpack(archive, tmp_path / "unpacked")
    assert not (tmp_path / "unpacked").exists()
