"""What models put around an answer that was to be the result alone: a preamble, a label, a code fence. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_LEAD: Final = (
    "absolutely",
    "below",
    "certainly",
    "here",
    "in summary",
    "of course",
    "ok",
    "sure",
    "the following",
    "voici",
    "bien sûr",
    "hier",
    "natürlich",
    "aquí",
    "claro",
    "por supuesto",
    "ecco",
    "aqui",
    "以下",
    "这是",
    "当然",
    "はい",
)
"""How preambles begin, in lower case; one also has to name the result, and to end in a colon."""

_RESULT: Final = re.compile(
    r"summar|key point|bullet|headline|title|teaser|tl;?dr|rewrit|revis|version|draft|your (text|request)"
    r"|zusammenfass|stichpunkt|überschrift|überarbeit|résumé|points clés|titre|resumen|puntos clave|titular"
    r"|riassunto|resumo|要約|要点|总结|摘要|标题",
    re.IGNORECASE,
)

LONGEST_PREAMBLE: Final = 200
"""Characters of a first line that may be one: longer ones are part of the text."""

_MARKUP: Final = "#*_ \t"
_FENCE: Final = re.compile(r"(`{3,}|~{3,})[ \t]*(?:markdown|md|text|txt|plain|plaintext)?[ \t]*", re.IGNORECASE)
_AFTER_LABEL: Final = r"[*_ ]*[:：][*_]*[ \t]*"


class Opening:
    """Leaves out a preamble, one of ``labels`` (lower case), and a code fence around it all; but a preamble or a fence
    that the ``original`` has is part of the result."""

    def __init__(self, labels: Sequence[str] = (), original: str = "") -> None:
        first = original.lstrip()[:LONGEST_PREAMBLE].partition("\n")[0]
        self._fenced = first.startswith(("```", "~~~"))
        self._leads = () if _is_preamble(first) else _LEAD
        self._labels = tuple(labels)
        named = "|".join(map(re.escape, labels)) or "(?!)"
        self._label = re.compile(rf"[{_MARKUP}]*(?:{named}){_AFTER_LABEL}", re.IGNORECASE)
        self._held: str | None = ""
        self._closing: _Closing | None = None

    def push(self, text: str) -> str:
        """See ``Stage``."""
        if self._held is not None:
            self._held += text
            text = self._begin(whole=False)
        return self._closing.push(text) if self._closing else text

    def finish(self) -> str:
        """See ``Stage``."""
        text = self._begin(whole=True)
        return self._closing.push(text) + self._closing.finish() if self._closing else text

    def _begin(self, *, whole: bool) -> str:
        """The text once it is certain what is left out before it; nothing until then."""
        while self._held is not None:
            held = self._held.lstrip()
            line, newline, rest = held.partition("\n")
            if not whole and not newline and self._may_be_more(line):
                return ""
            fence = self._fence(line) if newline else None
            if fence:
                self._closing = _Closing(fence)
                self._held = rest
            elif newline and self._leads and _is_preamble(line):
                self._held = rest
            elif label := self._label.match(line):
                self._held = held[label.end() :]
            else:
                self._held = None
                return held
        return ""

    def _fence(self, line: str) -> str | None:
        """The mark of the fence that ``line`` opens around the text."""
        if self._fenced or self._closing or len(line) >= LONGEST_PREAMBLE:
            return None
        fence = _FENCE.fullmatch(line.rstrip())
        return fence[1] if fence else None

    def _may_be_more(self, line: str) -> bool:
        """Whether the rest of the first line may tell that it is left out."""
        if len(line) >= LONGEST_PREAMBLE:
            return False
        if label := self._label.match(line):
            return label.end() == len(line)
        said = line.lstrip(_MARKUP).lower()
        if not said or (not (self._fenced or self._closing) and line[0] in "`~"):
            return True
        leads = any(said.startswith(lead[: len(said)]) for lead in self._leads)
        return leads or any(label.startswith(said.rstrip(_MARKUP)) for label in self._labels)


def _is_preamble(line: str) -> bool:
    said = line.strip().strip(_MARKUP)
    return (
        len(line) < LONGEST_PREAMBLE
        and said.endswith((":", "："))
        and said.lower().startswith(_LEAD)
        and _RESULT.search(said) is not None
    )


class _Closing:
    """Leaves out the line that closes the fence ``mark``, unless it closes one that was opened inside."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._line = ""
        self._sent = 0
        self._inside = False
        self._over = False

    def push(self, text: str) -> str:
        given = ""
        *lines, last = text.split("\n")
        for line in lines:
            given += self._end_line(line)
        self._line += last
        if self._over or not self._is_fence(self._line):
            given += self._rest()
        return given

    def finish(self) -> str:
        return "" if self._closes(self._line) else self._rest()

    def _rest(self) -> str:
        sent, self._sent = self._sent, len(self._line)
        return self._line[sent:]

    def _end_line(self, end: str) -> str:
        self._line += end
        if self._closes(self._line):
            given, self._over = "", True
        else:
            if not self._over and self._line.lstrip().startswith(self._mark):
                self._inside = not self._inside
            given = self._rest() + "\n"
        self._line, self._sent = "", 0
        return given

    def _closes(self, line: str) -> bool:
        bare = line.strip()
        return not self._over and not self._inside and len(bare) >= len(self._mark) and not bare.strip(self._mark[0])

    def _is_fence(self, line: str) -> bool:
        """Whether it may become one, as far as it came."""
        return not line.strip().strip(self._mark[0])
