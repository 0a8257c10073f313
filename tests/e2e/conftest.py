from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from support.desk import PATIENCE, Desk, set_up

expect.set_options(timeout=PATIENCE)


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A fresh home and browser with the built-in model; no origin has a grant."""
    with set_up() as made:
        yield made


@pytest.fixture(scope="module")
def shared_desk() -> Iterator[Desk]:
    """One for a module whose tests leave nothing behind; the origin ``www`` has a grant."""
    with set_up() as made:
        made.allow()
        yield made


@pytest.fixture
def page(shared_desk: Desk) -> Iterator[Page]:
    """A page of the origin that has a grant."""
    made = shared_desk.page()
    yield made
    made.close()
