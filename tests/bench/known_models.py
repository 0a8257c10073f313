"""Models whose answers are known and long enough to time; made when they are not there, and kept for the next run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from bench.llama_source import CACHE, llama_source
from bench.shapes import shaped_model
from support.counting_gguf import make_counting_gguf
from support.tiny_gguf import quantize

BRIEF_WORDS: Final = 150
LARGE_WORDS: Final = 160


def small_model() -> Path:
    """Of the built-in model's size, whose own answers are too short to time: 1,500 words."""
    return _kept("counting-small-q8_0.gguf", "Q8_0", 1500, embedding=256, layers=4, feed_forward=512, context=4096)


def brief_model() -> Path:
    """Quick, with a short context, and much to keep of each of its tokens, so that memory is soon full: BRIEF_WORDS
    words."""
    name = "counting-brief-q8_0.gguf"
    return _kept(name, "Q8_0", BRIEF_WORDS, embedding=512, layers=2, kv_heads=8, feed_forward=256, context=1024)


def large_model(cache: Path = CACHE) -> Path:
    """160 million weights, as users' smallest models have: LARGE_WORDS words. Takes 0.4 GB on the disk while it is
    made."""
    name = "counting-160M-q4_0.gguf"
    return _kept(name, "Q4_0", LARGE_WORDS, cache, embedding=1024, layers=14, feed_forward=2816)


def realistic_model() -> Path:
    """Of a real model's sizes and with its tokenizer: 0.5 billion weights of noise, whose answers never end."""
    return shaped_model(CACHE, llama_source(CACHE), "qwen2.5-0.5b", "Q4_0")


def _kept(name: str, ftype: str, words: int, cache: Path = CACHE, **shape: Any) -> Path:
    kept = cache / name
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            plain = make_counting_gguf(Path(folder) / "plain.gguf", words, **shape)
            quantize(plain, Path(folder) / "quantized.gguf", ftype).replace(kept)
    return kept
