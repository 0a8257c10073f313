"""Decodes prompts with the Engine's own scheduler and runner: ``python greedy_decode.py MODEL STEPS GROUPS FORCED``.

GROUPS is a JSON list of lists of prompts; a list shares batches, and lists follow one another in one context. FORCED
is null, or a list of tokens for each prompt that are taken as its answer, whatever the model would rather say. Prints
the likeliest next token of every prompt at every step as JSON. ``greedy_decode`` runs it in a child, so that a fault in
llama.cpp ends only the child.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def greedy_decode(
    model: Path, steps: int, groups: list[list[str]], forced: list[list[int]] | None = None
) -> list[list[int]]:
    """The likeliest next tokens of each prompt over ``steps`` steps, flattened in the order of the prompts."""
    root = Path(__file__).resolve().parents[2]
    child = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), str(model), str(steps), json.dumps(groups), json.dumps(forced)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{root / 'host'}{os.pathsep}{root / 'tests'}"},
    )
    if child.returncode != 0:
        raise AssertionError(f"decoding ended with status {child.returncode}: {child.stderr[-2000:]}")
    answers: list[list[int]] = json.loads(child.stdout)
    return answers


def _decode_here(model: Path, steps: int, groups: list[list[str]], forced: list[list[int]] | None) -> list[list[int]]:
    from support.decoder import Decoder  # the child's imports, not the tests'
    from support.plain_runner import plain_runner

    runner = plain_runner(model, cells=16_384)
    decoder = Decoder(runner)
    answers: list[list[int]] = []
    for number, group in enumerate(groups):
        prompts = [[1, *runner.vocabulary.tokenize(prompt, special=False, continues=False)] for prompt in group]
        said = forced[len(answers) : len(answers) + len(group)] if forced else None
        # Another origin each time: nothing is to be found in the cache.
        answers += [answer.likeliest for answer in decoder.answer(f"group {number}", *prompts, count=steps, said=said)]
    runner.close()
    return answers


if __name__ == "__main__":
    _, path, count, groups_json, forced_json = sys.argv
    print(json.dumps(_decode_here(Path(path), int(count), json.loads(groups_json), json.loads(forced_json))))
