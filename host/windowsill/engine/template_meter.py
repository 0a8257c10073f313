"""What a template may make: every value is weighed as if printed out in full, every line counted, and time looked at.

Rules this file keeps: a value that could be large is weighed before it exists, any other before it is used; one run, in
one thread, has one meter. Past a bound it raises TooMuch.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from string import Formatter
from types import FrameType
from typing import Any, Final

from jinja2 import TemplateError, Undefined
from jinja2.utils import Namespace

from windowsill.engine import bounds

CPU_SECONDS: Final = 5.0
"""Of one template's run, in its own thread. 4,096 turns take under one."""

VALUE_BYTES: Final = 4 * 2**20
"""Of one value of a template, printed out. 4,096 turns with stand-ins for contents take half a megabyte."""

MADE_BYTES: Final = 128 * 2**20
"""Of all values of one run, as if nothing were freed. Adding 4,096 turns to a list one by one takes half of it."""

DEPTH: Final = 32
"""Lists in lists. A tool's schema needs ten."""

WHOLE_NUMBER_BITS: Final = 4096
ITEM_BYTES: Final = 64
EMPTY_BYTES: Final = sys.getsizeof("")
FORM_CHARACTERS: Final = 64


class TooMuch(TemplateError):
    """A template went past a bound."""


class _List(list[Any]):
    """A list that was weighed; nothing can change it."""

    def __init__(self, items: Iterable[Any], weight: int, depth: int) -> None:
        super().__init__(items)
        self.weight = weight
        self.depth = depth


class Meter:
    """Of one run of a template, in one thread."""

    def __init__(self) -> None:
        self._steps = bounds.CHAT_TEMPLATE_STEPS
        self._made = MADE_BYTES
        self._end = time.thread_time() + CPU_SECONDS

    def step(self) -> None:
        """One line, or one operation that may take long."""
        self._steps -= 1
        if self._steps < 0:
            raise TooMuch(f"more than {bounds.CHAT_TEMPLATE_STEPS} steps")
        if self._steps & 63 == 0:
            self.look_at_the_clock()

    def look_at_the_clock(self) -> None:
        if time.thread_time() > self._end:
            raise TooMuch(f"more than {CPU_SECONDS:g} seconds")

    def expect(self, size: int) -> None:
        """A value of ``size`` bytes is about to be made."""
        if size > VALUE_BYTES:
            raise TooMuch(f"a value of {size} bytes")

    def take(self, value: Any) -> Any:
        """``value``, which was just made, weighed."""
        self.look_at_the_clock()
        match value:
            case str():
                self._charge(sys.getsizeof(value))
            case _List():
                self._charge(ITEM_BYTES + 8 * len(value))
            case list():
                weight, depth = _weigh(value)
                value = _List(value, weight, depth)
                self._charge(ITEM_BYTES * (1 + len(value)))
            case tuple() | dict():
                _weigh(value)
                self._charge(ITEM_BYTES * (1 + len(value)))
            case int() if value.bit_length() > WHOLE_NUMBER_BITS:
                raise TooMuch(f"a number of {value.bit_length()} bits")
            case Namespace():
                self._charge(ITEM_BYTES)
        return value

    def _charge(self, size: int) -> None:
        self.expect(size)
        self._made -= size
        if self._made < 0:
            raise TooMuch(f"more than {MADE_BYTES} bytes")


current: ContextVar[Meter] = ContextVar("current")
"""Of the run that this thread is in."""


def _weigh(value: object, depth: int = 0) -> tuple[int, int]:
    """Bytes of ``value`` printed out in full, and how deep it goes. Raises TooMuch."""
    match value:
        case str():
            return sys.getsizeof(value), 0
        case bool() | int() | float() | None | Undefined():
            return ITEM_BYTES, 0
        case _List():
            weight, below = value.weight, value.depth
        case list() | tuple() | dict():
            weight, below = ITEM_BYTES, 0
            for item in itertools.chain(value, value.values()) if isinstance(value, dict) else value:
                if depth + below > DEPTH:
                    raise TooMuch("lists in lists")
                inner, inner_depth = _weigh(item, depth + 1)
                weight += inner
                below = max(below, inner_depth + 1)
                if weight > VALUE_BYTES:
                    break
        case _:
            raise TooMuch(f"a list of {value.__class__.__name__}")
    if weight > VALUE_BYTES or depth + below > DEPTH:
        raise TooMuch("a value that is too large or too deep")
    return weight, below


