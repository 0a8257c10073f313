"""A model of a common size with random weights, quantized as people use it; kept for the next run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from support.tiny_gguf import Shape, make_tiny_gguf, quantize

CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "bench"
SHAPE: Final = Shape(embedding=1024, layers=16, heads=16, kv_heads=8, feed_forward=2816, extra_tokens=8000)
"""About 200 million weights."""


def large_model() -> Path:
    """The Q4_0 file; makes it when it is not there (a minute, and 1 GB on the disk meanwhile)."""
    kept = CACHE / "random-200M-q4_0.gguf"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            plain = make_tiny_gguf(Path(folder) / "plain.gguf", SHAPE, name="Random 200M", ends=False)
            quantize(plain, Path(folder) / "quantized.gguf", "Q4_0").replace(kept)
    return kept
