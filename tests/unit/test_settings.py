"""Where things live, and what the user may set."""

from __future__ import annotations

import ast
import hashlib
import json
import os
from base64 import b64decode
from itertools import pairwise
from pathlib import Path

import pytest

from windowsill import settings
from windowsill.settings import Paths, Settings, SettingsError

EXTENSION = Path(__file__).parents[2] / "extension"


@pytest.fixture
def where(tmp_path: Path) -> Paths:
    folders = Paths(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "run")
    folders.config.mkdir()
    return folders


def test_the_extensions_id_follows_from_its_key() -> None:
    key = json.loads((EXTENSION / "manifest.json").read_bytes())["key"]
    digits = hashlib.sha256(b64decode(key, validate=True)).hexdigest()[:32]
    assert "".join(chr(ord("a") + int(digit, 16)) for digit in digits) == settings.EXTENSION_ID


def test_the_extension_and_the_host_agree_on_the_hosts_name() -> None:
    native_port = (EXTENSION / "src" / "broker" / "native_port.ts").read_text(encoding="utf-8")
    assert f"NATIVE_HOST_NAME = '{settings.NATIVE_HOST_NAME}'" in native_port


def test_every_value_has_an_explanation_of_its_own() -> None:
    body = ast.parse(Path(settings.__file__).read_text(encoding="utf-8")).body
    assert any(isinstance(statement, ast.AnnAssign) for statement in body)
    unexplained = [
        ast.unparse(statement.target)
        for statement, after in pairwise(body)
        if isinstance(statement, ast.AnnAssign) and not isinstance(after, ast.Expr)
    ]
    assert unexplained == []


def test_home_moves_everything_that_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path("/short").absolute()
    monkeypatch.setenv("WINDOWSILL_HOME", str(root))
    where = settings.paths()
    files = [getattr(where, name) for name, value in vars(Paths).items() if isinstance(value, property)]
    assert files
    for path in [where.config, where.data, where.cache, where.runtime, *files]:
        assert path.is_relative_to(root)


def test_a_relative_home_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WINDOWSILL_HOME", "here")
    assert settings.paths().config == tmp_path / "here" / "config"


def test_an_empty_home_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("WINDOWSILL_HOME", raising=False)
    usual = settings.paths()
    monkeypatch.setenv("WINDOWSILL_HOME", "")
    assert settings.paths() == usual


def test_the_sockets_path_fits_however_deep_home_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    monkeypatch.setenv("WINDOWSILL_HOME", str(deep))
    first = settings.paths()
    assert len(os.fsencode(first.engine_socket)) <= settings.SOCKET_PATH_BYTES
    assert first.config == deep / "config"
    assert settings.paths().runtime == first.runtime
    monkeypatch.setenv("WINDOWSILL_HOME", str(deep / "other"))
    assert settings.paths().runtime != first.runtime


def test_without_a_file_everything_has_its_default(where: Paths) -> None:
    assert settings.load(where) == Settings()


def test_the_file_sets_what_it_names(where: Paths) -> None:
    where.config_file.write_text(
        'model = "/models/one.gguf"\nthreads = 3\nsampling_seed = 7\nengine_idle_seconds = 30\n'
        'flash_attention = true\ncache_type = "q8_0"\ngpu_layers = 0\n',
        encoding="utf-8",
    )
    assert settings.load(where) == Settings(
        model=Path("/models/one.gguf"),
        threads=3,
        sampling_seed=7,
        engine_idle_seconds=30.0,
        cache_type="q8_0",
        gpu_layers=0,
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"threads = ", "is not TOML"),
        (b"model = 'caf\xe9.gguf'", "cannot be read"),
        (b"colour = 1", "unknown setting 'colour'"),
        (b"threads = '4'", r"threads has the wrong type \(str\)"),
        (b"threads = true", r"threads has the wrong type \(bool\)"),
        (b"threads = 1.5", r"threads has the wrong type \(float\)"),
        (b"model = 1", r"model has the wrong type \(int\)"),
        (b"engine_idle_seconds = '1'", r"engine_idle_seconds has the wrong type \(str\)"),
        (b"flash_attention = 1", r"flash_attention has the wrong type \(int\)"),
        (b"cache_type = 'q4_0'", r"cache_type is 'q4_0' \(known: f16, q8_0\)"),
        (b"cache_type = 'q8_0'\nflash_attention = false", "cache_type 'q8_0' needs flash_attention"),
        (b"gpu_layers = -1", "gpu_layers is -1, and 0 is the least"),
        (b"gpu_layers = true", r"gpu_layers has the wrong type \(bool\)"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(where: Paths, text: bytes, why: str) -> None:
    where.config_file.write_bytes(text)
    with pytest.raises(SettingsError, match=why) as error:
        settings.load(where)
    assert str(where.config_file) in str(error.value)


def test_a_folder_in_the_files_place_says_why(where: Paths) -> None:
    where.config_file.mkdir()
    with pytest.raises(SettingsError, match="cannot be read"):
        settings.load(where)
