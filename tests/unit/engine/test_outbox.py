"""What the decode thread tells, and when."""

from __future__ import annotations

from support.fake_runner import FakeRunner, FakeSampler, prompt, says
from support.step_bench import Ticks, start
from windowsill.engine import bounds
from windowsill.engine.commands import Ended, Event, TextReady
from windowsill.engine.outbox import Outbox
from windowsill.engine.sequence import Sequence
from windowsill.engine.stream import Stream


class Desk:
    """An outbox of two streams, on a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.rounds: list[list[Event]] = []
        self.clock = Ticks(0.0)
        self.streams = {key: stream(key) for key in (1, 2)}
        self.outbox = Outbox(self.rounds.append, self.clock, self.streams)

    def told(self) -> list[Event]:
        """What was told since the last time, all at once."""
        events = [event for events in self.rounds for event in events]
        assert len(self.rounds) == bool(events), "each round wakes other processes"
        self.rounds.clear()
        return events


def stream(key: int) -> Stream:
    sampler = FakeSampler(FakeRunner(says("")))
    return Stream(start(key), Sequence(key, "a", prompt("Hi"), visible=True), sampler, frozenset())


def test_first_text_goes_at_once_and_later_text_when_it_is_due() -> None:
    desk = Desk()
    desk.streams[1].unsent = "one"
    desk.outbox.send_due()
    assert desk.told() == [TextReady(1, "one")]
    desk.streams[1].unsent = "more"
    desk.outbox.send_due()
    assert desk.told() == []
    desk.clock.now += bounds.ENGINE_JOIN_SECONDS
    desk.outbox.send_due()
    assert desk.told() == [TextReady(1, "more")]


def test_all_text_goes_before_what_takes_long() -> None:
    desk = Desk()
    for text in ("one", "more"):
        for each in desk.streams.values():
            each.unsent = text
        desk.outbox.send_all()
        assert desk.told() == [TextReady(1, text), TextReady(2, text)]


def test_what_is_added_goes_first_and_with_the_next_publication() -> None:
    desk = Desk()
    desk.outbox.add(Ended(3, "stop", 1))
    desk.streams[2].unsent = "text"
    assert desk.told() == []
    desk.outbox.send_due()
    assert desk.told() == [Ended(3, "stop", 1), TextReady(2, "text")]
    desk.outbox.add(Ended(2, "stop", 1))
    desk.outbox.send()
    assert desk.told() == [Ended(2, "stop", 1)]
    desk.outbox.send()
    assert desk.told() == []
