"""Steps over a fake runner, done one by one in the test's own thread, with all that they publish."""

from __future__ import annotations

from collections.abc import Callable

from support.fake_runner import prompt
from windowsill.engine.commands import Command, Ended, Event, Seen, Start, TextReady
from windowsill.engine.compute import Runner
from windowsill.engine.constraints import Matcher
from windowsill.engine.counters import Counters
from windowsill.engine.steps import Steps
from windowsill.engine_protocol import Sampling

GREEDY = Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0)
MOST_STEPS = 10_000


def start(
    key: int,
    text: str = "hi",
    *,
    origin: str = "a",
    visible: bool = True,
    max_tokens: int = 100,
    stop: tuple[str, ...] = (),
    instructions: int = 0,
    copies: bool = False,
    partition: str = "",
    matcher: Matcher | None = None,
    last: bool = False,
) -> Start:
    """A sequence that answers ``text``."""
    return Start(
        key=key,
        origin=origin,
        visible=visible,
        prompt=prompt(text),
        sampling=GREEDY,
        stop=stop,
        max_tokens=max_tokens,
        instructions=instructions,
        copies=copies,
        partition=partition,
        matcher=matcher,
        last=last,
    )


class Ticks:
    """A clock that goes on by ``seconds`` with every look."""

    def __init__(self, seconds: float = 1.0) -> None:
        self.now = 100.0
        self.seconds = seconds

    def __call__(self) -> float:
        self.now += self.seconds
        return self.now


class StepBench:
    """``rounds``: what was published, call by call."""

    def __init__(self, runner: Runner, clock: Callable[[], float] | None = None) -> None:
        self.counters = Counters()
        self.rounds: list[list[Event]] = []
        self.steps = Steps(runner, self.rounds.append, self.counters, clock or Ticks())

    @property
    def events(self) -> list[Event]:
        """All that was published."""
        return [event for published in self.rounds for event in published]

    def obey(self, *commands: Command) -> None:
        """Let them take effect, one after the other."""
        for command in commands:
            self.steps.obey(command)

    def run(self) -> None:
        """Step until there is nothing to do."""
        for _ in range(MOST_STEPS):
            if not self.steps.step():
                return
        raise AssertionError("the steps never end")

    def answers(self) -> dict[int, tuple[str, str]]:
        """Text and reason of each sequence that ended."""
        texts: dict[int, str] = {}
        reasons: dict[int, str] = {}
        for event in self.events:
            if isinstance(event, Seen):
                continue
            assert event.key not in reasons, "something came after the end"
            texts.setdefault(event.key, "")
            match event:
                case TextReady(key, text):
                    assert text
                    texts[key] += text
                case Ended(key, reason):
                    reasons[key] = reason
        return {key: (texts[key], reason) for key, reason in reasons.items()}

    def ended(self, key: int) -> Ended:
        """How a sequence ended."""
        return next(event for event in self.events if isinstance(event, Ended) and event.key == key)
