"""Writes ``extension/src/protocol.ts`` from ``windowsill/protocol.py``: types, and the tables that ``wire.ts`` decodes by.

Run by ``make protocol``; ``--check`` only compares and exits 1 when the committed file is stale.
"""

from __future__ import annotations

import argparse
import json
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

import msgspec
from msgspec import Struct, UnsetType, inspect

from windowsill import protocol

OUTPUT: Final = Path(__file__).parent / "src" / "protocol.ts"
UNIONS: Final = ("PageRequest", "HostHears", "HostSays")
HEADER: Final = """\
// GENERATED from host/windowsill/protocol.py by `make protocol`. Do not edit.

import { decoderOf, type Schema } from "./wire";
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    text = generate()
    if parser.parse_args().check:
        if OUTPUT.read_text(encoding="utf-8") != text:
            sys.stderr.write(f"{OUTPUT.name} is stale: run `make protocol`\n")
            return 1
        return 0
    OUTPUT.write_text(text, encoding="utf-8")
    return 0


def generate() -> str:
    """The whole TypeScript file."""
    parts = [HEADER]
    for name in ("PROTOCOL_MIN", "PROTOCOL_MAX"):
        parts.append(f"export const {name} = {getattr(protocol, name)};\n")
    parts.extend(f"export type {name} = {_literal(alias)};\n" for name, alias in _aliases())
    for struct in _structs():
        parts.append(_interface(struct))
    for name, union in _unions():
        members = " | ".join(member.__name__ for member in get_args(union))
        parts.append(f"export type {name} = {members};\n")
    tables = [f"  {struct.__name__}: {_schema(inspect.type_info(struct), top=True)}," for struct in _structs()]
    parts.append("const structs: Record<string, Schema> = {\n" + "\n".join(tables) + "\n};\n")
    for name in UNIONS:
        names = json.dumps([member.__name__ for member in get_args(getattr(protocol, name))])
        parts.append(f"export const decode{name} = decoderOf<{name}>(structs, {names});\n")
    return "\n".join(parts)


def _aliases() -> Iterator[tuple[str, Any]]:
    """Named ``Literal`` types of the module, in order."""
    for name, value in vars(protocol).items():
        if get_origin(value) is Literal and name[0].isupper():
            yield name, value


def _structs() -> Iterator[type[Struct]]:
    for name, value in vars(protocol).items():
        if isinstance(value, type) and issubclass(value, Struct) and value is not Struct and not name.startswith("_"):
            yield value


def _unions() -> Iterator[tuple[str, Any]]:
    for name, value in vars(protocol).items():
        if isinstance(value, types.UnionType) and all(isinstance(m, type) and issubclass(m, Struct) for m in get_args(value)):
            yield name, value


def _literal(alias: Any) -> str:
    return " | ".join(json.dumps(value) for value in get_args(alias))


def _interface(struct: type[Struct]) -> str:
    """One TypeScript interface; the docstring's first line goes with it."""
    lines = []
    doc = struct.__dict__.get("__doc__")
    if doc:
        lines.append(f"/** {' '.join(doc.split())} */")
    lines.append(f"export interface {struct.__name__} {{")
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    if info.tag is not None:
        lines.append(f"  readonly type: {json.dumps(info.tag)};")
    hints = msgspec.structs.fields(struct)
    for field, hint in zip(info.fields, hints, strict=True):
        mark = "" if field.required else "?"
        lines.append(f"  readonly {field.encode_name}{mark}: {_type(hint.type)};")
    lines.append("}\n")
    return "\n".join(lines)


def _type(hint: Any) -> str:
    """TypeScript's spelling of a Python annotation."""
    for name, alias in _aliases():
        if hint == alias:
            return name
    origin = get_origin(hint)
    if origin is Annotated:
        return _type(get_args(hint)[0])
    if origin is tuple:
        inner = _type(get_args(hint)[0])
        return f"readonly {inner}[]" if inner.isidentifier() else f"readonly ({inner})[]"
    if origin is Literal:
        return _literal(hint)
    if origin in (Union, types.UnionType):
        return " | ".join(_type(member) for member in get_args(hint) if member is not UnsetType)
    if isinstance(hint, type) and issubclass(hint, Struct):
        return hint.__name__
    return {int: "number", float: "number", str: "string", bool: "boolean", type(None): "null", msgspec.Raw: "unknown"}[hint]


def _schema(info: inspect.Type, *, top: bool = False) -> str:
    """The decoding table of one type, as a TypeScript literal."""
    return json.dumps(_table(info, top=top))


def _table(info: inspect.Type, *, top: bool = False) -> dict[str, Any]:
    match info:
        case inspect.StructType() if top:
            fields = {
                field.encode_name: {"of": _table(field.type), "required": field.required} for field in info.fields
            }
            return {"kind": "struct", "tag": info.tag, "fields": fields}
        case inspect.StructType():
            return {"kind": "ref", "names": [info.cls.__name__]}
        case inspect.UnionType():
            members = [member for member in info.types if not isinstance(member, inspect.NoneType)]
            nullable = len(members) < len(info.types)
            known = [member for member in members if not _is_unset(member)]
            if all(isinstance(member, inspect.StructType) for member in known):
                names = [member.cls.__name__ for member in known if isinstance(member, inspect.StructType)]
                table: dict[str, Any] = {"kind": "ref", "names": names}
            else:
                (only,) = known
                table = _table(only)
            return {**table, "nullable": True} if nullable else table
        case inspect.LiteralType():
            return {"kind": "enum", "values": list(info.values)}
        case inspect.VarTupleType() | inspect.CollectionType():
            return _bounded({"kind": "array", "of": _table(info.item_type)}, max=info.max_length)
        case inspect.IntType():
            return _bounded({"kind": "int"}, ge=info.ge, le=info.le)
        case inspect.FloatType():
            return _bounded({"kind": "float"}, ge=info.ge, le=info.le)
        case inspect.StrType():
            return _bounded({"kind": "str"}, min=info.min_length, max=info.max_length)
        case inspect.BoolType():
            return {"kind": "bool"}
        case inspect.RawType():
            return {"kind": "raw"}
    raise TypeError(f"{info} has no place on the wire")


def _is_unset(info: inspect.Type) -> bool:
    return isinstance(info, inspect.CustomType) and info.cls is UnsetType


def _bounded(table: dict[str, Any], **bounds: float | None) -> dict[str, Any]:
    return {**table, **{name: bound for name, bound in bounds.items() if bound is not None}}


if __name__ == "__main__":
    sys.exit(main())
