"""What the doctor finds, and that it says in plain words what is wrong and what to do."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from support.engine_process import EngineProcess, running_engine
from support.fake_host import READ_HELLO, UNTIL_END, WELCOME, write_launcher
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill import doctor, install, registration, settings
from windowsill.checks import Check, State
from windowsill.crash_memory import CrashMemory
from windowsill.devices import Device, DeviceKind
from windowsill.grant_store import GrantStore
from windowsill.models import chosen
from windowsill.safe_options import Options
from windowsill.settings import Paths

NO_MODEL = "absent.gguf"
CPU = Device(name="CPU", description="", kind=DeviceKind.CPU, backend="CPU", memory_free=0, memory_total=0)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf", Shape(context=256))


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Paths]:
    """A home of its own, on a machine with no browser; its model is missing, so that no Engine is started for it.

    Its path is short: sockets live there.
    """
    monkeypatch.delenv("CHROME_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "browsers"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with tempfile.TemporaryDirectory(prefix="ws") as home:
        monkeypatch.setenv("WINDOWSILL_HOME", home)
        where = settings.paths()
        where.config.mkdir()
        where.config_file.write_text(f'model = "{tmp_path / NO_MODEL}"\n')
        yield where


@pytest.fixture
def chromium(where: Paths, tmp_path: Path) -> Path:
    """A registered Chromium's user-data folder, and a Host that answers."""
    folder = tmp_path / "browsers" / "chromium"
    folder.mkdir(parents=True)
    install.install(where, install.plan(where, [folder], python=Path(sys.executable), home=None))
    write_launcher(where.launcher, READ_HELLO, WELCOME, UNTIL_END)
    return folder


@pytest.fixture
def engine(where: Paths) -> Iterator[EngineProcess]:
    where.runtime.mkdir(parents=True, mode=0o700)
    with running_engine(where.runtime) as engine:
        yield engine


def examine(where: Paths) -> dict[str, Check]:
    checks = anyio.run(doctor.examine, where)
    assert all(check.remedy for check in checks if check.state is State.FAIL)
    return {check.name: check for check in checks}


def test_a_sound_installation_passes_every_check_but_those_of_this_checkout(
    where: Paths, chromium: Path, engine: EngineProcess, model: Path
) -> None:
    chosen.use(where, model)
    checks = examine(where)
    del checks["extension"]
    assert not doctor.any_failed(checks.values())
    assert checks["registered with Chromium"].state is State.PASS
    assert checks["Host starts and answers"].says == "version 9.8.7"
    assert str(engine.process.pid) in checks["Engine"].says
    assert "Tiny test model" in checks["model file"].says
    assert checks["model loads"].state is State.PASS
    assert checks["ways of computing"].says == "none has crashed"


def test_what_the_sandbox_lacks_is_told(where: Paths, engine: EngineProcess) -> None:
    says = examine(where)["Engine's sandbox"].says
    missing = [line.partition("not confined: ")[2] for line in left(engine) if "not confined: " in line]
    assert says == "; ".join(missing) if missing else "models it may read: /" in says


def left(engine: EngineProcess) -> list[str]:
    """What the Engine wrote, once it has left."""
    engine.terminate()
    engine.wait()
    return engine.stderr.decode().splitlines()


def test_a_sandbox_is_not_known_without_an_engine(where: Paths) -> None:
    check = examine(where)["Engine's sandbox"]
    assert (check.state, "not known" in check.says) == (State.NOTE, True)


def test_a_way_of_computing_that_crashed_is_noted_with_what_forgets_it(where: Paths) -> None:
    CrashMemory(where.crash_record).note(Options(), -signal.SIGSEGV, CPU)
    check = examine(where)["ways of computing"]
    assert check.state is State.NOTE
    assert "Segmentation fault on CPU" in check.says
    assert "no flash attention" in check.says
    assert str(where.crash_record) in (check.remedy or "")


def test_a_machine_without_browsers_is_told_how_to_name_one(where: Paths) -> None:
    check = examine(where)["browsers"]
    assert check.state is State.FAIL
    assert "chromium, chrome" in check.says
    assert "--user-data-dir" in (check.remedy or "")


def test_a_browser_that_was_not_registered_gets_its_exact_command(where: Paths, tmp_path: Path) -> None:
    (tmp_path / "browsers" / "BraveSoftware" / "Brave-Browser").mkdir(parents=True)
    check = examine(where)["registered with Brave"]
    assert (check.state, check.remedy) == (State.FAIL, "windowsill install --browser brave")


def test_a_second_browser_that_was_not_registered_is_only_noted(where: Paths, chromium: Path) -> None:
    (chromium.parent / "vivaldi").mkdir()
    check = examine(where)["registered with Vivaldi"]
    assert (check.state, check.remedy) == (State.NOTE, "windowsill install --browser vivaldi")


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ('"stdio"', '"pipe"', "refuse"),
        (f'"{settings.NATIVE_HOST_NAME}"', '"org.example.other"', "org.example.other"),
        (f"{settings.EXTENSION_ID}/", settings.EXTENSION_ID, "does not let"),
        ('"path": "/', '"path": "', "absolute"),
        ("windowsill-host", "windowsill-ghost", "not there"),
        ("{", "", "refuse"),
    ],
)
def test_a_manifest_that_browsers_would_not_follow_is_found(
    where: Paths, chromium: Path, written: str, instead: str, says: str
) -> None:
    manifest = registration.manifest_path(chromium)
    text = manifest.read_text()
    assert written in text
    manifest.write_text(text.replace(written, instead, 1))
    check = examine(where)["registered with Chromium"]
    assert check.state is State.FAIL
    assert says in check.says


