"""Golden frames, judged by the Host's decoders. ``wire.test.ts`` judges the same files by the extension's."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from windowsill import protocol, settings, wire
from windowsill.wire import WireError

HERE = Path(__file__).parent

DECODERS: dict[str, Callable[[bytes], msgspec.Struct]] = {
    "page_request": lambda body: wire.decode_page_request(msgspec.Raw(body)),
    "host_hears": wire.decode_host_hears,
    "host_says": wire.decode_host_says,
}
UNIONS: dict[str, Any] = {
    "page_request": protocol.PageRequest,
    "host_hears": protocol.HostHears,
    "host_says": protocol.HostSays,
}


def golden(verdict: str, union: str) -> list[Path]:
    return sorted((HERE / verdict / union).glob("*.json"))


def parameters(verdict: str) -> list[Any]:
    return [
        pytest.param(union, file, id=f"{union}-{file.stem}") for union in DECODERS for file in golden(verdict, union)
    ]


def structs_within(value: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(value, msgspec.Struct):
        yield type(value)
        for name in value.__struct_fields__:
            yield from structs_within(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from structs_within(item)


@pytest.mark.parametrize(("union", "file"), parameters("valid"))
def test_valid_frame_is_read_and_survives_the_road_back(union: str, file: Path) -> None:
    decoded = DECODERS[union](file.read_bytes())
    assert isinstance(decoded, get_args(UNIONS[union]))
    again = msgspec.json.encode(decoded)
    assert msgspec.json.encode(DECODERS[union](again)) == again


@pytest.mark.parametrize("file", golden("valid", "host_says"), ids=lambda file: file.stem)
def test_what_the_host_says_is_a_frame_of_the_same_json(file: Path) -> None:
    frame = wire.encode(wire.decode_host_says(file.read_bytes()))
    (length,) = struct.unpack("=I", frame[:4])
    assert length == len(frame) - 4
    assert json.loads(frame[4:]) == json.loads(file.read_bytes())


@pytest.mark.parametrize(("union", "file"), parameters("invalid"))
def test_invalid_frame_is_refused_with_its_exact_error(union: str, file: Path) -> None:
    case = json.loads(file.read_bytes())
    with pytest.raises(WireError) as refusal:
        DECODERS[union](json.dumps(case["frame"]).encode())
    assert refusal.value.reason == case["error"]


@pytest.mark.parametrize("file", sorted((HERE / "invalid" / "bytes").glob("*.bin")), ids=lambda file: file.stem)
def test_bytes_that_are_no_json_are_refused_with_their_exact_error(file: Path) -> None:
    with pytest.raises(WireError) as refusal:
        wire.decode_host_hears(file.read_bytes())
    assert f"{refusal.value.reason}\n" == file.with_suffix(".error.txt").read_text(encoding="utf-8")


def test_every_struct_of_the_protocol_has_a_valid_frame() -> None:
    seen = {
        struct
        for union, decode in DECODERS.items()
        for file in golden("valid", union)
        for struct in structs_within(decode(file.read_bytes()))
    }
    defined = {
        value
        for name, value in vars(protocol).items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct) and not name.startswith("_")
    }
    assert seen == defined - {msgspec.Struct}


def from_page(request: bytes) -> protocol.FromPage:
    facts = b'"client":1,"origin":"https://a.example","incognito":false,"allowed":[],"activated":true,"active":true,"visible":true'
    heard = wire.decode_host_hears(b'{"type":"page",' + facts + b',"request":' + request + b"}")
    assert isinstance(heard, protocol.FromPage)
    return heard


def test_a_pages_request_crosses_unread_and_its_own_origin_is_refused_when_it_is_read() -> None:
    heard = from_page(b'{"type":"abort","id":1,"origin":"https://bank.example"}')
    assert heard.origin == "https://a.example"
    with pytest.raises(WireError, match="unknown field `origin`"):
        wire.decode_page_request(heard.request)


def listed(item: bytes, count: int) -> bytes:
    return b"[" + b",".join([item] * count) + b"]"


MESSAGE = b'{"role":"user","content":[]}'
LISTS = {
    "messages": (b'{"type":"append","id":1,"session":1,"input":LIST}', MESSAGE),
    "parts": (
        b'{"type":"append","id":1,"session":1,"input":[{"role":"user","content":LIST}]}',
        b'{"type":"text","value":""}',
    ),
    "prompts": (b'{"type":"create","id":1,"interface":"language-model","initialPrompts":LIST}', MESSAGE),
    "expectations": (
        b'{"type":"create","id":1,"interface":"language-model","expectedInputs":LIST}',
        b'{"kind":"text"}',
    ),
}


@pytest.mark.parametrize("name", LISTS)
def test_no_list_of_a_page_is_longer_than_its_bound(name: str) -> None:
    request, item = LISTS[name]
    wire.decode_page_request(msgspec.Raw(request.replace(b"LIST", listed(item, protocol.MAX_LIST_ITEMS))))
    with pytest.raises(WireError, match=f"length <= {protocol.MAX_LIST_ITEMS}"):
        wire.decode_page_request(msgspec.Raw(request.replace(b"LIST", listed(item, protocol.MAX_LIST_ITEMS + 1))))


def test_bad_utf8_inside_a_request_is_refused_when_it_is_read() -> None:
    heard = from_page(
        b'{"type":"append","id":3,"session":1,"input":[{"role":"user","content":[{"type":"text","value":"\xff"}]}]}'
    )
    with pytest.raises(WireError, match="not UTF-8"):
        wire.decode_page_request(heard.request)
    assert wire.request_id(heard.request) == 3


def test_a_document_is_not_allowed_interfaces_without_end() -> None:
    request = from_page(b'{"type":"abort","id":1}')
    most = msgspec.structs.replace(request, allowed=("language-model",) * protocol.MAX_LIST_ITEMS)
    assert wire.decode_host_hears(msgspec.json.encode(most)) == most
    more = msgspec.structs.replace(request, allowed=("language-model",) * (protocol.MAX_LIST_ITEMS + 1))
    with pytest.raises(WireError, match=f"length <= {protocol.MAX_LIST_ITEMS}"):
        wire.decode_host_hears(msgspec.json.encode(more))


@pytest.mark.parametrize(
    "frame",
    [b'{"type":"secret words"}', b'{"type":"gone","client":1,"suspended":true,"secret words":1}'],
    ids=["a value", "a name"],
)
def test_what_is_logged_of_a_refusal_holds_no_words_of_a_pages(frame: bytes) -> None:
    with pytest.raises(WireError, match="secret words") as refusal:
        wire.decode_host_hears(frame)
    assert "secret words" not in refusal.value.loggable
    assert refusal.value.loggable


def test_the_reason_of_a_refusal_is_bounded() -> None:
    with pytest.raises(WireError) as refusal:
        wire.decode_host_hears(b'{"type":"' + b"x" * 100_000 + b'"}')
    assert len(refusal.value.reason) == wire.MAX_REASON


@pytest.mark.parametrize(
    ("request_", "answered"),
    [
        (b'{"type":"prompt","id":7}', 7),
        (b'{"type":"summon","id":7,"spell":{"a":[1]}}', 7),
        (b'{"id":7}', 7),
        (b'{"id":7,"type":{}}', 7),
        (b'{"type":"prompt","id":0}', None),
        (b'{"type":"prompt","id":"7"}', None),
        (b'{"type":"prompt"}', None),
        (b"[7]", None),
        (b"7", None),
        (b'{"type":"abort","id":7,"why":1}', None),
        (b'{"type":"credit","id":7,"chunks":0}', None),
        (b'{"type":"destroy","id":7}', None),
    ],
)
def test_a_refused_request_is_answered_under_its_id_unless_the_id_is_anothers(
    request_: bytes, answered: int | None
) -> None:
    assert wire.request_id(msgspec.Raw(request_)) == answered


def test_a_frame_too_long_for_the_browser_is_not_made() -> None:
    envelope = len(wire.encode(protocol.ProtocolError(message=""))) - 4
    longest = "x" * (settings.MAX_FRAME_TO_BROWSER - envelope)
    assert len(wire.encode(protocol.ProtocolError(message=longest))) == settings.MAX_FRAME_TO_BROWSER + 4
    with pytest.raises(ValueError, match="too long for the browser"):
        wire.encode(protocol.ProtocolError(message=longest + "x"))
