"""The command line, as its user meets it: what is printed, where, and the exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import anyio
import msgspec
import pytest

import windowsill
from support.engine_process import ask, model_ref, running_engine
from support.tiny_gguf import Shape, make_tiny_gguf
from windowsill import cli, registration, settings, terminal
from windowsill.engine_protocol import Failed, Pause, Text
from windowsill.models import chosen
from windowsill.models.measured_pairs import MeasuredPairs
from windowsill.quality import run as quality_run
from windowsill.quality.report import Pair, Report


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Run(Protocol):
    def __call__(self, *arguments: str) -> Ran: ...


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own, without browsers. Its path is short: sockets live there."""
    monkeypatch.delenv("CHROME_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "browsers"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with tempfile.TemporaryDirectory(prefix="ws") as folder:
        home = Path(folder) / "home"
        monkeypatch.setenv("WINDOWSILL_HOME", str(home))
        yield home


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["windowsill", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capfd.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf", Shape(context=256))


def one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n")


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version") == Ran(0, f"windowsill {windowsill.__version__}\n", "")


def test_help_lists_every_command(run: Run) -> None:
    ran = run("--help")
    assert ran.code == 0
    commands = "install uninstall doctor grants models prompt demo bench quality devices status stop"
    for command in commands.split():
        assert command in ran.out


def test_help_imports_neither_the_engines_library_nor_the_terminals() -> None:
    code = (
        "import sys, windowsill.cli; print({'llama_cpp', 'numpy', 'rich', 'anyio', 'cryptography'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert ran.stdout == "set()\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("bake",),
        ("install", "--colour"),
        ("install", "--browser", "netscape"),
        ("grants", "allow", "example.com"),
        ("grants", "allow", "https://example.com/page"),
        ("models", "use"),
        ("prompt",),
        ("quality", "--task", "cooking"),
        ("quality", "--language", "tlh"),
        ("quality", "--json", "/nowhere/at/all.json"),
    ],
)
def test_a_wrong_command_line_ends_with_2_and_says_why(run: Run, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Error: " in ran.err
    assert "Traceback" not in ran.err


def test_an_unknown_browser_is_answered_with_the_known_ones(run: Run) -> None:
    assert "chromium, chrome, edge, brave, vivaldi, opera" in run("install", "--browser", "netscape").err


# ---- install


def test_install_registers_a_named_browser_and_uninstall_forgets_it(run: Run, home: Path, tmp_path: Path) -> None:
    manifest = registration.manifest_path(tmp_path / "browsers" / "chromium")
    ran = run("install", "--browser", "chromium")
    assert ran.code == 0
    assert f"wrote {manifest}\n" in ran.out
    assert f"wrote {settings.paths().launcher}\n" in ran.out
    assert manifest.is_file()
    assert str(home) in settings.paths().launcher.read_text()
    ran = run("uninstall")
    assert ran.code == 0
    assert f"removed {manifest}\n" in ran.out
    assert [*tmp_path.iterdir(), *home.parent.iterdir()] == []


def test_install_finds_the_browsers_that_are_here(run: Run, tmp_path: Path) -> None:
    (tmp_path / "browsers" / "microsoft-edge").mkdir(parents=True)
    assert run("install").code == 0
    assert registration.manifest_path(tmp_path / "browsers" / "microsoft-edge").is_file()
    assert not (tmp_path / "browsers" / "chromium").exists()


def test_install_without_any_browser_says_what_to_name(run: Run) -> None:
    ran = run("install")
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert "--browser" in ran.err


def test_install_for_a_user_data_folder_writes_there_even_when_it_is_relative(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("install", "--browser", "chromium", "--user-data-dir", "profile").code == 0
    assert registration.manifest_path(tmp_path / "profile").is_file()
    assert not (tmp_path / "browsers").exists()


def test_a_dry_run_prints_every_write_and_writes_nothing(run: Run, home: Path, tmp_path: Path) -> None:
    dry = run("install", "--browser", "brave", "--dry-run")
    assert dry.code == 0
    assert [*tmp_path.iterdir(), *home.parent.iterdir()] == []
    assert run("install", "--browser", "brave").out == dry.out.replace("would write", "wrote")
    written = {line.removeprefix("would write ").removeprefix("folder ") for line in dry.out.splitlines()}
    assert written == {str(path) for folder in (tmp_path, home.parent) for path in folder.rglob("*")}


def test_a_dry_uninstall_removes_nothing(run: Run) -> None:
    run("install", "--browser", "opera")
    ran = run("uninstall", "--dry-run")
    assert f"would remove {settings.paths().launcher}\n" in ran.out
    assert settings.paths().launcher.is_file()


def test_uninstall_without_an_install_says_so(run: Run) -> None:
    assert run("uninstall") == Ran(0, "nothing was installed\n", "")


# ---- grants


def test_grants_are_allowed_listed_and_revoked(run: Run) -> None:
    assert run("grants", "list").out == "no origin was answered yet\n"
    assert run("grants", "allow", "https://Example.com/").out == "https://example.com may use the model\n"
    listed = run("grants", "list").out
    assert "https://example.com" in listed
    assert "allow" in listed
    assert run("grants", "revoke", "https://example.com").code == 0
    assert run("grants", "list").out == "no origin was answered yet\n"


def test_a_grant_of_one_profile_is_not_revoked_with_another(run: Run) -> None:
    run("grants", "allow", "https://example.com", "--profile", "work")
    assert run("grants", "revoke", "https://example.com", "--profile", "play").code == 1
    assert "work" in run("grants", "list").out
    assert run("grants", "revoke", "https://example.com").code == 0


def test_revoking_what_was_never_granted_fails_in_one_line(run: Run) -> None:
    ran = run("grants", "revoke", "https://example.com")
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)


# ---- models


def test_a_model_is_used_and_listed_and_the_built_in_one_comes_back(run: Run, model: Path) -> None:
    assert run("models", "use", str(model)).out == "Tiny test model answers from now on\n"
    assert f"* Tiny test model  {model}\n" in run("models", "list").out
    assert settings.load(settings.paths()).model == model
    assert run("models", "use", "builtin").code == 0
    assert settings.load(settings.paths()).model is None
    assert run("models", "list").out.startswith("* ")


def test_a_bad_model_is_refused_in_one_plain_line(run: Run, tmp_path: Path) -> None:
    song = tmp_path / "song.gguf"
    song.write_bytes(b"ID3")
    ran = run("models", "use", str(song))
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert "song.gguf" in ran.err
    assert "GGUF" in ran.err


def test_settings_that_cannot_be_read_are_one_plain_line(run: Run) -> None:
    file = settings.paths().config_file
    file.parent.mkdir(parents=True)
    file.write_text("threads = 'many'")
    for command in (("models", "list"), ("prompt", "Hello")):
        ran = run(*command)
        assert ran.code == 1
        assert one_line(ran.err)
        assert "threads" in ran.err


# ---- prompt


def test_a_prompt_for_a_missing_model_is_one_plain_line(run: Run, tmp_path: Path) -> None:
    ran = run("prompt", "Hello", "--model", str(tmp_path / "absent.gguf"))
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert "no such file" in ran.err


def test_a_prompt_is_answered_by_the_shared_engine(run: Run, model: Path) -> None:
    runtime = settings.paths().runtime
    runtime.mkdir(parents=True, mode=0o700)
    with running_engine(runtime) as engine:
        ran = run("prompt", "Hello", "--model", str(model))
        long = run("prompt", "Hello " * 300, "--model", str(model))
        engine.terminate()
        engine.wait()
    assert ran.out.strip()
    assert ran.out.endswith("\n")
    assert (long.code, long.out) == (1, "")
    assert one_line(long.err)
    assert "too long" in long.err


# ---- quality


def test_the_quality_of_a_missing_model_is_one_plain_line(run: Run, tmp_path: Path) -> None:
    ran = run("quality", str(tmp_path / "absent.gguf"))
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert "no such file" in ran.err


def test_quality_is_printed_and_written_by_task_and_language(run: Run, model: Path, tmp_path: Path) -> None:
    runtime, written = settings.paths().runtime, tmp_path / "findings.json"
    runtime.mkdir(parents=True, mode=0o700)
    with running_engine(runtime) as engine:
        ran = run("quality", str(model), "--task", "language-detector", "--language", "ja", "--json", str(written))
        engine.terminate()
        engine.wait()
    assert ran.code == 0
    report = msgspec.json.decode(written.read_bytes(), type=Report)
    assert {figure.task for figure in report.figures} == {"language-detector"}
    for figure in report.figures:
        assert (figure.passed, figure.asked) == (1, 1)
        assert figure.check in ran.out
    assert "1 of 1" in ran.out


def test_pairs_that_are_not_translated_are_told_and_remembered(
    run: Run, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = (Pair("en", "de", translated=True), Pair("en", "ja", translated=False))

    async def measured(*_: object) -> Report:
        return Report("A model", 1.0, (), (), (), pairs)

    monkeypatch.setattr(quality_run, "measure", measured)
    ran = run("quality", str(model))
    assert ran.code == 0
    assert "does not translate from en to ja" in ran.out
    assert "en to de" not in ran.out
    remembered = MeasuredPairs(settings.paths().measured_pairs)
    assert remembered.failed(chosen.at(model).ref) == {("en", "ja")}


def test_an_interrupted_measurement_ends_in_one_line(run: Run, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        await anyio.sleep_forever()

    monkeypatch.setattr(quality_run, "measure", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # A shell has what it starts behind ignore it.
    try:
        ran = run("quality", str(model))
    finally:
        signal.signal(signal.SIGINT, before)
    assert (ran.code, ran.out) == (130, "")
    assert one_line(ran.err.strip() + "\n")
    assert "Traceback" not in ran.err


# ---- the Engine


def test_devices_are_listed_and_checked(run: Run) -> None:
    ran = run("devices", "--check")
    assert ran.code == 0
    assert "CPU: decodes" in ran.out
    assert "the next Engine: " in ran.out
    listed = json.loads(run("devices", "--json").out)
    assert "CPU" in [one["device"]["name"] for one in listed["devices"] if one["used"]]
    assert listed["options"]["extra_buffers"] is True


def test_without_an_engine_its_commands_say_what_starts_one(run: Run) -> None:
    ran = run("status")
    assert (ran.code, ran.err) == (0, "")
    assert "does not run" in ran.out
    assert "next request" in ran.out
    assert run("status", "--json").out == "null\n"
    ran = run("stop", "https://a.example")
    assert (ran.code, ran.out) == (1, "")
    assert one_line(ran.err)
    assert "does not run" in ran.err


def test_work_is_shown_and_stopped(run: Run, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "LOOK_SECONDS", 0.01)
    runtime = settings.paths().runtime
    runtime.mkdir(parents=True, mode=0o700)
    with running_engine(runtime) as engine:
        client = engine.connect()
        client.answer(ask(1, model_ref(model), "the word", max_tokens=2))
        client.send(ask(2, model_ref(model), "the word", max_tokens=200), Pause(id=2))
        shown = run("status").out
        told = json.loads(run("status", "--json").out)
        assert run("stop", "https://b.example").code == 1
        assert run("stop", "https://a.example").out == "stopped 1 answer for https://a.example\n"
        while isinstance(said := client.receive(), Text):
            pass
        assert isinstance(said, Failed)
        assert said.error.name == "AbortError"
    assert "https://a.example" in shown
    assert "Tiny test model" in shown
    assert str(engine.process.pid) in shown
    assert list(told["origins"]) == ["https://a.example"]
    assert told["stats"]["pid"] == engine.process.pid


# ---- doctor


def test_the_doctor_ends_with_1_when_something_is_wrong_and_says_what_to_do(run: Run, tmp_path: Path) -> None:
    file = settings.paths().config_file
    file.parent.mkdir(parents=True)
    file.write_text(f'model = "{tmp_path / "absent.gguf"}"\n')
    ran = run("doctor")
    assert ran.code == 1
    assert "absent.gguf: there is no such file" in ran.out
    assert "windowsill models use" in ran.out
    checks = json.loads(run("doctor", "--json").out)
    states = {check["name"]: check["state"] for check in checks}
    assert states["model file"] == "fail"
    assert set(states.values()) <= {"pass", "note", "fail"}
