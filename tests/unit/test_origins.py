"""What people type becomes what the browser compares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill.origins import OriginError, serialized


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://example.com", "https://example.com"),
        ("  https://Example.COM/ ", "https://example.com"),
        ("HTTPS://example.com:443", "https://example.com"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("chrome-extension://bhphcjnaobhcpjcmnomcmjomecjenofe/", "chrome-extension://bhphcjnaobhcpjcmnomcmjomecjenofe"),
    ],
)
def test_an_origin_is_spelled_as_the_browser_spells_it(typed: str, origin: str) -> None:
    assert serialized(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "example.com",
        "null",
        "*",
        "https://",
        "https://*.example.com",
        "https://bücher.example",
        "https://example.com/path",
        "https://example.com?query",
        "https://user@example.com",
        "https://example.com:99999",
        "https://exa mple.com",
        "file:///tmp/page.html",
        "data:text/html,x",
        "https://[::1",
    ],
)
def test_what_is_no_origin_or_more_than_one_is_refused(typed: str) -> None:
    with pytest.raises(OriginError):
        serialized(typed)


@given(st.text())
def test_any_text_is_refused_or_spelled_so_that_spelling_it_again_changes_nothing(text: str) -> None:
    try:
        origin = serialized(text)
    except OriginError:
        return
    assert serialized(origin) == origin
