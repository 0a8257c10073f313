from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.grant_seal import KEY_BYTES, PADDED_TO, Seal, SealBroken

SEAL = Seal(bytes(KEY_BYTES))
SEALED = "000102030405060708090a0b007e21a1882c7c0f50f024589f33e9ab03725b679bfe83e02483c8e5117d0f11"
names = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(content=st.binary(max_size=1000), place=st.binary(max_size=40))
def test_sealed_content_opens_at_its_place(content: bytes, place: bytes) -> None:
    assert SEAL.open(SEAL.close(content, place), place).rstrip(b" ") == content.rstrip(b" ")


@given(content=st.binary(max_size=100), at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_sealed_content_does_not_open_when_any_bit_was_changed(content: bytes, at: int, bit: int) -> None:
    changed = bytearray(SEAL.close(content, b"here"))
    changed[at % len(changed)] ^= 1 << bit
    with pytest.raises(SealBroken):
        SEAL.open(bytes(changed), b"here")


@given(keep=st.integers(0, 60))
def test_sealed_content_does_not_open_when_it_was_cut_short(keep: int) -> None:
    with pytest.raises(SealBroken):
        SEAL.open(SEAL.close(b"content", b"here")[:keep], b"here")


def test_sealed_content_does_not_open_at_another_place() -> None:
    with pytest.raises(SealBroken):
        SEAL.open(SEAL.close(b"content", b"here"), b"there")


def test_sealed_content_does_not_open_under_another_key() -> None:
    with pytest.raises(SealBroken):
        Seal(b"\1" * KEY_BYTES).open(SEAL.close(b"content", b"here"), b"here")


def test_the_same_content_never_looks_the_same_twice() -> None:
    assert SEAL.close(b"content", b"here") != SEAL.close(b"content", b"here")


@given(one=st.integers(1, PADDED_TO), other=st.integers(1, PADDED_TO))
def test_lengths_tell_nothing_within_one_padding(one: int, other: int) -> None:
    assert len(SEAL.close(b"x" * one, b"")) == len(SEAL.close(b"x" * other, b""))


@given(one=st.tuples(names, names), other=st.tuples(names, names))
def test_rows_share_a_name_only_when_profile_and_origin_are_the_same(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert (SEAL.row_id(*one) == SEAL.row_id(*other)) == (one == other)


def test_what_this_version_wrote_is_what_every_later_one_reads() -> None:
    seal = Seal(bytes(range(KEY_BYTES)))
    assert seal.row_id("profile", "https://a.example").hex() == (
        "237879eeff92103e611789e94f3c048c6a46313719d8141304c4f36662135058"
    )
    assert seal.open(bytes.fromhex(SEALED), b"here").rstrip() == b"content"


def test_row_names_depend_on_the_key() -> None:
    assert SEAL.row_id("p", "o") != Seal(b"\1" * KEY_BYTES).row_id("p", "o")


def test_a_profile_with_a_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        SEAL.row_id("a\0b", "c")


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Seal(b"short")
