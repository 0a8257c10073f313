"""Paths, limits and timeouts. The only reader of the environment and of the configuration file.

Rules this file keeps: every value is frozen; every bound says its unit and its reason (one that a single module knows
stands there); nothing here does more I/O than reading ``config.toml``.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Final, Literal, get_args

from msgspec import Struct

NATIVE_HOST_NAME: Final = "app.windowsill.host"
"""Name under which browsers find the native-messaging manifest (letters, digits, dots, underscores)."""

EXTENSION_ID: Final = "bhphcjnaobhcpjcmnomcmjomecjenofe"
"""Fixed by the public key in ``extension/manifest.json`` (a test recomputes it)."""

# ---- frames

MAX_FRAME_FROM_BROWSER: Final = 32 * 2**20
"""Bytes. Browsers send up to 64 MiB; the largest request that the Page lets through has 16 MiB of media in base64 and
text of 2 Mi characters, six bytes each at worst."""

MAX_FRAME_TO_BROWSER: Final = 900_000
"""Bytes. Chromium closes the port above 1,048,576 (browser-facts 2)."""

MAX_ENGINE_FRAME: Final = 64 * 2**20
"""Bytes, both ways between Host and Engine: a frame from the browser plus the rest of the transcript."""

# ---- streams

CHUNK_JOIN_SECONDS: Final = 0.1
"""Text for one stream is joined this long; the first chunk goes at once. A chunk takes 4.2 ms of CPU from the Host to
the page, of cores that the model needs; ten a second still read as one flow."""

STREAM_CREDITS: Final = 32
"""Chunks that may be on their way to a reader that has not taken them (count): most of a second's text, so that a
reader at work never stops the writer, and four of the groups in which the page acknowledges."""

UNREAD_CHARACTERS: Final = 32_768
"""Characters that may wait in the Host for a slow reader before the sequence is paused: nearly any answer whole, so
that pausing, which gives up room in the batch, is for readers that hang."""

# ---- sessions and requests

SESSIONS_PER_ORIGIN: Final = 4096
"""Open sessions of all documents of one origin (count). Pages clone per request and never destroy; what they dropped is
given up when the browser collects garbage. That may not be before some thousand, if nothing else is done with them:
more than a page gets answers in an hour, and 8 MiB of this Host."""

SESSION_BYTES_PER_ORIGIN: Final = 128 * 2**20
"""Bytes that one origin's open sessions hold, at which nothing is added to them: a thousand conversations of some
30,000 tokens. Calls that were admitted before may go past it, by as much as the origin may have in flight."""

TOOL_ROUNDS: Final = 16
"""Rounds of tools in one prompt (count): tasks that need more are rare, and a model that goes round in circles stops
here and answers in words."""

REQUESTS_PER_CLIENT: Final = 8192
"""Requests in flight of one document (count): a page that asks for every row of a long table at once stays below, and
has most of them wait for their turn."""

REQUEST_BYTES: Final = 9 * 2**10
"""Bytes that one request takes beside what it says: 8,700 were measured of a run that waits."""

REQUEST_BYTES_PER_ORIGIN: Final = 128 * 2**20
"""Bytes of one origin's requests in flight, each with its REQUEST_BYTES and as it came: four of the largest, a thousand
long documents, or 14,000 short texts. This Host and the Engine hold them until they are answered."""

SUSPENDED_SECONDS: Final = 300.0
"""Seconds that a document in the back/forward cache keeps its sessions: people come back within minutes, and what
never comes back must not hold memory."""

RESERVED_ANSWER_TOKENS: Final = 128
"""Tokens of room kept for an answer when a prompt is admitted, at most a quarter of the window: a paragraph, so that
few answers have to evict while they are under way."""

MAX_ENGINE_RESTARTS: Final = 3
"""Times that one request may be sent again after its Engine died (count): other requests may have killed it once or
twice; a request that loses four Engines is taken for their killer."""

STATUS_GRANTS: Final = 200
"""Answers, and busy origins, that one status tells (count): with origins of 2,048 bytes it still fits a frame to the
browser. ``windowsill grants list`` tells all."""

# ---- Engine

ENGINE_IDLE_SECONDS: Final = 600.0
"""Seconds without work after which the Engine leaves, connected Hosts or not: a model takes much memory, and the
next request pays for loading it again."""

STUCK_STATUS: Final = 70
"""Exit status of an Engine that a stuck decode thread made useless."""

STARVED_STATUS: Final = 71
"""Exit status of an Engine that lacked memory to hear its Hosts or to answer them."""

ENGINE_START_SECONDS: Final = 30.0
"""Seconds from starting the Engine's process to its "ready": a cold, slow disk takes several to read its libraries.
Models load later."""

ENGINE_SILENCE_SECONDS: Final = 15.0
"""Seconds between two looks at whether an Engine with work for us says anything. One that loads or reads a long prompt
has nothing to say, and answers within seconds when it is asked."""

ENGINE_SILENT_LOOKS: Final = 7
"""Looks without a word after which an Engine that was asked for one is ended (count): 90 seconds at the least, so that
it ends itself before, after a minute, when it can; its log says then where it hung."""

CacheType = Literal["f16", "q8_0"]
"""How the cache keeps its numbers: two bytes each, or half of that with a little less precision."""

# ---- GGUF headers

GGUF_MAX_KEYS: Final = 4096
"""Entries of a header (count): published models have some dozens, and each costs a name in memory."""

GGUF_MAX_TENSORS: Final = 65_536
"""Tensors of a model (count): the largest have a few thousand, and each costs time to check."""

GGUF_MAX_STRING: Final = 4 * 2**20
"""Bytes of one text: the longest, a chat template, has some ten thousand, and those that are kept are in memory."""

GGUF_MAX_ARRAY: Final = 4 * 2**20
"""Items of one list (count): a vocabulary has some 250,000 and merges twice as many; each costs time to step over."""

GGUF_MAX_LANGUAGES: Final = 512
"""Languages that a model may declare (count): published ones name up to 200; a list that is longer says nothing."""

GGUF_MAX_HEADER: Final = 64 * 2**20
"""Bytes before the tensors' data, all of which may have to be read: the largest vocabularies take under a quarter."""

