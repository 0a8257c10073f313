"""Who is told that a document came on screen or left it."""

from __future__ import annotations

from windowsill.visibility import Visibilities, Visibility


class Work:
    def __init__(self) -> None:
        self.told: list[bool] = []

    def show(self, *, visible: bool) -> None:
        self.told.append(visible)


def test_work_is_told_how_it_is_and_what_changes_until_it_is_over() -> None:
    visibility, work = Visibility(visible=False), Work()
    with visibility.followed(work):
        visibility.change(visible=True)
    visibility.change(visible=False)
    assert work.told == [False, True]


def test_documents_are_told_apart() -> None:
    visibilities = Visibilities()
    one, other = visibilities.asked(1, visible=True), visibilities.asked(2, visible=True)
    visibilities.changed(1, visible=False)
    assert (one.visible, other.visible) == (False, True)


def test_what_a_document_says_as_it_asks_holds_for_all_its_work() -> None:
    visibilities, work = Visibilities(), Work()
    with visibilities.asked(1, visible=True).followed(work):
        assert visibilities.asked(1, visible=False) is visibilities.asked(1, visible=False)
    assert work.told[0] is True
    assert work.told[-1] is False


def test_document_that_is_gone_is_forgotten() -> None:
    visibilities = Visibilities()
    before = visibilities.asked(1, visible=True)
    visibilities.forget(1)
    visibilities.changed(1, visible=False)
    assert before.visible
    assert visibilities.asked(1, visible=True) is not before
