"""From turns to tokens, and what each turn costs.

Rules this file keeps: markers of the template are tokenized with control tokens, contents without; a turn's cost is
the tokens of its content plus what its role's markers cost, so costs add up whatever the turns around it are; contents
are read in parts, so that whoever asked can walk away from the longest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from windowsill.engine import interruption
from windowsill.engine.call_syntax import PLAIN, CallSyntax
from windowsill.engine.chat_template import ChatTemplate, Piece
from windowsill.engine.compute import Tokenizer
from windowsill.engine_protocol import AnyTurn, Tool, ToolCall, ToolCalls, ToolResult, Turn
from windowsill.errors import NotSupportedError
from windowsill.protocol import Role

SLACK: Final = 8
"""Tokens kept free of a context window: seams between pieces may take one more than their parts."""

PART_CHARACTERS: Final = 16_384
"""Of a content, read without looking up (count): 10 ms of English and 60 ms of Chinese on one core. A window holds
less than three, so that few prompts are read in more than one."""

SAMPLES: Final[dict[Role, tuple[tuple[Turn, ...], tuple[Turn, ...]]]] = {
    "user": (
        (Turn(role="user", content="a"), Turn(role="assistant", content="a")),
        (Turn(role="user", content="a"), Turn(role="assistant", content="a"), Turn(role="user", content="a")),
    ),
    "assistant": (
        (Turn(role="user", content="a"),),
        (Turn(role="user", content="a"), Turn(role="assistant", content="a")),
    ),
    "system": (
        (Turn(role="user", content="a"),),
        (Turn(role="system", content="a"), Turn(role="user", content="a")),
    ),
}
"""For each role a conversation without and one with a turn of it, such that every template takes both."""

ASKED: Final = SAMPLES["assistant"][0]
"""What tools' turns are measured after."""


class PromptReader:
    """Raises NotSupportedError when the template cannot even render one user turn. ``overhead``: tokens of a context
    window that no turn counts."""

    def __init__(self, template: ChatTemplate, tokenizer: Tokenizer) -> None:
        self._template = template
        self.tokenizer = tokenizer
        self._marker_tokens = {role: self._marker_cost(*samples) for role, samples in SAMPLES.items()}
        opened = self._tokens(template.render(SAMPLES["assistant"][0]))
        self.overhead = len(opened) - self.turn_tokens(SAMPLES["assistant"][0][0]) + SLACK

    @property
    def syntax(self) -> CallSyntax:
        """How tools are called in most conversations."""
        return self._template.syntax or PLAIN

    def prompt(
        self,
        turns: Sequence[AnyTurn],
        tools: Sequence[Tool] = (),
        *,
        constrained: bool = False,
        continues: bool,
        resume: str,
    ) -> tuple[list[int], CallSyntax]:
        """Tokens to begin with, the opening of the answer and ``resume`` included, and how the answer calls ``tools``.

        Raises NotSupportedError.
        """
        pieces, syntax = self._template.render_tools(
            turns, tools, constrained=constrained, continues=continues, resume=resume
        )
        return self._tokens(pieces), syntax

    def shared(self, tokens: Sequence[int], instructions: Sequence[AnyTurn]) -> int:
        """How many of a prompt's leading ``tokens`` come from ``instructions`` alone, whatever stands after them."""
        other = self._tokens(self._template.render((*instructions, Turn(role="user", content="?"))))
        another = self._tokens(self._template.render((*instructions, Turn(role="user", content="#"))))
        return min(_common(tokens, other), _common(tokens, another))

    def turn_tokens(self, turn: AnyTurn) -> int:
        """Tokens that ``turn`` adds to a conversation, its markers included. Raises NotSupportedError."""
        match turn:
            case Turn(role=role, content=content):
                return self._marker_tokens[role] + self.text_tokens(content)
            case ToolCalls():
                return self._more(ASKED, (*ASKED, turn))
            case ToolResult(id=id, name=name):
                called: tuple[AnyTurn, ...] = (*ASKED, ToolCalls(calls=(ToolCall(id=id, name=name, arguments="{}"),)))
                return self._more(called, (*called, turn))

    def tools_tokens(self, tools: Sequence[Tool]) -> int:
        """Tokens that the definitions of ``tools`` add to a conversation. Raises NotSupportedError."""
        return self._more(ASKED, ASKED, tools) if tools else 0

    def text_tokens(self, text: str) -> int:
        """Tokens of ``text`` without markers."""
        return len(self._content(text, continues=True))

    def _more(self, without: Sequence[AnyTurn], including: Sequence[AnyTurn], tools: Sequence[Tool] = ()) -> int:
        more = self._tokens(self._template.render_tools(including, tools)[0])
        return max(0, len(more) - len(self._tokens(self._template.render(without))))

    def _marker_cost(self, without: tuple[Turn, ...], including: tuple[Turn, ...]) -> int:
        try:
            more = self._template.render_closed(including)
            less = self._template.render_closed(without)
        except NotSupportedError:
            # Some templates take only conversations that wait for an answer; its opening cancels out.
            more = self._template.render(including)
            less = self._template.render(without)
        return max(0, self._markers(more) - self._markers(less))

    def _markers(self, pieces: list[Piece]) -> int:
        contents = sum(self.text_tokens(piece.text) for piece in pieces if not piece.marker)
        return len(self._tokens(pieces)) - contents

    def _content(self, text: str, *, continues: bool) -> list[int]:
        tokens: list[int] = []
        for part in _parts(text):
            interruption.look()
            tokens += self.tokenizer.tokenize(part, special=False, continues=continues or bool(tokens))
        return tokens

    def _tokens(self, pieces: list[Piece]) -> list[int]:
        tokens: list[int] = []
        for piece in pieces:
            continues = bool(tokens) and not self.tokenizer.is_control(tokens[-1])
            if piece.marker:
                tokens += self.tokenizer.tokenize(piece.text, special=True, continues=continues)
            else:
                tokens += self._content(piece.text, continues=continues)
        bos = self.tokenizer.bos
        if bos is not None and tokens[:1] != [bos]:
            tokens.insert(0, bos)
        return tokens


def _parts(text: str) -> Iterator[str]:
    """``text`` in parts that begin with a blank where they can, as words do for tokenizers."""
    start = 0
    while len(text) - start > PART_CHARACTERS:
        end = start + PART_CHARACTERS
        blank = text.rfind(" ", start + 1, end)
        end = end if blank < 0 else blank
        yield text[start:end]
        start = end
    yield text[start:]


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    differ = (place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)
    return next(differ, min(len(one), len(other)))
