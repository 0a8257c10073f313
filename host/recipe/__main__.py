"""``python -m recipe --out FILE`` makes, checks and measures the model; ``--evaluate FILE`` only measures one."""

from __future__ import annotations

import argparse
import hashlib
import itertools
import logging
import sys
from pathlib import Path
from typing import Final

from recipe.corpus import conversations
from recipe.evaluate import Model, evaluate
from recipe.template import render

SEED: Final = 7
STEPS: Final = 3400
"""Training steps (count): under 20 minutes on two cores."""

THREADS: Final = 2
"""Fixed, because sums in another order give other weights."""

MAX_BYTES: Final = 3_000_000
TOKENIZER_CONVERSATIONS: Final = 20_000
CHECKED_CONVERSATIONS: Final = 1000
EVALUATION_SEED: Final = 1
EVALUATED_PER_SKILL: Final = 100


def _make(out: Path, steps: int) -> None:
    import torch  # here, because measuring a file needs no PyTorch

    from recipe import export, tokenizer, training
    from recipe.network import Shape

    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    shape = Shape()
    read = itertools.islice(conversations(SEED), TOKENIZER_CONVERSATIONS)
    texts = (text for turns in read for turn in turns for text in (turn.role, turn.content))
    words = tokenizer.Tokenizer(tokenizer.train(texts, shape.vocabulary))
    print(f"Training for {steps} steps; about {steps * 0.33 / 60:.0f} minutes on two cores.")
    trained = training.train(words, shape, SEED, steps)
    out.parent.mkdir(parents=True, exist_ok=True)
    export.write(out, trained.tensors, shape, words)
    print(f"Trained on {trained.tokens} tokens in {trained.seconds:.0f} s, loss {trained.loss:.4f}.")
    model = Model(out)
    for turns in itertools.islice(conversations(SEED + 1), CHECKED_CONVERSATIONS):
        if model.tokens(render(turns)) != words.conversation(turns)[0]:
            sys.exit(f"llama.cpp reads this conversation with other tokens than it was trained with: {render(turns)!r}")
    print(f"llama.cpp's tokens are the trained ones in {CHECKED_CONVERSATIONS} conversations.")


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="recipe", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, help="where to write the model")
    what.add_argument("--evaluate", type=Path, help="a model to measure")
    parser.add_argument("--steps", type=int, default=STEPS, help="training steps (count)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    path: Path = arguments.out or arguments.evaluate
    if arguments.out:
        _make(path, arguments.steps)
    content = path.read_bytes()
    print(f"{path}: {len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}")
    if len(content) > MAX_BYTES:
        sys.exit(f"The file is larger than {MAX_BYTES} bytes.")
    print("\n".join(evaluate(path, EVALUATION_SEED, EVALUATED_PER_SKILL).lines()))


if __name__ == "__main__":
    main()
