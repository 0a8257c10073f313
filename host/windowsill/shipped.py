"""Files that ship beside the code: inside the package in a wheel, at the repository's root in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).resolve().parent
CHECKOUT: Final = PACKAGE.parents[1]


def manifests() -> Path:
    """The folder with the native-messaging template and the browser table."""
    inside = PACKAGE / "manifests"
    return inside if inside.is_dir() else CHECKOUT / "manifests"


def model() -> Path:
    """The built-in model."""
    return PACKAGE / "models" / "builtin" / "windowsill-tiny.gguf"


def extension() -> Path | None:
    """The folder of the built extension, built yet or not; None when this is not a checkout."""
    source = CHECKOUT / "extension"
    return source / "dist" if (source / "manifest.json").is_file() else None
