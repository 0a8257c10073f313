"""Writes ``extension/src/protocol.ts`` from ``windowsill/protocol.py``: types, and the tables ``wire.ts`` judges by.

Run by ``make protocol``; ``--check`` only compares and exits 1 when the committed file is stale.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
import types
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from msgspec import Raw, Struct, UnsetType, inspect
from msgspec.structs import FieldInfo, fields

from windowsill import protocol

OUTPUT: Final = Path(__file__).parent / "src" / "protocol.ts"
WIDTH: Final = 120
NUMBERS: Final = ("PROTOCOL_MIN", "PROTOCOL_MAX")
DECODED: Final = ("PageRequest", "HostHears", "HostSays")
HEADER: Final = """\
// GENERATED from host/windowsill/protocol.py by `make protocol`. Do not edit.

import { judge, type Schema, type Structs } from './wire';

export { WireError } from './wire';
"""
DECODER: Final = """\
/** Returns the value itself, or throws a WireError. */
export function decode{name}(value: unknown): {name} {{
  judge(value, of.{name}, structs);
  return value as {name};
}}
"""


def main() -> int:
    """Write the file, or compare it; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    text = generate()
    if not parser.parse_args().check:
        OUTPUT.write_text(text, encoding="utf-8")
    elif OUTPUT.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"{OUTPUT.name} is stale: run `make protocol`\n")
        return 1
    return 0


def generate() -> str:
    """The whole TypeScript file."""
    parts = [HEADER]
    parts.extend(f"export const {name} = {getattr(protocol, name)};\n" for name in NUMBERS)
    parts.extend(f"{_choice(f'export type {name} =', _variants(alias))};\n" for name, alias in _aliases())
    parts.extend(_interface(struct) for struct in _structs())
    parts.extend(f"{_choice(f'export type {name} =', _variants(union))};\n" for name, union in _unions())
    schemas = {name: _schema(alias) for name, alias in [*_aliases(), *_unions()]}
    parts.append(_table("const of = ", schemas, " satisfies Record<string, Schema>"))
    parts.append(_table("const structs: Structs = ", {struct.__name__: _struct(struct) for struct in _structs()}))
    parts.extend(DECODER.format(name=name) for name in DECODED)
    return "\n".join(parts)


# ---- what the module holds


def _aliases() -> Iterator[tuple[str, Any]]:
    """Choices and bounded types that have a name in the module, in order."""
    for name, value in vars(protocol).items():
        if get_origin(value) in (Literal, Annotated):
            yield name, value


def _structs() -> Iterator[type[Struct]]:
    for name, value in vars(protocol).items():
        if isinstance(value, type) and issubclass(value, Struct) and value is not Struct and not name.startswith("_"):
            yield value


def _unions() -> Iterator[tuple[str, Any]]:
    for name, value in vars(protocol).items():
        if isinstance(value, types.UnionType) and all(_is_struct(member) for member in get_args(value)):
            yield name, value


def _is_struct(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Struct)


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _name_of(hint: Any) -> str | None:
    return next((name for name, alias in [*_aliases(), *_unions()] if hint == alias), None)


# ---- types


def _interface(struct: type[Struct]) -> str:
    """One TypeScript interface, with the struct's own words."""
    lines = [*_comment(struct.__dict__.get("__doc__")), f"export interface {struct.__name__} {{"]
    if struct.__struct_config__.tag is not None:
        lines.append(f"  readonly type: {_quote(struct.__struct_config__.tag)};")
    lines.extend(
        f"  readonly {field.encode_name}{'' if field.required else '?'}: {_type(field.type)};"
        for field in fields(struct)
    )
    return "\n".join([*lines, "}\n"])


def _comment(doc: str | None) -> list[str]:
    if doc is None:
        return []
    words = " ".join(doc.split()).replace("``", "`")
    if len(line := f"/** {words} */") <= WIDTH:
        return [line]
    return ["/**", *textwrap.wrap(words, WIDTH, initial_indent=" * ", subsequent_indent=" * "), " */"]


def _type(hint: Any) -> str:
    """TypeScript's spelling of a Python annotation."""
    return _name_of(hint) or " | ".join(_variants(hint))


