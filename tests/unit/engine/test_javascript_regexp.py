"""JavaScript's regular expressions in Rust's syntax. Python's ``re`` reads most of both, so it can judge."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.engine.javascript_regexp import LONGEST_SOURCE, translate
from windowsill.errors import NotSupportedError


def matches(source: str, flags: str, text: str) -> bool:
    """Whether the translation matches all of ``text``."""
    python = re.sub(r"\\x\{([0-9a-f]+)\}", lambda code: f"\\U{int(code[1], 16):08x}", translate(source, flags))
    return re.fullmatch(python, text) is not None


@pytest.mark.parametrize(
    ("source", "flags", "text"),
    [
        ("", "", ""),
        ("abc", "", "abc"),
        ("^abc$", "", "abc"),
        ("(^a|^b)c$", "m", "bc"),
        ("^yes|no$", "", "no"),
        ("a*?b+?c??", "", "aabbc"),
        (r"\d{3}-\d{4}", "", "555-1234"),
        (r"[\w-.]+@[\w.-]+\.[a-z]{2,}", "i", "Jo-e.x@Mail.EXAMPLE"),
        (r"(?<year>\d{4})(?:-(\d\d)){0,2}", "", "2026-11-22"),
        (r"[\s\S]*", "", "a\n\u2028 \ufeff"),
        (r"[^]", "", "\n"),
        ("[^a-c]", "", "d"),
        (r"\t\n\v\f\r\0\x41\u0042\cJ\/\-\$", "", "\t\n\v\f\r\0AB\n/-$"),
        (r"[\b\-\]]+", "", "\b-]"),
        (r"\u{1F600}\u{41}", "u", "😀A"),
        (r"\uD83D\uDE00", "", "😀"),
        ("a{,3}{", "", "a{,3}{"),
        ("]}", "", "]}"),
        ("a{0}b{2}c{1,}d{0,1}", "", "bbc"),
        ("a||b", "", ""),
        (".", "s", "\n"),
        (".", "u", "😀"),
        ("[^a]{2}", "v", "😀😀"),
        (".*", "", "a😀b"),
        ("(?:a|[^b]|cd)+", "", "😀a😀"),
        ("k", "i", "K"),
        ("σ", "i", "ς"),
        ("k", "iu", "\u212a"),
        ("[a-f]+", "i", "aBcDeF"),
    ],
)
def test_the_translation_matches_what_the_original_matches(source: str, flags: str, text: str) -> None:
    assert matches(source, flags, text)


@pytest.mark.parametrize(
    ("source", "flags", "text"),
    [
        ("a", "", "ba"),
        (".", "", "\u2028"),
        (".", "", "😀"),
        (".{2}", "", "😀😀"),
        ("(?:.x)*", "", "😀x"),
        (r"\d", "", "٣"),
        (r"\w", "", "é"),
        (r"\s", "", "\x85"),
        ("k", "i", "\u212a"),
        ("[^k]", "iu", "\u212a"),
        ("[^k]", "i", "K"),
        (r"\W", "iu", "ſ"),
        ("ß", "i", "SS"),
        ("[^a]", "", "a"),
    ],
)
def test_the_translation_matches_nothing_that_the_original_does_not(source: str, flags: str, text: str) -> None:
    assert not matches(source, flags, text)


@pytest.mark.parametrize(
    ("source", "flags", "reason"),
    [
        ("(?=a)b", "", "it looks ahead or behind"),
        ("(?!a)b", "", "it looks ahead or behind"),
        ("(?<=a)b", "", "it looks ahead or behind"),
        ("(?<!a)b", "", "it looks ahead or behind"),
        (r"\bfoo\b", "", "it looks for word boundaries"),
        (r"\B", "", "it looks for word boundaries"),
        (r"(a)\1", "", "it refers back to a group"),
        (r"(?<n>a)\k<n>", "", "it refers back to a group"),
        ("x^a", "", "^ and $ stand elsewhere than at its ends"),
        ("a$b", "m", "^ and $ stand elsewhere than at its ends"),
        ("(?:^a)*", "", "^ and $ stand elsewhere than at its ends"),
        ("^*", "", "there is nothing to repeat"),
        ("a**", "", "there is nothing to repeat"),
        ("+", "", "there is nothing to repeat"),
        ("a{3,2}", "", "it repeats from more to fewer"),
        ("[z-a]", "", "it has a range from more to less"),
        ("[]", "", "it asks for what is no character"),
        (r"\uD83D", "", "it asks for what is no character"),
        ("😀+", "", "it needs the flag u"),
        ("[😀]", "", "it needs the flag u"),
        ("(", "", "it does not close a group"),
        (")", "", "it closes a group that it did not open"),
        ("(?i:a)", "", "it has a group of an unknown kind"),
        ("[a", "", "it ends too early"),
        ("\\", "", "it ends too early"),
        (r"\01", "", "it has an unknown escape"),
        (r"\u{110000}", "u", "it has an unknown escape"),
        (r"\xg", "", "it has an unknown escape"),
        (r"\a", "u", "it has an unknown escape"),
        (r"\c1", "", "it has an unknown escape"),
        (r"\p{L", "u", "it has a Unicode property that is unknown, or the flag i beside one"),
        (r"\p{Lu}", "iu", "it has a Unicode property that is unknown, or the flag i beside one"),
        ("[[a]&&b]", "v", "it has a class within a class"),
        ("a", "x", "it has an unknown flag"),
        ("(" * 60 + ")" * 60, "", "it has too many groups within groups"),
        ("a" * (LONGEST_SOURCE + 1), "", "it is too long"),
        ("a{1000000}", "", "it matches only very long texts"),
        ("b|((a{1000}){1000}){1000}", "", "it matches only very long texts"),
        ("a{" + "9" * 5000 + "}", "", "it matches only very long texts"),
    ],
)
def test_what_cannot_be_translated_is_not_supported(source: str, flags: str, reason: str) -> None:
    with pytest.raises(
        NotSupportedError, match=f"^{re.escape(f'The regular expression is not supported: {reason}.')}$"
    ):
        translate(source, flags)


@given(st.text(alphabet="ab(|)[]^$\\-{},*+?.:<=!019dwspukx😀", max_size=30), st.sampled_from(["", "i", "u", "v", "s"]))
def test_any_text_is_translated_or_not_supported(source: str, flags: str) -> None:
    try:
        translation = translate(source, flags)
    except NotSupportedError:
        return
    assert translation.isascii()


atoms = st.sampled_from(["a", "b", "K", r"\d", r"\w", "[a-c]", "[^a]", r"[\d_-]", r"\.", "[^\\d]"])
amounts = st.sampled_from(["", "*", "+", "?", "{2}", "{1,3}", "{2,}", "+?"])
sources = st.recursive(
    st.builds("".join, st.lists(st.builds(str.__add__, atoms, amounts), min_size=1, max_size=3)),
    lambda inner: st.builds("({}{}|{}){}".format, inner, inner, inner, amounts),
    max_leaves=6,
)


@given(sources, st.text(alphabet="abcK1_-.é", max_size=6))
def test_where_the_languages_agree_the_translation_changes_nothing(source: str, text: str) -> None:
    assert matches(source, "u", text) == (re.fullmatch(source, text, re.ASCII) is not None)
