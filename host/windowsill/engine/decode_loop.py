"""The thread that a model lives in: it loads the model, does its steps, and unloads it.

Rules this file keeps: everything reaches the thread as a command in its queue; without work it sleeps; whatever it does
is watched, so that ``stuck`` tells when it will never end; whatever happens in it, ``closed`` is done in the end.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from queue import SimpleQueue

from windowsill.engine.commands import Close, Command, Ended, Event, Look, Seen, Start
from windowsill.engine.compute import Runner, TooLarge
from windowsill.engine.counters import Counters
from windowsill.engine.steps import Steps
from windowsill.engine.thread_watch import Task, ThreadWatch
from windowsill.errors import OperationError, WindowsillError

logger = logging.getLogger(__name__)


class DecodeLoop:
    """``open_runner`` runs in the thread; ``publish`` is called from it, and must not block. ``size``: bytes of the
    model's file."""

    def __init__(
        self,
        open_runner: Callable[[], Runner],
        publish: Callable[[list[Event]], None],
        counters: Counters,
        *,
        size: int,
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
        self._watch = ThreadWatch(size)
        self.loaded: Future[Runner] = Future()
        """The runner, once it is open, or the TooLarge or WindowsillError that kept it from that."""
        self.closed: Future[None] = Future()
        """Done when the thread has unloaded the model, or never loaded it; nothing is obeyed any more."""

    @property
    def stuck(self) -> bool:
        """Whether what the thread is at will never end."""
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

    @contextmanager
    def _watched(self, task: Task) -> Iterator[None]:
        self._watch.began(task, self._clock())
        try:
            yield
        finally:
            self._watch.ended(self._clock())

    def _load(self) -> Runner | None:
        try:
            with self._watched(Task.LOAD):
                runner = self._open_runner()
        except (TooLarge, WindowsillError) as error:
            self.loaded.set_exception(error)
        except Exception as error:
            logger.exception("the model could not be loaded")
            self.loaded.set_exception(OperationError("The model could not be loaded.", detail=repr(error)))
        else:
            self._watch.batch_tokens = runner.batch_tokens
            self.loaded.set_result(runner)
            return runner
        return None

    def _work(self, runner: Runner) -> None:
        steps = Steps(runner, self._publish, self._counters, self._clock)
        commands = self._commands
        try:
            while not steps.closed:
                while not commands.empty():
                    self._obey(steps, commands.get())
                self._watch.began(Task.STEP, self._clock())
                worked = steps.step()
                self._watch.ended(self._clock(), worked=worked)
                if not worked and not steps.closed:
                    self._obey(steps, commands.get())
        except BaseException:  # a panic in a library of ours is no Exception
            logger.exception("the decode loop broke; its sequences fail and its model is to be replaced")
            self._fail_all(steps)
            self._refuse_until_closed()
        else:
            self._fail_all(steps)
        with self._watched(Task.COMMAND):
            runner.close()

    def _obey(self, steps: Steps, command: Command) -> None:
        with self._watched(Task.COMMAND):
            steps.obey(command)

    def _fail_all(self, steps: Steps) -> None:
        self.open = False
        with self._watched(Task.COMMAND):
            steps.fail_all()

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