def test_a_manifest_that_was_written_and_is_gone_is_found(where: Paths, chromium: Path) -> None:
    registration.manifest_path(chromium).unlink()
    check = examine(where)["registered with Chromium"]
    assert (check.state, check.remedy) == (State.FAIL, "windowsill install --browser chromium")


def test_a_profile_folder_that_was_registered_is_checked_by_its_path(where: Paths, tmp_path: Path) -> None:
    folder = tmp_path / "profile"
    install.install(where, install.plan(where, [folder], python=Path(sys.executable), home=None))
    check = examine(where)[f"registered with {folder}"]
    assert check.state is State.PASS


def test_a_broken_record_does_not_hide_the_other_checks(where: Paths, chromium: Path) -> None:
    where.install_record.write_text("{")
    checks = examine(where)
    assert checks["install record"].state is State.FAIL
    assert checks["Host starts and answers"].state is State.PASS


def test_a_missing_launcher_is_found(where: Paths, chromium: Path) -> None:
    where.launcher.unlink()
    check = examine(where)["Host starts and answers"]
    assert (check.state, check.remedy) == (State.FAIL, "windowsill install")


def test_a_host_that_dies_is_reported_with_its_last_words(where: Paths, chromium: Path) -> None:
    write_launcher(where.launcher, "import no_such_module\n")
    check = examine(where)["Host starts and answers"]
    assert check.state is State.FAIL
    assert "no_such_module" in check.says


def test_an_engine_that_does_not_run_is_no_fault(where: Paths) -> None:
    assert examine(where)["Engine"].state is State.NOTE


def bad_models(folder: Path, good: Path) -> Iterator[tuple[Path, str]]:
    """Files that no model can be loaded from, and a word that must be said of each."""
    whole = good.read_bytes()
    yield folder / NO_MODEL, "no such file"
    (folder / "half.gguf").write_bytes(whole[: len(whole) // 2])
    yield folder / "half.gguf", "cut off"
    (folder / "song.gguf").write_bytes(b"ID3 and then music")
    yield folder / "song.gguf", "GGUF"
    yield make_tiny_gguf(folder / "strange.gguf", Shape(context=64), architecture="perceptron9"), "perceptron9"


def test_every_kind_of_bad_model_is_said_in_plain_words_and_named(where: Paths, model: Path, tmp_path: Path) -> None:
    for path, word in bad_models(tmp_path, model):
        where.config_file.write_text(f'model = "{path}"\n')
        checks = examine(where)
        check = checks["model file"]
        assert check.state is State.FAIL
        assert word in check.says
        assert str(path) in check.says
        assert "windowsill models use" in (check.remedy or "")
        assert "model loads" not in checks


def test_a_model_whose_header_is_sound_but_which_does_not_load_is_found(
    where: Paths, engine: EngineProcess, model: Path, tmp_path: Path
) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(model.read_bytes().replace(b"blk.0.attn_q.weight", b"blk.0.attn_z.weight"))
    chosen.use(where, path)
    checks = examine(where)
    assert checks["model file"].state is State.PASS
    assert checks["model loads"].state is State.FAIL


def test_settings_that_cannot_be_used_are_found(where: Paths) -> None:
    where.config_file.write_text("threads = 'many'\n")
    check = examine(where)["settings"]
    assert check.state is State.FAIL
    assert "threads" in check.says


def test_a_grant_store_that_is_no_database_is_found(where: Paths) -> None:
    GrantStore(where).put("*", "https://example.com", "allow")
    assert "1 remembered" in examine(where)["grants"].says
    where.grants_file.write_bytes(b"no database" * 1000)
    check = examine(where)["grants"]
    assert check.state is State.FAIL
    assert "set aside" in check.says


def test_a_key_that_others_may_read_is_found(where: Paths) -> None:
    GrantStore(where).put("*", "https://example.com", "allow")
    assert str(where.grants_key_file) in examine(where)["key of the grants"].says
    where.grants_key_file.chmod(0o644)
    check = examine(where)["key of the grants"]
    assert (check.state, check.remedy) == (State.FAIL, f"chmod 600 {where.grants_key_file}")


def test_a_full_disk_is_found(where: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "FREE_BYTES", 2**80)
    assert examine(where)["disk space"].state is State.FAIL


def test_remedies_name_the_command_as_it_can_be_run(
    where: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "bin" / "windowsill"
    run.parent.mkdir(exist_ok=True)
    run.write_text("#!/bin/sh\n")
    run.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(run), "doctor"])
    assert examine(where)["Host starts and answers"].remedy == "windowsill install"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert examine(where)["Host starts and answers"].remedy == f"{run} install"