def _variants(hint: Any) -> list[str]:
    """The spelling without a name of its own: what it may be, one by one."""
    if get_origin(hint) is Annotated:
        return _variants(get_args(hint)[0])
    if get_origin(hint) is tuple:
        return [f"readonly {_type(get_args(hint)[0])}[]"]
    if get_origin(hint) is Literal:
        return [_quote(value) for value in get_args(hint)]
    if _is_union(hint):
        return [_type(member) for member in get_args(hint) if member is not UnsetType]
    if _is_struct(hint):
        return [hint.__name__]
    return [{int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", Raw: "unknown"}[hint]]


# ---- tables


def _struct(struct: type[Struct]) -> str:
    tag = struct.__struct_config__.tag
    required = _members(field for field in fields(struct) if field.required)
    optional = _members(field for field in fields(struct) if not field.required)
    parts = [f"tag: {'null' if tag is None else _quote(tag)}", f"required: {required}", f"optional: {optional}"]
    line = f"{{ {', '.join(parts)} }}"
    if len(line) + len(struct.__name__) + len("  : ,") <= WIDTH:
        return line
    return "\n".join(["{", *(f"    {part}," for part in parts), "  }"])


def _members(chosen: Iterable[FieldInfo]) -> str:
    """An object of field names and schemas, over several lines when it is long."""
    members = [f"{field.encode_name}: {_reference(field.type)}" for field in chosen]
    line = f"{{ {', '.join(members)} }}" if members else "{}"
    if len(line) + len("    required: ,") <= WIDTH:
        return line
    return "\n".join(["{", *(f"      {member}," for member in members), "    }"])


def _reference(hint: Any) -> str:
    name = _name_of(hint)
    return _schema(hint) if name is None else f"of.{name}"


def _schema(hint: Any) -> str:
    """The table of one type, without a name of its own."""
    if _is_union(hint):
        return _union_schema([member for member in get_args(hint) if member is not UnsetType])
    if _is_struct(hint):
        return _object(kind="'struct'", names=_names([hint]))
    if get_origin(hint) is Literal:
        return _object(kind="'enum'", values=_array(_variants(hint)))
    match inspect.type_info(hint):
        case inspect.VarTupleType() as info:
            items = get_args(get_args(hint)[0] if get_origin(hint) is Annotated else hint)[0]
            # Not by name: an alias in the table of names may not refer to that table.
            return _object(kind="'array'", of=_schema(items), max=info.max_length)
        case inspect.IntType() as info:
            return _object(kind="'int'", ge=info.ge, le=info.le)
        case inspect.FloatType() as info:
            return _object(kind="'float'", ge=info.ge, le=info.le)
        case inspect.StrType() as info:
            return _object(kind="'str'", min=info.min_length, max=info.max_length)
        case inspect.BoolType():
            return _object(kind="'bool'")
        case inspect.RawType():
            return _object(kind="'raw'")
    raise TypeError(f"{hint} has no place on the wire")


def _union_schema(members: list[Any]) -> str:
    some = [member for member in members if member is not type(None)]
    schema = _object(kind="'struct'", names=_names(some)) if all(map(_is_struct, some)) else _reference(*some)
    return schema if len(some) == len(members) else _object(kind="'nullable'", of=schema)


# ---- TypeScript's punctuation


def _table(head: str, entries: dict[str, str], tail: str = "") -> str:
    return "\n".join([head + "{", *(f"  {name}: {entry}," for name, entry in entries.items()), f"}}{tail};\n"])


def _choice(head: str, variants: list[str]) -> str:
    line = f"{head} {' | '.join(variants)}"
    return line if len(line) < WIDTH else "\n".join([head, *(f"  | {variant}" for variant in variants)])


def _names(structs: Iterable[type[Struct]]) -> str:
    return _array([_quote(struct.__name__) for struct in structs])


def _array(items: list[str]) -> str:
    line = f"[{', '.join(items)}]"
    return line if len(line) < WIDTH // 2 else "\n".join(["[", *(f"    {item}," for item in items), "  ]"])


def _object(**entries: Any) -> str:
    return f"{{ {', '.join(f'{name}: {value}' for name, value in entries.items() if value is not None)} }}"


def _quote(text: object) -> str:
    return f"'{text}'"


if __name__ == "__main__":
    sys.exit(main())
