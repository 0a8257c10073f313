"""A Chromium whose permissions policies do not know the feature: it is left to the top and frames of its origin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.desk import Desk, set_up
from support.framed import NO, YES, show, source


@pytest.fixture(scope="module")
def unknowing() -> Iterator[Desk]:
    """Every origin here has a grant."""
    with set_up(switches=["--disable-features=AIPromptAPI"]) as made:
        made.allow("www")
        made.allow("other")
        page = made.page()
        assert page.evaluate("() => document.featurePolicy.features().includes('language-model')") is False
        yield made


def test_frames_of_the_page_s_origin_may_and_no_others_whatever_allows_them(unknowing: Desk) -> None:
    other = source(unknowing)
    assert show(unknowing, "src='/'", "", "srcdoc=here", other, f"allow=language-model {other}") == [YES] * 4 + [NO] * 2


def test_frame_of_the_page_s_origin_inside_of_another_may_not(unknowing: Desk) -> None:
    show(unknowing, source(unknowing, name="www"), path="/middle", name="other")
    assert show(unknowing, source(unknowing, "/middle")) == [YES, NO, NO]


def test_sandboxed_frame_may_not(unknowing: Desk) -> None:
    assert show(unknowing, "sandbox=allow-scripts src='/'") == [YES, NO]
