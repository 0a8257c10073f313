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

from windowsill.engine_protocol import Sampling


def greedy_decode(
    model: Path, steps: int, groups: list[list[str]], forced: list[list[int]] | None = None
) -> list[list[int]]:
    """The likeliest next tokens of each prompt over ``steps`` steps, flattened in the order of the prompts."""
    host = Path(__file__).resolve().parents[2] / "host"
    child = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), str(model), str(steps), json.dumps(groups), json.dumps(forced)],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(host)},
    )
    if child.returncode != 0:
        raise AssertionError(f"decoding ended with status {child.returncode}: {child.stderr[-2000:]}")
    answers: list[list[int]] = json.loads(child.stdout)
    return answers


def _decode_here(model: Path, steps: int, groups: list[list[str]], forced: list[list[int]] | None) -> list[list[int]]:
    from windowsill.engine.runner import Runner  # the child's import, not the tests'
    from windowsill.engine.scheduler import Scheduler
    from windowsill.engine.sequence import Sequence

    runner = Runner(model, threads=1)
    scheduler = Scheduler(
        slots=runner.slots, cells=runner.cells, window=runner.window, batch_tokens=runner.batch_tokens
    )
    sampler = runner.sampler(Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0))
    answers: list[list[int]] = []
    for group in groups:
        for prompt in group:
            tokens = [1, *runner.vocabulary.tokenize(prompt, special=False, continues=False)]
            scheduler.add(Sequence(len(answers), "test", tokens, visible=True))
            answers.append([])
        while (batch := scheduler.next_batch()) is not None:
            runner.decode(batch)
            scheduler.was_read(batch)
            for row, sequence in batch.rows():
                answer = answers[sequence.key]
                answer.append(sampler.sample(row))
                scheduler.append(sequence, forced[sequence.key][len(answer) - 1] if forced else answer[-1])
                if len(answer) == steps:
                    scheduler.finish(sequence)
    sampler.close()
    runner.close()
    return answers


if __name__ == "__main__":
    _, path, count, groups_json, forced_json = sys.argv
    print(json.dumps(_decode_here(Path(path), int(count), json.loads(groups_json), json.loads(forced_json))))
