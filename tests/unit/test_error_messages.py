"""Messages of errors reach pages: each is one of our own sentences, written where it is raised, so that no model's
name, no path and no word of a library or of the system comes into one by accident."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import windowsill
from windowsill.errors import LEAVES

ROOT: Final = Path(windowsill.__file__).parent

NAMES: Final = {leaf.__name__ for leaf in LEAVES.values()}

FILLED_IN: Final = {
    ("engine/regexp_reader.py", "reason"),
    ("engine/constraints.py", "_reason(error)"),
    ("engine/constraints.py", "_reason(guide.get_error())"),
    ("errors.py", "info.message"),
}
"""Where a sentence quotes something: of the page's own pattern, schema or tools, what cannot be served. The last is
such a sentence, come from the Engine."""


def raised(file: Path) -> Iterator[tuple[int, ast.expr]]:
    """Line and message of each of our errors that is made in ``file``."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES:
            yield node.lineno, node.args[0]


def filled_in(message: ast.expr) -> list[str]:
    """The expressions in a message that are no text."""
    parts = message.values if isinstance(message, ast.JoinedStr) else [message]
    values = [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
    return [ast.unparse(value) for value in values if not isinstance(value, ast.Constant)]


def test_every_message_is_a_sentence_of_ours_that_quotes_the_page_alone() -> None:
    found, odd = set(), []
    for file in ROOT.rglob("*.py"):
        name = file.relative_to(ROOT).as_posix()
        for line, message in raised(file):
            for value in filled_in(message):
                found.add((name, value))
                if (name, value) not in FILLED_IN:
                    odd.append(f"{name}:{line}: {value}")
    assert odd == []
    assert found == FILLED_IN
