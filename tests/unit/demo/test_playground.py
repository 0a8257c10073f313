from __future__ import annotations

import re
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from windowsill.demo import playground


def served(address: str) -> str:
    with urlopen(address) as answer:  # noqa: S310 - our own address
        assert answer.status == 200
        return str(answer.read(), "utf-8")


def test_the_page_and_all_it_names_are_served() -> None:
    with playground.serving() as origin:
        left, seen = [""], set[str]()
        while left:
            name = left.pop()
            seen.add(name)
            named = set(re.findall(r'(?:href|src)="([^"]+)"|from \'\./([^\']+)\'', served(f"{origin}/{name}")))
            left += {page or module for page, module in named} - seen
    assert seen >= {"", "playground.js", "interfaces.js", "playground.css", "theme.css", "plant.svg"}
    assert seen == {"", *(file.name for file in playground.FOLDER.iterdir() if file.name != "index.html")}


def test_the_page_is_gone_after_the_block() -> None:
    with playground.serving() as origin:
        pass
    with pytest.raises(URLError):
        urlopen(origin)  # noqa: S310 - our own address


def test_address_carries_any_prompt() -> None:
    prompt = 'Is "1 + 1" > 1 & why? äß🌱'
    address = playground.address("http://localhost:1", prompt)
    assert parse_qs(urlsplit(address).query) == {"prompt": [prompt]}
