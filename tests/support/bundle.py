"""Bundles a client's script for a page, as web developers do before they publish one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
ESBUILD: Final = ROOT / "extension" / "node_modules" / ".bin" / "esbuild"
CLIENTS: Final = ROOT / "tests" / "clients"


def bundle(source: str, folder: Path, *, name: str | None = None) -> Path:
    """The script in ``folder`` that ``source`` of tests/clients becomes; the global ``name`` holds its exports."""
    target = folder / Path(source).with_suffix(".js").name
    command = [str(ESBUILD), source, "--bundle", "--format=iife", f"--outfile={target}", "--log-level=error"]
    subprocess.run([*command, *([f"--global-name={name}"] if name else [])], cwd=CLIENTS, check=True)
    return target
