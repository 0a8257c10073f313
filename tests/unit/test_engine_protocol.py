"""The wire between Host and Engine has one number for each of its shapes, as Hosts and Engines of two versions meet."""

from __future__ import annotations

import hashlib
import json
from typing import Final

import msgspec

from windowsill.engine_protocol import ENGINE_PROTOCOL, EngineHears, EngineSays

SHAPE: Final = (7, "30201a1851d80616a8bb1116f17bc236794ccab3c59c66bbb4732e9e4b33e190")
"""The wire's number and a digest of what it looks like: they change together."""


def digest() -> str:
    """Of all structs, their fields and bounds, without what is said about them."""
    _, components = msgspec.json.schema_components((EngineHears, EngineSays))
    return hashlib.sha256(json.dumps(undescribed(components), sort_keys=True).encode()).hexdigest()


def undescribed(schema: object) -> object:
    if isinstance(schema, dict):
        return {key: undescribed(value) for key, value in schema.items() if key != "description"}
    return [undescribed(item) for item in schema] if isinstance(schema, list) else schema


def test_the_wire_changes_with_its_number_only() -> None:
    assert (ENGINE_PROTOCOL, digest()) == SHAPE
