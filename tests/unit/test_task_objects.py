"""Objects of tasks count in what their origin has open and holds, as sessions do."""

from __future__ import annotations

import pytest

from windowsill.errors import UnknownError
from windowsill.grants import Asker
from windowsill.holdings import CALL_BYTES, PLACE_BYTES, SESSION_BYTES, TURN_BYTES, Holding
from windowsill.protocol import LanguageDetectorOptions
from windowsill.sessions import Session, Sessions
from windowsill.settings import SESSIONS_PER_ORIGIN
from windowsill.task_objects import TaskObject

OWN = SESSION_BYTES + PLACE_BYTES + CALL_BYTES + TURN_BYTES


def made(id: int = 1, *, client: int = 1, origin: str = "https://a.example", shared: str = "") -> TaskObject:
    asker = Asker(profile="p", origin=origin, client=client, incognito=False)
    return TaskObject(id, asker, LanguageDetectorOptions(), shared, None)


def test_object_counts_with_its_shared_context_until_it_is_closed() -> None:
    holding, one = Holding(), made(shared="x" * 1000)
    one.opened(holding)
    assert (holding.sessions, holding.bytes >= OWN + 1000) == (1, True)
    one.closed()
    assert (holding.sessions, holding.bytes) == (0, 0)


def test_object_that_was_never_opened_or_is_closed_twice_counts_nowhere() -> None:
    holding, one = Holding(), made()
    one.closed()
    one.opened(holding)
    one.closed()
    one.closed()
    assert (holding.sessions, holding.bytes) == (0, 0)


def test_of_ten_thousand_objects_only_so_many_are_open_and_closing_one_makes_room_for_one() -> None:
    sessions = Sessions()
    refused = 0
    for number in range(1, 10_001):
        try:
            sessions.open(made(number, client=number % 7))
        except UnknownError:
            refused += 1
    assert (len(sessions), refused) == (SESSIONS_PER_ORIGIN, 10_000 - SESSIONS_PER_ORIGIN)
    sessions.open(made(client=1, origin="https://b.example"))
    sessions.close(1, 1)
    sessions.open(made(10_001))
    with pytest.raises(UnknownError, match="too many"):
        sessions.open(made(10_002))


def test_object_is_found_as_what_it_is_only() -> None:
    sessions, one = Sessions(), made()
    sessions.open(one)
    assert sessions.get(1, 1, TaskObject) is one
    with pytest.raises(UnknownError):
        sessions.get(1, 1, Session)
