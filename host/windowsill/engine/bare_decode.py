"""``python -m windowsill.engine.bare_decode MODEL``: the fastest that one stream can be on this machine.

One sequence, llama.cpp's own calls, the likeliest token each time: no scheduler, no socket, no chat. What ``bench``
compares the product with; prints tokens a second.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import time
from pathlib import Path

from llama_cpp import llama_cpp

from windowsill.engine import processors


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(prog="windowsill.engine.bare_decode", description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--threads", type=int, default=0, help="compute threads; 0: one per core")
    parser.add_argument("--prompt-tokens", type=int, required=True, help="tokens read before the first is produced")
    parser.add_argument("--tokens", type=int, required=True, help="tokens produced while the clock runs")
    arguments = parser.parse_args()
    threads = arguments.threads or processors.usable()
    print(decode(arguments.model, threads, arguments.prompt_tokens, arguments.tokens))


@llama_cpp.llama_log_callback  # type: ignore[untyped-decorator]
def _silent(level: int, text: bytes, _: object) -> None:
    """llama.cpp tells a hundred lines of every load."""


def decode(path: Path, threads: int, prompt_tokens: int, tokens: int) -> float:
    """Tokens a second over ``tokens`` steps after a prompt of ``prompt_tokens``, each turned into text."""
    llama_cpp.llama_log_set(_silent, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    model_params = llama_cpp.llama_model_default_params()
    model_params.use_extra_bufts = b"AMX_INT8 = 1" not in llama_cpp.llama_print_system_info()
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), model_params)
    if model is None:
        raise SystemExit(f"llama.cpp could not load {path}")
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = prompt_tokens + tokens + 1
    params.n_threads = params.n_threads_batch = threads
    context = llama_cpp.llama_init_from_model(model, params)
    vocab = llama_cpp.llama_model_get_vocab(model)
    sampler = llama_cpp.llama_sampler_init_greedy()
    # Any text costs the same to read and to go on from.
    read = (llama_cpp.llama_token * prompt_tokens)(*[llama_cpp.llama_vocab_bos(vocab)] * prompt_tokens)
    llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(read, prompt_tokens))
    newest = (llama_cpp.llama_token * 1)(llama_cpp.llama_sampler_sample(sampler, context, -1))
    text = ctypes.create_string_buffer(256)
    started = time.perf_counter()
    for _ in range(tokens):
        llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(newest, 1))
        newest[0] = llama_cpp.llama_sampler_sample(sampler, context, -1)
        llama_cpp.llama_token_to_piece(vocab, newest[0], text, len(text), 0, False)
    return tokens / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
