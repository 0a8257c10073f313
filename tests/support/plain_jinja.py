"""Chat templates rendered by Jinja alone, with what Hugging Face documents that ``apply_chat_template`` tells them.

It shares nothing with the Engine's own rendering but Jinja itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

Message = Mapping[str, Any]

TRAINING_MARK: Final = re.compile(r"\{%(-?) *(end)?generation *(-?)%\}")
"""Around what a template marks as the model's own words: a block that changes nothing of what is printed."""

DAY: Final = "2026-01-02"
"""For templates that ask what day it is."""


def rendered(
    source: str,
    messages: Sequence[Message],
    *,
    answer: bool,
    **more: object,
) -> str:
    """What ``source`` makes of ``messages``, and of ``more`` that it may ask for. Raises what Jinja or it does."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = _to_json
    environment.globals |= {"raise_exception": _raise_exception, "strftime_now": lambda form: DAY}
    source = TRAINING_MARK.sub(lambda mark: f"{{%{mark[1]} {'endif' if mark[2] else 'if true'} {mark[3]}%}}", source)
    return environment.from_string(source).render(
        messages=messages, add_generation_prompt=answer, documents=None, **more
    )


def _to_json(value: object, ensure_ascii: bool = False, **form: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, **form)


def _raise_exception(message: str) -> NoReturn:
    raise TemplateError(message)
