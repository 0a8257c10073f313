"""What the finished file can do, asked through llama.cpp: questions that training never showed.

An answer counts as fitting when it contains an accepted text, and as ended when the model ended its turn itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import llama_cpp

from recipe.corpus import evaluation
from recipe.exchange import Conversation, fits
from recipe.template import ANSWER_START, TURN_END, render

CONTEXT: Final = 1024
"""Tokens, as trained."""

LONGEST_ANSWER: Final = 256
"""Tokens after which an answer counts as not ended."""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of one skill."""

    asked: int
    fitting: int
    ended: int


@dataclass(frozen=True, slots=True)
class Report:
    """``perplexity`` of the expected answers, per token."""

    skills: dict[str, Score]
    perplexity: float

    def lines(self) -> list[str]:
        """The report as a table in Markdown."""
        table = ["| skill | asked | fitting | ended |", "| --- | --- | --- | --- |"]
        total = Score(
            sum(score.asked for score in self.skills.values()),
            sum(score.fitting for score in self.skills.values()),
            sum(score.ended for score in self.skills.values()),
        )
        for name, score in (*self.skills.items(), ("all", total)):
            fitting, ended = score.fitting / score.asked, score.ended / score.asked
            table.append(f"| {name} | {score.asked} | {fitting:.1%} | {ended:.1%} |")
        return [*table, "", f"Perplexity of the expected answers: {self.perplexity:.2f} per token."]


class Model:
    """The file, opened in llama.cpp. One question at a time: this is a measurement, not the product's Engine."""

    def __init__(self, path: Path) -> None:
        self._llama = llama_cpp.Llama(str(path), n_ctx=CONTEXT, logits_all=True, verbose=False)

    def tokens(self, text: str) -> list[int]:
        """Tokens of a rendered conversation, the first one included."""
        return list(self._llama.tokenize(text.encode(), add_bos=True, special=True))

    def text(self, tokens: Sequence[int]) -> str:
        """The text of tokens, markers included."""
        return str(self._llama.detokenize(list(tokens), special=True), "utf-8")

    def header(self) -> dict[str, str]:
        """The file's metadata, every value as text."""
        return dict(self._llama.metadata)

    def answer(self, turns: Conversation, temperature: float = 0.0, seed: int = 0) -> tuple[str, bool]:
        """The next answer, and whether the model ended it itself."""
        prompt = self.tokens(render(turns) + ANSWER_START)
        room = min(LONGEST_ANSWER, CONTEXT - len(prompt))
        reply: Any = self._llama.create_completion(
            prompt,
            max_tokens=room,
            temperature=temperature,
            top_k=40,
            top_p=0.95,
            min_p=0.05,
            seed=seed,
            repeat_penalty=1.0,
        )
        choice = reply["choices"][0]
        return str(choice["text"]), choice["finish_reason"] == "stop"

    def surprise(self, turns: Conversation) -> list[float]:
        """Negative log-likelihood (nats) of each token of the last turn, its end marker included."""
        prompt = self.tokens(render(turns[:-1]) + ANSWER_START)
        whole = self.tokens(render(turns[:-1]) + ANSWER_START + turns[-1].content + TURN_END)
        self._llama.n_tokens = 0
        self._llama.eval(whole)
        return [self._nats(place - 1, whole[place]) for place in range(len(prompt), len(whole))]

    def _nats(self, place: int, token: int) -> float:
        logits: Sequence[float] = self._llama.scores[place].tolist()
        top = max(logits)
        return top + math.log(sum(math.exp(value - top) for value in logits)) - logits[token]


def evaluate(path: Path, seed: int, per_skill: int) -> Report:
    """Ask ``per_skill`` held-out questions of each skill, greedily."""
    model = Model(path)
    skills: dict[str, Score] = {}
    nats: list[float] = []
    for name, asked in evaluation(seed, per_skill).items():
        answers = [(model.answer(turns[:-1]), turns[-1].accept) for turns in asked]
        nats += [nat for turns in asked for nat in model.surprise(turns)]
        skills[name] = Score(
            asked=len(answers),
            fitting=sum(fits(text, accept) for (text, _), accept in answers),
            ended=sum(ended for (_, ended), _ in answers),
        )
    return Report(skills, math.exp(sum(nats) / len(nats)))
