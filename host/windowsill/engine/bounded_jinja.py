"""Jinja for templates that nobody vouches for: bounded in steps, time and memory, whatever they say.

Rules this file keeps: all that a template makes goes through its meter; filters, methods and globals that are not known
to be harmless are refused. Whatever goes wrong is raised as some exception, of Jinja's or Python's: callers catch all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from types import BuiltinMethodType
from typing import Any, Final

from jinja2 import Template, meta, nodes, pass_context
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from windowsill.engine import template_meter
from windowsill.engine.template_meter import Meter, Trace, text

HARMLESS_FILTERS: Final = frozenset(
    """
    abs capitalize count d default dictsort first float groupby int items last length list lower map max min reject
    rejectattr reverse select selectattr sort title trim unique upper wordcount
    """.split()  # noqa: SIM905 - one name a line would take a page
)
"""Filters of Jinja's whose result is no larger than what they are given."""

HARMLESS_METHODS: Final[Mapping[type, frozenset[str]]] = {
    str: frozenset(
        """
        capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit islower isnumeric isspace
        istitle isupper join lower lstrip partition removeprefix removesuffix replace rfind rindex rpartition rsplit
        rstrip split splitlines startswith strip swapcase title upper
        """.split()  # noqa: SIM905 - one name a line would take a page
    ),
    dict: frozenset({"get", "items", "keys", "values"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
}


class BoundedEnvironment(ImmutableSandboxedEnvironment):
    """``names``: what its templates may use, besides a few harmless globals of Jinja's."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})
    concat = staticmethod(template_meter.joined)

    def __init__(self, **names: object) -> None:
        super().__init__(
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # nothing is computed before it is metered
            finalize=_printed,
            extensions=["jinja2.ext.loopcontrols", _Generation],
        )
        self.globals = {name: self.globals[name] for name in ("dict", "namespace", "range")} | names
        self.filters = {name: _metered(self.filters[name]) for name in HARMLESS_FILTERS}
        self.filters |= {
            "_made": lambda value: template_meter.current.get().take(value),
            "_joined": template_meter.joined,
            "indent": template_meter.indented,
            "join": _join_filter,
            "replace": template_meter.replaced,
            "safe": text,
            "string": text,
        }

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read attribute ``attr``."""
        for kind, methods in HARMLESS_METHODS.items():
            if isinstance(obj, kind):
                return attr in methods
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """The ``format`` of a text, which fills fields in and does no more; None for anything else."""
        if not isinstance(value, BuiltinMethodType) or value.__name__ != "format":
            return None
        form = value.__self__
        if not isinstance(form, str):
            return None

        def filled(*arguments: object, **named: object) -> str:
            return template_meter.filled(form, arguments, named)

        # A function, as the sandbox lets no template look into one.
        return filled

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """An operator that can make large values of small ones."""
        return template_meter.computed(operator, left, right, self.binop_table[operator])

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805, PYI063 - a template's own names must not meet these
        """A function or method, metered."""
        if isinstance(__obj, BuiltinMethodType) and isinstance(__obj.__self__, str):
            if __obj.__name__ == "join":
                return template_meter.joined(args[0], __obj.__self__)
            if __obj.__name__ == "replace":
                return template_meter.replaced(__obj.__self__, *args)
        return template_meter.current.get().take(super().call(__context, __obj, *args, **kwargs))

    def read(self, source: str) -> tuple[Template, bool]:
        """The template that ``source`` is, and whether it makes use of tools."""
        with Trace(Meter()):
            return self.from_string(source), "tools" in meta.find_undeclared_variables(self.parse(source))

    def run(self, template: Template, **variables: object) -> str:
        """What ``template`` prints."""
        meter = Meter()
        token = template_meter.current.set(meter)
        try:
            with Trace(meter, template.root_render_func.__code__.co_filename):
                # Not render, which would make a traceback of the template's own from each of its errors.
                return template_meter.joined(template.root_render_func(template.new_context(variables)))
        finally:
            template_meter.current.reset(token)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = _Weighing().visit(super()._parse(source, name, filename))
        return parsed


@pass_context  # which keeps Jinja from printing constants before a run
def _printed(_: Context, value: object) -> str:
    printed: str = template_meter.current.get().take(text(value))
    return printed


def _join_filter(value: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:
    if attribute is not None:
        raise TypeError("join takes no attribute here")
    return template_meter.joined(value, text(d))


def _metered(compute: Callable[..., Any]) -> Callable[..., Any]:
    """``compute``, its result weighed; Jinja reads from its attributes what it wants to be passed."""

    @functools.wraps(compute)
    def metered(*arguments: Any, **named: Any) -> Any:
        meter = template_meter.current.get()
        meter.look_at_the_clock()
        return meter.take(compute(*arguments, **named))

    return metered


class _Weighing(NodeTransformer):
    """Sends what an expression makes without a call or an operator through the meter."""

    def visit(self, node: nodes.Node, *arguments: Any, **named: Any) -> Any:
        """The node that takes the place of ``node``."""
        node = self.generic_visit(node)
        match node:
            case nodes.List() | nodes.Dict() | nodes.Tuple(ctx="load") | nodes.Getitem(arg=nodes.Slice()):
                return _filter("_made", node)
            case nodes.Concat():
                return _filter("_joined", nodes.List(node.nodes).set_lineno(node.lineno))
        return node


def _filter(name: str, node: nodes.Node) -> nodes.Node:
    return nodes.Filter(node, name, [], [], None, None).set_lineno(node.lineno)


class _Generation(Extension):
    """``{% generation %}``, with which some templates mark the model's words for training: only its body counts."""

    tags = {"generation"}  # noqa: RUF012 - the base class declares it so

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)