GGUF_MAX_KEY: Final = 65_535
"""Bytes of one entry's or tensor's name, as the format says."""

# ---- files

MAX_LOG_BYTES: Final = 2**20
"""Bytes past which a log begins anew, with the one before it kept: days of use, and never a disk that fills up."""

SOCKET_PATH_BYTES: Final = 100
"""Bytes of the longest Unix socket path that every platform takes (108 on Linux, 104 on macOS)."""


class Paths(Struct, frozen=True):
    """Every place this product writes. ``WINDOWSILL_HOME`` moves all of them under one folder."""

    config: Path
    data: Path
    cache: Path
    runtime: Path

    @property
    def config_file(self) -> Path:
        return self.config / "config.toml"

    @property
    def grants_file(self) -> Path:
        return self.data / "grants.sqlite3"

    @property
    def grants_key_file(self) -> Path:
        return self.data / "grants.key"

    @property
    def crash_record(self) -> Path:
        return self.data / "crashes.json"

    @property
    def trials_record(self) -> Path:
        return self.cache / "trials.json"

    @property
    def measured_pairs(self) -> Path:
        return self.data / "measured_pairs.json"

    @property
    def models(self) -> Path:
        return self.data / "models"

    @property
    def install_record(self) -> Path:
        return self.data / "installed.json"

    @property
    def launcher(self) -> Path:
        return self.data / "bin" / "windowsill-host"

    @property
    def engine_socket(self) -> Path:
        return self.runtime / "engine.sock"

    @property
    def engine_lock(self) -> Path:
        return self.runtime / "engine.lock"

    @property
    def engine_log(self) -> Path:
        return self.cache / "engine.log"

    @property
    def host_log(self) -> Path:
        return self.cache / "host.log"


class Settings(Struct, frozen=True):
    """What the user set. ``model`` None: the built-in one. ``threads`` 0: one per core. ``gpu_layers``: layers on GPUs
    at most, None as many as fit (count)."""

    model: Path | None = None
    threads: int = 0
    sampling_seed: int | None = None
    engine_idle_seconds: float = ENGINE_IDLE_SECONDS
    flash_attention: bool = True
    cache_type: CacheType = "f16"
    gpu_layers: int | None = None


