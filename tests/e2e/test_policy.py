"""Who may call is the permissions policy's to say: headers, `allow` and ancestors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.desk import Desk, set_up
from support.framed import NO, YES, show, source


@pytest.fixture(scope="module")
def sites() -> Iterator[Desk]:
    """Every origin here has a grant, so that only the policy refuses."""
    with set_up() as made:
        made.allow("www")
        made.allow("other")
        yield made


def test_frame_of_the_same_origin_may_and_one_of_another_only_where_it_is_allowed(sites: Desk) -> None:
    other = source(sites)
    assert show(sites, "src='/'", other, f"allow=language-model {other}") == [YES, YES, NO, YES]


def test_allow_attribute_takes_it_from_any_frame(sites: Desk) -> None:
    none = "allow=\"language-model 'none'\""
    assert show(sites, f"{none} src='/'", f"{none} srcdoc=here", none) == [YES, NO, NO, NO]


def test_header_takes_it_from_the_document_and_from_all_its_frames(sites: Desk) -> None:
    frames = ["src='/'", "srcdoc=here", f"allow=language-model {source(sites)}"]
    assert show(sites, *frames, permissions_policy="language-model=()") == [NO, NO, NO, NO]


def test_header_that_names_no_other_origin_leaves_nothing_to_allow(sites: Desk) -> None:
    frames = ["src='/'", f"allow=language-model {source(sites)}"]
    assert show(sites, *frames, permissions_policy="language-model=(self)") == [YES, YES, NO]


def test_header_that_names_an_origin_still_leaves_it_to_the_frame(sites: Desk) -> None:
    policy = f'language-model=(self "{sites.site.origin("other")}")'
    other = source(sites)
    assert show(sites, other, f"allow=language-model {other}", permissions_policy=policy) == [YES, NO, YES]


def test_frame_of_the_page_s_own_origin_inside_of_another_needs_both_to_be_allowed(sites: Desk) -> None:
    home = source(sites, name="www")
    show(sites, home, f"allow=language-model {home}", path="/middle", name="other")
    middle = source(sites, "/middle")
    assert show(sites, middle) == [YES, NO, NO, NO]
    assert show(sites, f"allow=language-model {middle}") == [YES, YES, NO, YES]


def test_empty_frames_of_another_origin_have_what_it_has(sites: Desk) -> None:
    show(sites, "srcdoc=here", "", path="/middle", name="other")
    middle = source(sites, "/middle")
    assert show(sites, middle) == [YES, NO, NO, NO]
    assert show(sites, f"allow=language-model {middle}") == [YES, YES, YES, YES]


def test_opaque_origins_get_nothing_whatever_allows_them(sites: Desk) -> None:
    boxed = "sandbox=allow-scripts allow=language-model"
    own = "sandbox='allow-scripts allow-same-origin'"
    assert show(sites, f"{boxed} src='/'", f"{boxed} srcdoc=here", f"{own} src='/'") == [YES, NO, NO, YES]
    assert show(sites, path="/sandboxed", content_security_policy="sandbox allow-scripts") == [NO]
