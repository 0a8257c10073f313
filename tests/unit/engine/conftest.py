"""Real but tiny models, made once for all tests of the Engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.tiny_gguf import Shape, make_tiny_gguf, quantize


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``F32.gguf``, ``Q4_0.gguf`` and ``Q4_K_M.gguf``: the same model, which never ends by itself."""
    folder = tmp_path_factory.mktemp("models")
    source = make_tiny_gguf(folder / "F32.gguf", Shape(context=8192), ends=False)
    for ftype in ("Q4_0", "Q4_K_M"):
        quantize(source, folder / f"{ftype}.gguf", ftype)
    return folder
