"""A model of a common size whose answer is known, quantized as people use it; kept for the next run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from support.counting_gguf import make_counting_gguf
from support.tiny_gguf import quantize

CACHE: Final = Path(__file__).resolve().parents[2] / ".cache" / "bench"
ANSWER_WORDS: Final = 160


def large_model() -> Path:
    """The Q4_0 file; makes it when it is not there (a minute, and 0.4 GB on the disk meanwhile)."""
    kept = CACHE / "counting-160M-q4_0.gguf"
    if not kept.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            plain = Path(folder) / "plain.gguf"
            make_counting_gguf(plain, ANSWER_WORDS, embedding=1024, layers=14, feed_forward=2816)
            quantize(plain, Path(folder) / "quantized.gguf", "Q4_0").replace(kept)
    return kept
