"""The model that answers: the user's choice, or the built-in one; its header checked before anybody loads it.

Rules this file keeps: the file is untrusted, so only its checked header is believed; an error's ``message`` names
neither the file nor the model, its ``detail`` says in plain words what is wrong with which file.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Final

from msgspec import Struct, structs

from windowsill import settings as configuration
from windowsill import shipped, whole_file
from windowsill.engine_protocol import ModelRef
from windowsill.errors import NotSupportedError, OperationError
from windowsill.gguf_cursor import GgufError
from windowsill.gguf_header import GgufHeader, read_header
from windowsill.protocol import MessageType
from windowsill.settings import Paths, Settings
from windowsill.tasks.languages import canonical, plausible

NAME_CHARACTERS: Final = 80
"""Characters of a model's name that are shown: a longer one pushes the question out of the ask window."""

HEADERS: Final = 8
"""Headers remembered (count): the model in use, and those that a user tries one after another."""


TEXT: Final[frozenset[MessageType]] = frozenset({"text"})
"""What every model takes."""


class Chosen(Struct, frozen=True):
    """A model whose header is sound. ``name``: printable, one line, for the user's eyes; ``inputs``: what it takes;
    ``languages``: those that its publisher names (canonical tags)."""

    name: str
    ref: ModelRef
    inputs: frozenset[MessageType] = TEXT
    languages: frozenset[str] = frozenset()


def chosen(settings: Settings) -> Chosen:
    """The model that answers now. Raises NotSupportedError (none that could) or OperationError (a damaged one)."""
    return at(shipped.model() if settings.model is None else settings.model)


def inputs(settings: Settings) -> frozenset[MessageType]:
    """What the model that answers now takes. Of one that cannot be used nothing is known: as if it took text."""
    try:
        return chosen(settings).inputs
    except (NotSupportedError, OperationError):
        return TEXT


def at(path: Path) -> Chosen:
    """The model in the file at ``path``. Raises as ``chosen`` does."""
    if not path.is_absolute():
        raise OperationError("The model cannot be loaded.", detail=f"{path} is a relative path; name it from the root")
    try:
        about = path.stat()
        header = _header(path, about.st_size, about.st_mtime_ns)
    except (OSError, ValueError, GgufError) as error:
        raise _refusal(path, error) from error
    version = f"{about.st_size}-{about.st_mtime_ns}"
    return Chosen(
        name=_printable(header.name) or path.stem,
        ref=ModelRef(path=str(path), version=version),
        languages=_languages(header),
    )


def use(where: Paths, path: Path | None) -> Chosen:
    """Choose the model at ``path``, None the built-in one, and remember it; other settings stay as they are.

    Raises as ``chosen`` does, SettingsError when the settings cannot be read, OperationError when not written.
    """
    before = configuration.load(where)
    after = structs.replace(before, model=None if path is None else path.expanduser().absolute())
    answer = chosen(after)
    try:
        where.config.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(where.config_file, _toml(after).encode(), mode=0o600)
    except (OSError, UnicodeEncodeError) as error:
        detail = f"{where.config_file} cannot be written: {error}"
        raise OperationError("The settings cannot be written.", detail=detail) from error
    return answer


@functools.lru_cache(maxsize=HEADERS)
def _header(path: Path, size: int, modified_ns: int) -> GgufHeader:
    """Size and time are the cache's key: a file that changed is another file."""
    return read_header(path)


def _languages(header: GgufHeader) -> frozenset[str]:
    """What the file declares, as far as it names languages: the place of anything else that knows of a model's."""
    return frozenset(filter(plausible, map(canonical, header.languages)))


def _refusal(path: Path, error: OSError | ValueError | GgufError) -> NotSupportedError | OperationError:
    if isinstance(error, FileNotFoundError):
        return NotSupportedError("No model is available.", detail=f"{path}: there is no such file")
    detail = f"{path}: {error}"
    if isinstance(error, GgufError) and error.unsuitable:
        return NotSupportedError("The model is not supported.", detail=detail)
    return OperationError("The model cannot be loaded.", detail=detail)


def _printable(name: str | None) -> str:
    return "".join(character for character in name or "" if character.isprintable()).strip()[:NAME_CHARACTERS]


def _toml(settings: Settings) -> str:
    """What differs from the defaults. A JSON string is a TOML string, but for DEL, which TOML wants escaped."""
    default = Settings()
    lines: list[str] = []
    if settings.model is not None:
        text = json.dumps(os.fspath(settings.model), ensure_ascii=False).replace("\x7f", "\\u007f")
        lines.append(f"model = {text}")
    if settings.threads != default.threads:
        lines.append(f"threads = {settings.threads}")
    if settings.sampling_seed is not None:
        lines.append(f"sampling_seed = {settings.sampling_seed}")
    if settings.engine_idle_seconds != default.engine_idle_seconds:
        lines.append(f"engine_idle_seconds = {settings.engine_idle_seconds!r}")
    if settings.flash_attention != default.flash_attention:
        lines.append(f"flash_attention = {json.dumps(settings.flash_attention)}")
    if settings.cache_type != default.cache_type:
        lines.append(f'cache_type = "{settings.cache_type}"')
    if settings.gpu_layers is not None:
        lines.append(f"gpu_layers = {settings.gpu_layers}")
    return "".join(f"{line}\n" for line in lines)
