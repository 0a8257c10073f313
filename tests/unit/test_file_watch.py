from __future__ import annotations

import stat
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio
import pytest

from support.manual_clock import MANUAL_CLOCK
from windowsill.file_watch import BURST_SECONDS, Bursts, FileWatch

pytestmark = pytest.mark.anyio

SECONDS = 20.0


class Seen:
    """Which files were reported; ``wait`` returns once one of them was."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self._more = anyio.Event()

    def __call__(self, path: Path) -> None:
        self.paths.append(path)
        self._more.set()
        self._more = anyio.Event()

    async def wait(self, path: Path) -> None:
        with anyio.fail_after(SECONDS):
            while path not in self.paths:
                await self._more.wait()


@pytest.fixture
async def seen() -> Seen:
    return Seen()


@pytest.fixture
async def watch(tmp_path: Path, seen: Seen) -> AsyncIterator[FileWatch]:
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
async def test_a_file_is_reported_when_it_was(change: str, watch: FileWatch, tmp_path: Path, seen: Seen) -> None:
    await seen.wait(CHANGES[change](tmp_path))


async def test_reading_a_file_is_no_change(watch: FileWatch, tmp_path: Path, seen: Seen) -> None:
    (tmp_path / "old").read_text()
    await seen.wait(write(tmp_path / "new"))
    assert tmp_path / "old" not in seen.paths


async def test_folders_below_are_not_looked_into(tmp_path: Path, seen: Seen) -> None:
    (tmp_path / "below").mkdir()
    watch = FileWatch([tmp_path], seen)
    watch.start()
    try:
        write(tmp_path / "below" / "file")
        await seen.wait(write(tmp_path / "file"))
    finally:
        watch.close()
    assert set(seen.paths) == {tmp_path / "file"}


async def test_several_folders_are_watched_and_missing_ones_are_made_for_this_user_alone(
    tmp_path: Path, seen: Seen
) -> None:
    folders = [tmp_path / "config" / "windowsill", tmp_path / "data", tmp_path / "data"]
    watch = FileWatch(folders, seen)
    watch.start()
    try:
        for folder in folders:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            await seen.wait(write(folder / "file"))
    finally:
        watch.close()


@pytest.mark.parametrize("anyio_backend", [MANUAL_CLOCK])
async def test_what_is_due_when_it_closes_is_never_told(
    watch: FileWatch, tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def noted(bursts: Bursts, path: Path) -> None:
        report(bursts, path)
        reported.set()

    report, reported = Bursts.report, anyio.Event()
    monkeypatch.setattr(Bursts, "report", noted)
    write(tmp_path / "new")
    await reported.wait()
    watch.close()
    await anyio.sleep(2 * BURST_SECONDS)
    assert not seen.paths


async def test_nothing_watches_any_more_once_closing_returns(tmp_path: Path, seen: Seen) -> None:
    before = set(threading.enumerate())
    watch = FileWatch([tmp_path], seen)
    watch.start()
    assert set(threading.enumerate()) > before
    watch.close()
    assert set(threading.enumerate()) == before


async def test_closing_needs_no_start_and_may_be_repeated(tmp_path: Path, seen: Seen) -> None:
    watch = FileWatch([tmp_path], seen)
    watch.close()
    watch.close()


async def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, seen: Seen) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        FileWatch([tmp_path / "file" / "folder"], seen).start()


# ---- bursts


MANUALLY = pytest.mark.parametrize("anyio_backend", [MANUAL_CLOCK])
FILE, OTHER = Path("/file"), Path("/other")


@MANUALLY
async def test_a_burst_is_told_of_once_for_each_file_and_after_its_first_event(seen: Seen) -> None:
    bursts = Bursts(seen)
    for path in (FILE, FILE, OTHER, FILE):
        bursts.report(path)
    assert not seen.paths
    await anyio.sleep(2 * BURST_SECONDS)
    assert seen.paths == [FILE, OTHER]


@MANUALLY
async def test_events_that_never_rest_are_told_of_all_the_same(seen: Seen) -> None:
    bursts = Bursts(seen)
    for _ in range(10):
        bursts.report(FILE)
        await anyio.sleep(BURST_SECONDS / 4)
    assert len(seen.paths) >= 2


@MANUALLY
async def test_an_event_after_a_burst_was_told_of_is_told_of_again(seen: Seen) -> None:
    bursts = Bursts(seen)
    for _ in range(2):
        bursts.report(FILE)
        await anyio.sleep(2 * BURST_SECONDS)
    assert seen.paths == [FILE, FILE]


@MANUALLY
async def test_what_is_due_when_bursts_are_closed_is_never_told(seen: Seen) -> None:
    bursts = Bursts(seen)
    bursts.report(FILE)
    bursts.close()
    bursts.report(OTHER)
    await anyio.sleep(2 * BURST_SECONDS)
    assert not seen.paths
