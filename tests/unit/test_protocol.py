"""The rules that every struct of the wire keeps."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from windowsill import protocol

STRUCTS = [
    value
    for name, value in vars(protocol).items()
    if isinstance(value, type) and issubclass(value, msgspec.Struct) and not name.startswith("_")
    if value is not msgspec.Struct
]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_struct_is_frozen_and_refuses_unknown_fields(struct: type[msgspec.Struct]) -> None:
    assert struct.__struct_config__.frozen
    assert struct.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_struct_is_camel_case_on_the_wire(struct: type[msgspec.Struct]) -> None:
    assert all("_" not in name for name in struct.__struct_encode_fields__)


@pytest.mark.parametrize("union", [protocol.PageRequest, protocol.HostHears, protocol.Result, protocol.HostSays])
def test_members_of_a_union_are_told_apart_by_their_tags(union: Any) -> None:
    tags = [member.__struct_config__.tag for member in get_args(union)]
    assert all(isinstance(tag, str) for tag in tags)
    assert len(set(tags)) == len(tags)
    assert {member.__struct_config__.tag_field for member in get_args(union)} == {"type"}


def test_nothing_a_page_says_names_a_client_or_an_origin() -> None:
    for member in get_args(protocol.PageRequest):
        assert not {"client", "origin", "embedder", "incognito"} & set(member.__struct_fields__)


def test_the_range_of_protocol_numbers_is_not_empty() -> None:
    assert 1 <= protocol.PROTOCOL_MIN <= protocol.PROTOCOL_MAX