def text(value: object) -> str:
    """``value`` as a template prints it."""
    if isinstance(value, str):
        return value
    weight, _ = _weigh(value)
    current.get().expect(weight)
    return str(value)


def joined(texts: Iterable[Any], separator: str = "") -> str:
    """All of ``texts`` as one."""
    meter = current.get()
    parts: list[str] = []
    size = 0
    for each in texts:
        parts.append(text(each))
        size += len(parts[-1]) + len(separator)
        meter.step()
        meter.expect(size)
    whole: str = meter.take(separator.join(parts))
    return whole


def replaced(value: object, old: str, new: str, count: int = -1) -> str:
    """``value`` with ``old`` replaced by ``new``, ``count`` times at most."""
    before, new = text(value), text(new)
    meter = current.get()
    meter.expect(len(before) + (before.count(text(old)) + 1) * len(new))
    after: str = meter.take(before.replace(text(old), new, count))
    return after


def indented(value: object, width: int | str = 4, first: bool = False, blank: bool = False) -> str:
    """``value`` with ``width`` spaces, or the text ``width``, before its lines."""
    before = " " * min(width, FORM_CHARACTERS) if isinstance(width, int) else width[:FORM_CHARACTERS]
    lines = text(value).splitlines(keepends=True)
    return joined(
        [before + line if (first or number) and (blank or line.strip()) else line for number, line in enumerate(lines)]
    )


def filled(form: str, arguments: Sequence[object], named: Mapping[str, object]) -> str:
    """``form`` with values in its fields. Raises ValueError for fields that ask for more than a value as it is."""

    def parts() -> Iterator[object]:
        unnamed = itertools.count()
        for literal, field, how, conversion in Formatter().parse(form):
            yield literal
            if how or conversion:
                raise ValueError("a field with a format")
            if field is not None:
                yield named[field] if field and not field.isdecimal() else arguments[int(field or next(unnamed))]

    return joined(parts())


def computed(operator: str, left: Any, right: Any, compute: Callable[[Any, Any], Any]) -> Any:
    """``compute(left, right)``, which an operator is for. Raises TypeError for what no template adds or multiplies."""
    meter = current.get()
    match operator, left, right:
        case "+", list(), list():
            (one, deep), (other, deeper) = _weigh(left), _weigh(right)
            meter.expect(one + other)
            return meter.take(_List(itertools.chain(left, right), one + other, max(deep, deeper)))
        case "+", str() | tuple(), str() | tuple():
            meter.expect(_weigh(left)[0] + _weigh(right)[0])
        case "*", (str() | list() | tuple()) as repeated, int() as times:
            meter.expect((_weigh(repeated)[0] - EMPTY_BYTES) * times)
        case "*", int() as times, (str() | list() | tuple()) as repeated:
            meter.expect((_weigh(repeated)[0] - EMPTY_BYTES) * times)
        case "**", int(), int():
            if left.bit_length() * abs(right) > WHOLE_NUMBER_BITS:
                raise TooMuch("a power")
        case "%", str(), _:
            raise TooMuch("a format")
        case _, int() | float(), int() | float():
            pass
        case _:
            raise TypeError(f"{operator} of {left.__class__.__name__} and {right.__class__.__name__}")
    return meter.take(compute(left, right))


class Trace:
    """Counts what this thread runs: lines of the template that was compiled as ``filename``, or every call."""

    def __init__(self, meter: Meter, filename: str | None = None) -> None:
        self._meter = meter
        self._filename = filename
        self._before: Callable[..., Any] | None = None

    def __enter__(self) -> None:
        self._before = sys.gettrace()
        sys.settrace(self._count_calls if self._filename is None else self._enter_frame)

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _count_calls(self, frame: FrameType, event: str, argument: object) -> None:
        self._meter.step()

    def _enter_frame(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        return self._count_lines if frame.f_code.co_filename == self._filename else None

    def _count_lines(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        self._meter.step()
        return self._count_lines
