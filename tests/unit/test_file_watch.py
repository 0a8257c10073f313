from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from windowsill.file_watch import FileWatch

SECONDS = 20.0


class Seen:
    """Which files were reported; ``wait`` returns once one of them was."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self._more = threading.Condition()

    def __call__(self, path: Path) -> None:
        with self._more:
            self.paths.append(path)
            self._more.notify_all()

    def wait(self, path: Path) -> None:
        with self._more:
            assert self._more.wait_for(lambda: path in self.paths, SECONDS), self.paths


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def watch(tmp_path: Path, seen: Seen) -> Iterator[FileWatch]:
    (tmp_path / "old").write_text("old")
    watch = FileWatch([tmp_path], seen)
    watch.start()
    yield watch
    watch.close()


def write(path: Path) -> Path:
    path.write_text("changed")
    return path


def rename_away(folder: Path) -> Path:
    (folder / "old").rename(folder / "else")
    return folder / "old"


def remove(folder: Path) -> Path:
    (folder / "old").unlink()
    return folder / "old"


CHANGES: dict[str, Callable[[Path], Path]] = {
    "made": lambda folder: write(folder / "new"),
    "written": lambda folder: write(folder / "old"),
    "renamed away": rename_away,
    "renamed into place": lambda folder: (folder / "old").replace(folder / "config.toml"),
    "removed": remove,
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_is_reported_when_it_was(change: str, watch: FileWatch, tmp_path: Path, seen: Seen) -> None:
    seen.wait(CHANGES[change](tmp_path))


def test_reading_a_file_is_no_change(watch: FileWatch, tmp_path: Path, seen: Seen) -> None:
    (tmp_path / "old").read_text()
    seen.wait(write(tmp_path / "new"))
    assert tmp_path / "old" not in seen.paths


def test_folders_below_are_not_looked_into(tmp_path: Path, seen: Seen) -> None:
    (tmp_path / "below").mkdir()
    watch = FileWatch([tmp_path], seen)
    watch.start()
    try:
        write(tmp_path / "below" / "file")
        seen.wait(write(tmp_path / "file"))
    finally:
        watch.close()
    assert set(seen.paths) == {tmp_path / "file"}


def test_several_folders_are_watched_and_missing_ones_are_made_for_this_user_alone(tmp_path: Path, seen: Seen) -> None:
    folders = [tmp_path / "config" / "windowsill", tmp_path / "data", tmp_path / "data"]
    watch = FileWatch(folders, seen)
    watch.start()
    try:
        for folder in folders:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            seen.wait(write(folder / "file"))
    finally:
        watch.close()


def test_nothing_is_reported_after_close(watch: FileWatch, tmp_path: Path, seen: Seen) -> None:
    seen.wait(write(tmp_path / "new"))
    watch.close()
    seen.paths.clear()
    write(tmp_path / "late")
    assert not seen.paths


def test_closing_needs_no_start_and_may_be_repeated(tmp_path: Path, seen: Seen) -> None:
    watch = FileWatch([tmp_path], seen)
    watch.close()
    watch.close()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, seen: Seen) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        FileWatch([tmp_path / "file" / "folder"], seen).start()