class SettingsError(Exception):
    """``config.toml`` cannot be used; the text says where and why, in plain words."""


def home() -> Path | None:
    """The folder that ``WINDOWSILL_HOME`` names, absolute; None when it is not set."""
    named = os.environ.get("WINDOWSILL_HOME")
    return Path(named).expanduser().absolute() if named else None


def browsers_home() -> Path:
    """The folder that holds the browsers' default user-data folders (Linux: two variables move it, browser-facts 2)."""
    moved = os.environ.get("CHROME_CONFIG_HOME") if sys.platform == "linux" else None
    import platformdirs  # like the imports below: not for every start of the Host

    return Path(moved) if moved else platformdirs.user_config_path()


def paths() -> Paths:
    """Where things live now: under ``WINDOWSILL_HOME`` if it is set, else by the platform's conventions."""
    root = home()
    if root is not None:
        return Paths(root / "config", root / "data", root / "cache", _short(root / "run"))
    import platformdirs

    dirs = platformdirs.PlatformDirs("windowsill", appauthor=False)
    return Paths(
        dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, _runtime() or _short(dirs.user_runtime_path)
    )


def _runtime() -> Path | None:
    """On Linux, the same folder whether or not the session told where it is: a Host and a command line must agree."""
    if sys.platform != "linux":
        return None
    session = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    return _short(session / "windowsill") if session.is_dir() else _temporary(session)


def _short(runtime: Path) -> Path:
    """``runtime``, or a folder of the same identity under the temporary folder when its sockets would not fit."""
    if len(os.fsencode(runtime / "engine.sock")) <= SOCKET_PATH_BYTES:
        return runtime
    return _temporary(runtime)


def _temporary(runtime: Path) -> Path:
    import tempfile

    digest = hashlib.sha256(os.fsencode(runtime)).hexdigest()[:16]
    user = os.getuid() if sys.platform != "win32" else 0
    return Path(tempfile.gettempdir()) / f"windowsill-{user}-{digest}"


def load(where: Paths) -> Settings:
    """Read ``config.toml``; a missing file is the default. Raises SettingsError on a file that cannot be used."""
    try:
        text = where.config_file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{where.config_file} cannot be read: {error}") from error
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{where.config_file} is not TOML: {error}") from error
    try:
        _check(table)
    except ValueError as error:
        raise SettingsError(f"{where.config_file}: {error}") from error
    model = table.get("model")
    return Settings(
        model=Path(model) if model else None,
        threads=table.get("threads", 0),
        sampling_seed=table.get("sampling_seed"),
        engine_idle_seconds=float(table.get("engine_idle_seconds", ENGINE_IDLE_SECONDS)),
        flash_attention=table.get("flash_attention", True),
        cache_type=table.get("cache_type", "f16"),
        gpu_layers=table.get("gpu_layers"),
    )


_KINDS: Final = {
    "model": (str,),
    "threads": (int,),
    "sampling_seed": (int,),
    "engine_idle_seconds": (int, float),
    "flash_attention": (bool,),
    "cache_type": (str,),
    "gpu_layers": (int,),
}
"""What each setting may be in the file."""


def _check(table: dict[str, object]) -> None:
    """Raises ValueError on what is no setting, or no value for one."""
    for key, value in table.items():
        if key not in _KINDS:
            raise ValueError(f"unknown setting {key!r} (known: {', '.join(_KINDS)})")
        if type(value) not in _KINDS[key]:
            raise ValueError(f"{key} has the wrong type ({type(value).__name__})")
    layers, cache_type = table.get("gpu_layers"), table.get("cache_type", "f16")
    if isinstance(layers, int) and layers < 0:
        raise ValueError(f"gpu_layers is {layers}, and 0 is the least")
    if cache_type not in get_args(CacheType):
        raise ValueError(f"cache_type is {cache_type!r} (known: {', '.join(get_args(CacheType))})")
    if cache_type != "f16" and table.get("flash_attention") is False:
        raise ValueError(f"cache_type {cache_type!r} needs flash_attention")
