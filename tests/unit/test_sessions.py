"""Usage is arithmetic; the oldest call gives way; what is pinned never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from windowsill import sessions as module
from windowsill.engine_protocol import ModelRef, Turn
from windowsill.errors import QuotaExceededError, UnknownError
from windowsill.grants import Asker
from windowsill.sessions import Session, Sessions
from windowsill.settings import RESERVED_ANSWER_TOKENS
from windowsill.tasks.sampling import SAMPLING_MODES

MODEL = ModelRef(path="/model.gguf", version="1")


SITE = "https://a.example"


def asker(client: int = 1, origin: str = SITE, *, incognito: bool = False) -> Asker:
    return Asker(profile="p", origin=origin, client=client, incognito=incognito)


def session(window: int = 100, *, id: int = 1, client: int = 1, whose: Asker | None = None) -> Session:
    return Session(id, whose or asker(client), MODEL, window, SAMPLING_MODES["balanced"])


def user(text: str) -> Turn:
    return Turn(role="user", content=text)


def system(text: str) -> Turn:
    return Turn(role="system", content=text)


def contents(one: Session) -> list[str]:
    return [turn.content for turn in one.turns]


def test_a_new_session_uses_nothing() -> None:
    one = session()
    assert (one.context_usage, one.room, one.turns) == (0, 100, ())


def test_pinning_no_initial_prompts_leaves_the_usage_at_0() -> None:
    one = session()
    one.pin((), 0)
    assert one.context_usage == 0
    assert not one.evict()


def test_usage_is_the_sum_of_all_calls() -> None:
    one = session()
    one.pin((system("s"),), 10)
    one.add((user("a"), user("b")), (5, 7))
    one.add((user("c"),), (1,))
    assert one.context_usage == 23
    assert contents(one) == ["s", "a", "b", "c"]


def test_initial_prompts_over_the_window_are_refused_with_their_size_and_the_window() -> None:
    one = session(20)
    with pytest.raises(QuotaExceededError) as refusal:
        one.pin((system("s"), user("u")), 21)
    assert (refusal.value.requested, refusal.value.quota) == (21, 20)
    assert one.context_usage == 0


def test_initial_prompts_may_fill_the_window_to_the_last_token() -> None:
    one = session(20)
    one.pin((system("s"),), 20)
    assert one.room == 0


def test_eviction_drops_the_oldest_call_whole_and_nothing_pinned() -> None:
    one = session(30)
    one.pin((system("pinned"),), 5)
    one.add((user("old 1"), user("old 2")), (5, 5))
    one.add((user("new"),), (10,))
    assert one.make_room(10, answer=False)
    assert contents(one) == ["pinned", "new"]
    assert one.context_usage == 15


def test_eviction_stops_as_soon_as_the_input_fits() -> None:
    one = session(30)
    for name in ("a", "b", "c"):
        one.add((user(name),), (10,))
    assert one.make_room(10, answer=False)
    assert contents(one) == ["b", "c"]


def test_nothing_is_evicted_when_the_input_fits() -> None:
    one = session(30)
    one.add((user("a"),), (10,))
    assert not one.make_room(20, answer=False)
    assert contents(one) == ["a"]


def test_a_system_message_that_came_later_stays_when_its_call_is_evicted() -> None:
    one = session(30)
    one.add((system("rules"), user("question")), (5, 10))
    one.add((user("next"),), (10,))
    assert one.make_room(15, answer=False)
    assert contents(one) == ["rules", "next"]
    assert one.make_room(25, answer=False)
    assert contents(one) == ["rules"]
    assert not one.evict()


def test_an_input_that_cannot_fit_is_refused_and_evicts_nothing() -> None:
    one = session(30)
    one.pin((system("pinned"),), 20)
    one.add((user("old"),), (5,))
    with pytest.raises(QuotaExceededError) as refusal:
        one.make_room(15, answer=False)
    assert (refusal.value.requested, refusal.value.quota) == (35, 30)
    assert contents(one) == ["pinned", "old"]


def test_a_prompt_that_leaves_no_token_for_an_answer_is_refused_with_at_least_the_quota() -> None:
    one = session(30)
    with pytest.raises(QuotaExceededError) as refusal:
        one.make_room(30, answer=True)
    assert (refusal.value.requested, refusal.value.quota) == (30, 30)
    assert not one.make_room(29, answer=True)


def test_room_for_an_answer_is_kept_but_no_more_than_a_quarter_of_the_window() -> None:
    small = session(40)
    small.add((user("a"),), (20,))
    assert not small.make_room(10, answer=True)
    assert small.make_room(11, answer=True)
    large = session(RESERVED_ANSWER_TOKENS * 8)
    large.add((user("a"),), (RESERVED_ANSWER_TOKENS * 7 - 1,))
    assert not large.make_room(1, answer=True)
    assert large.make_room(2, answer=True)


def test_a_copy_has_the_same_history_and_goes_its_own_way() -> None:
    one = session(100)
    one.add((user("shared"),), (10,))
    twin = one.copy(2)
    assert (twin.id, twin.context_usage, twin.context_window) == (2, 10, 100)
    assert (twin.asker, twin.model, twin.sampling) == (one.asker, one.model, one.sampling)
    twin.add((user("twin's"),), (5,))
    one.evict()
    assert contents(one) == []
    assert contents(twin) == ["shared", "twin's"]


calls = st.lists(st.tuples(st.sampled_from(["user", "system"]), st.integers(0, 40), st.booleans()), max_size=30)


@given(window=st.integers(1, 100), pinned=st.integers(0, 100), calls=calls)
def test_usage_never_exceeds_the_window_after_room_was_made(
    window: int, pinned: int, calls: list[tuple[str, int, bool]]
) -> None:
    one = session(window)
    kept: list[Turn] = []
    if pinned <= window:
        kept.append(system("initial"))
        one.pin(kept, pinned)
    for number, (role, size, answer) in enumerate(calls):
        turn = system(f"{number}") if role == "system" else user(f"{number}")
        before = one.turns
        try:
            one.make_room(size, answer=answer)
        except QuotaExceededError:
            assert one.turns == before
            continue
        assert one.context_usage + size + answer <= window
        assert one.turns == tuple(t for t in before if t in one.turns), "the order is kept"
        one.add((turn,), (size,))
        if role == "system":
            kept.append(turn)
        assert set(kept) <= set(one.turns)


def test_a_session_is_found_only_by_its_own_client() -> None:
    sessions = Sessions()
    one = session()
    sessions.open(one)
    assert sessions.get(1, 1, Session) is one
    with pytest.raises(UnknownError, match="lost"):
        sessions.get(2, 1, Session)


def test_closing_forgets_one_session_or_all_of_a_client() -> None:
    sessions = Sessions()
    for number, client in ((1, 1), (2, 1), (1, 2)):
        sessions.open(session(id=number, client=client))
    sessions.close(1, 1)
    sessions.close(1, 1)
    assert {(each.asker.client, each.id) for each in sessions} == {(1, 2), (2, 1)}
    sessions.close_client(1)
    assert {(each.asker.client, each.id) for each in sessions} == {(2, 1)}
    sessions.close_client(2)
    assert not sessions


def test_all_documents_of_an_origin_cannot_open_sessions_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SESSIONS_PER_ORIGIN", 4)
    sessions = Sessions()
    for number in range(4):
        sessions.open(session(id=number + 1, client=number % 2 + 1))
    with pytest.raises(UnknownError, match="too many"):
        sessions.open(session(client=3))
    for other in (asker(4, "https://b.example"), asker(5, incognito=True)):
        sessions.open(session(whose=other))
    sessions.close(1, 1)
    sessions.open(session(client=3))


def test_a_number_that_is_used_again_is_another_session_in_the_place_of_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "SESSIONS_PER_ORIGIN", 2)
    sessions = Sessions()
    for _ in range(3):
        sessions.open(session(id=1))
    sessions.close_client(1)
    for number in (1, 2):
        sessions.open(session(id=number))


def test_sessions_that_hold_too_much_take_no_more_until_some_is_destroyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SESSION_BYTES_PER_ORIGIN", 100_000)
    sessions = Sessions()
    for client in (1, 2):
        one = session(client=client)
        sessions.open(one)
        sessions.admit(one.asker)
        one.add((user("x" * 50_000),), (1,))
    for refused in (sessions.admit, lambda whose: sessions.open(session(whose=whose))):
        with pytest.raises(UnknownError, match="too much"):
            refused(asker(3))
    sessions.admit(asker(3, "https://b.example"))
    sessions.close_client(2)
    sessions.admit(asker(3))


def test_what_clones_share_counts_once_and_as_long_as_one_of_them_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SESSION_BYTES_PER_ORIGIN", 200_000)
    sessions = Sessions()
    first = session()
    first.add((user("x" * 180_000),), (1,))
    sessions.open(first)
    sessions.open(first.copy(2))
    sessions.close(1, 1)
    sessions.admit(first.asker)
    sessions.open(session(id=3))
    sessions.get(1, 3, Session).add((user("y" * 20_000),), (1,))
    with pytest.raises(UnknownError, match="too much"):
        sessions.admit(first.asker)
    sessions.get(1, 2, Session).evict()
    sessions.admit(first.asker)


def test_a_call_that_ends_after_its_session_counts_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SESSION_BYTES_PER_ORIGIN", 10_000)
    sessions = Sessions()
    late = session()
    sessions.open(late)
    sessions.open(session(id=2))
    sessions.close(1, 1)
    late.add((user("x" * 10_000),), (1,))
    sessions.admit(late.asker)
