"""The thread that a model lives in: it loads the model, does its steps, and unloads it.

Rules this file keeps: everything reaches the thread as a command in its queue; without work it sleeps; whatever
happens in it, ``closed`` is done in the end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue

from windowsill.engine.commands import Close, Command, Ended, Event, Look, Seen, Start
from windowsill.engine.compute import Runner, TooLarge
from windowsill.engine.counters import Counters
from windowsill.engine.step_watch import StepWatch
from windowsill.engine.steps import Steps
from windowsill.errors import OperationError, WindowsillError

logger = logging.getLogger(__name__)


class DecodeLoop:
    """``open_runner`` runs in the thread; ``publish`` is called from it, and must not block."""

    def __init__(
        self,
        open_runner: Callable[[], Runner],
        publish: Callable[[list[Event]], None],
        counters: Counters,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_runner = open_runner
        self._publish = publish
        self._counters = counters
        self._clock = clock
        self._commands: SimpleQueue[Command] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="decode", daemon=True)
        self.open = True
        """Whether sequences can still be begun: not after ``Close``, nor after a bug ended the thread's work."""
        self._watch = StepWatch()
        self.loaded: Future[Runner] = Future()
        """The runner, once it is open, or the TooLarge or WindowsillError that kept it from that."""
        self.closed: Future[None] = Future()
        """Done when the thread has unloaded the model, or never loaded it; nothing is obeyed any more."""

    @property
    def stuck(self) -> bool:
        """Whether the step under way will never end."""
        return self._watch.overdue(self._clock())

    def start(self) -> None:
        """Begin to load the model."""
        self._thread.start()

    def submit(self, command: Command) -> None:
        """Have ``command`` obeyed before the next step. Any thread."""
        self._commands.put(command)

    def _run(self) -> None:
        try:
            runner = self._load()
            if runner is not None:
                self._work(runner)
        finally:
            self.open = False
            self.closed.set_result(None)

    def _load(self) -> Runner | None:
        try:
            runner = self._open_runner()
        except (TooLarge, WindowsillError) as error:
            self.loaded.set_exception(error)
        except Exception as error:
            logger.exception("the model could not be loaded")
            self.loaded.set_exception(OperationError("The model could not be loaded.", detail=repr(error)))
        else:
            self.loaded.set_result(runner)
            return runner
        return None

    def _work(self, runner: Runner) -> None:
        steps = Steps(runner, self._publish, self._counters, self._clock)
        commands = self._commands
        try:
            while not steps.closed:
                while not commands.empty():
                    steps.obey(commands.get())
                self._watch.began(self._clock())
                worked = steps.step()
                self._watch.ended(self._clock(), worked=worked)
                if not worked and not steps.closed:
                    steps.obey(commands.get())
        except BaseException:  # a panic in a library of ours is no Exception
            logger.exception("the decode loop broke; its sequences fail and its model is to be replaced")
            self.open = False
            steps.fail_all()
            self._refuse_until_closed()
        else:
            self.open = False
            steps.fail_all()
        runner.close()

    def _refuse_until_closed(self) -> None:
        """The model stays: worker threads may be reading prompts with its vocabulary until it is closed."""
        while True:
            match self._commands.get():
                case Close():
                    return
                case Start(key=key):
                    self._publish([Ended(key, "failed", 0)])
                case Look():
                    self._publish([Seen({}, 0, 0, 0)])
                case _:
                    """It steers what has ended."""
