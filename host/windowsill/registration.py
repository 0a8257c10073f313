"""How browsers know the Host: the native-messaging manifest, where it lies, and the record of what was installed."""

from __future__ import annotations

import string
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec import Struct

from windowsill import settings, shipped
from windowsill.settings import Paths

MANIFESTS_FOLDER: Final = "NativeMessagingHosts"
"""Where browsers look, inside a user-data folder."""

ORIGIN: Final = f"chrome-extension://{settings.EXTENSION_ID}/"
"""Who may start the Host; browsers refuse a manifest whose origin lacks the slash (browser-facts 2)."""


class RegistrationError(Exception):
    """A request that would not work, or a file that cannot be used; the text says why in plain words."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """A native-messaging manifest."""

    name: str
    description: str
    path: str
    type: Literal["stdio"]
    allowed_origins: tuple[str, ...]


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """What was written: absolute paths. ``folders``: those that did not exist before, outermost first."""

    manifests: tuple[str, ...] = ()
    launcher: str | None = None
    folders: tuple[str, ...] = ()


def manifest(launcher: Path) -> Manifest:
    """The manifest that starts ``launcher`` for our extension."""
    text = (shipped.manifests() / "native-messaging.json").read_bytes()
    template = msgspec.json.decode(text, type=Manifest)
    values = {"name": settings.NATIVE_HOST_NAME, "launcher": str(launcher), "origin": ORIGIN}
    return Manifest(
        name=string.Template(template.name).substitute(values),
        description=template.description,
        path=string.Template(template.path).substitute(values),
        type=template.type,
        allowed_origins=tuple(string.Template(origin).substitute(values) for origin in template.allowed_origins),
    )


def manifest_path(user_data: Path) -> Path:
    """Where a browser with this user-data folder looks for our manifest."""
    return user_data / MANIFESTS_FOLDER / f"{settings.NATIVE_HOST_NAME}.json"


def record(where: Paths) -> Record:
    """What earlier installs wrote. Raises RegistrationError when the record cannot be read."""
    try:
        return msgspec.json.decode(where.install_record.read_bytes(), type=Record)
    except FileNotFoundError:
        return Record()
    except (OSError, msgspec.DecodeError) as error:
        raise RegistrationError(f"{where.install_record} cannot be read: {error}") from error
