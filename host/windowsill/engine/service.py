"""The Engine's front: requests of all connected Hosts, from their first word to their terminal event.

Rules this file keeps: every request ends with exactly one terminal event; a lost connection cancels what came over
it; without requests for ``idle_seconds``, or drained and done, the Engine leaves. It remembers no session. A paused
answer keeps no model from making way: it is set aside, and goes on where it stopped when its reader does.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

import anyio
import anyio.abc
import anyio.to_thread
from anyio.lowlevel import checkpoint_if_cancelled
from msgspec import structs

from windowsill import __version__
from windowsill.engine import bounds, stats
from windowsill.engine.connection import Connection, ProtocolViolation
from windowsill.engine.counters import Counters
from windowsill.engine.decode_loop import DecodeLoop
from windowsill.engine.delivery import Delivery, answer_turn
from windowsill.engine.keeper import ModelKeeper
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine.model import Model, OpenRunner
from windowsill.engine.prompt_queue import PromptQueue, characters
from windowsill.engine.request import STOPPED, Request, Work
from windowsill.engine.watchdog import Alarm, Watchdog
from windowsill.engine_protocol import (
    ENGINE_PROTOCOL,
    Cancel,
    Count,
    Describe,
    Described,
    Drain,
    EngineHears,
    EngineSays,
    EngineWelcome,
    Failed,
    Finished,
    ForgetPrivate,
    Generate,
    GetStats,
    Go,
    Pause,
    Stop,
    Text,
    Visible,
)
from windowsill.errors import OperationError, UnknownError, WindowsillError

logger = logging.getLogger(__name__)


class Service:
    """``owner``: user id that may connect; ``on_listening`` is called when Hosts can connect; ``alarm``: see
    ``Watchdog``.

    ``welcome`` is what they hear first; it may be replaced until ``on_listening`` returns.
    """

    def __init__(
        self,
        socket: LocalSocket,
        open_runner: OpenRunner,
        *,
        idle_seconds: float,
        owner: int,
        on_listening: Callable[[], None],
        alarm: Alarm,
    ) -> None:
        self.welcome = EngineWelcome(protocol=ENGINE_PROTOCOL, version=__version__, readable=(), unconfined=())
        self._socket = socket
        self._idle_seconds = idle_seconds
        self._owner = owner
        self._on_listening = on_listening
        self._counters = Counters()
        self._prompts = PromptQueue()
        self._threads: set[DecodeLoop] = set()
        self._watchdog = Watchdog(self._threads, alarm)
        self._keeper = ModelKeeper(
            lambda ref: Model.load(ref, open_runner, self._counters, self._threads),
            idle_seconds=bounds.MODEL_IDLE_SECONDS,
        )
        self._connections: dict[Connection, dict[int, Request]] = {}
        self._private: dict[Connection, set[str]] = {}
        self._under_way: set[Request] = set()
        self._draining = False
        self._leaving = asyncio.Event()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._loop = asyncio.get_running_loop()
        self._idle_timer = self._loop.call_later(idle_seconds, self._leaving.set)

    @property
    def loading(self) -> bool:
        """Whether a model is being loaded, which nothing can interrupt."""
        return self._keeper.loading

    def leave(self) -> None:
        """End everything, soon."""
        self._leaving.set()

    async def run(self) -> None:
        """Serve until it is time to leave."""
        async with anyio.create_task_group() as self._tasks:
            self._server = await self._loop.create_unix_server(
                lambda: Connection(self, self._owner), sock=self._socket.socket
            )
            self._on_listening()
            self._tasks.start_soon(self._watchdog.run)
            await self._leaving.wait()
            self._stop_listening()
            for request in self._under_way:
                request.cancel()
            await self._quiet.wait()
            self._idle_timer.cancel()
            self._watchdog.work()  # Leaving is some, to the end of the process.
            for connection in list(self._connections):
                connection.close()
            if not self._keeper.loading:
                # Watched to the end, as unloading may hang, too.
                await self._keeper.close()
            self._tasks.cancel_scope.cancel()

    # -- connections

    def heard(self, connection: Connection, message: EngineHears) -> None:
        """See ``connection.Hub``."""
        requests = self._connections.setdefault(connection, {})
        if self._leaving.is_set():
            return  # The Host asks the next Engine, as this connection is closed soon.
        match message:
            case Describe() | Count() | Generate():
                self._accept(connection, message)
            case Cancel(id=number) if number in requests:
                requests[number].cancel()
            case Pause(id=number) | Go(id=number) if number in requests:
                requests[number].pause(paused=isinstance(message, Pause))
            case Visible(id=number, visible=visible) if number in requests:
                requests[number].show(visible=visible)
            case ForgetPrivate():
                self._forget(self._private.get(connection, ()))
            case Stop(origin=origin):
                for request in self._under_way:
                    if isinstance(request.work, Generate) and request.work.origin == origin:
                        request.stop()
            case GetStats(id=number):
                self._tasks.start_soon(self._tell_stats, connection, number)
            case Drain():
                self._drain()

    def fullness_changed(self, connection: Connection) -> None:
        """See ``connection.Hub``."""
        for request in self._connections.get(connection, {}).values():
            request.hold()

    def lost(self, connection: Connection) -> None:
        """See ``connection.Hub``."""
        for request in self._connections.pop(connection, {}).values():
            request.cancel()
        self._forget(self._private.pop(connection, ()))

    def _forget(self, partitions: Iterable[str]) -> None:
        for partition in partitions:
            for model in self._keeper.loaded:
                model.forget(partition)

    # -- requests

    def _accept(self, connection: Connection, work: Work) -> None:
        requests = self._connections[connection]
        if work.id in requests:
            raise ProtocolViolation(f"request {work.id} is under way already")
        request = requests[work.id] = Request(connection, work)
        if isinstance(work, Generate) and work.private:
            self._private.setdefault(connection, set()).add(work.partition)
        self._under_way.add(request)
        self._wake()
        self._tasks.start_soon(self._serve, request)

    async def _serve(self, request: Request) -> None:
        number = request.work.id
        terminal: EngineSays = Finished(
            id=number, reason="cancelled", prompt_tokens=0, cached_tokens=0, completion_tokens=0, answer_tokens=0
        )
        try:
            with request.scope:
                terminal = await self._complete(request)
        except WindowsillError as error:
            logger.info("request %d failed: %s", number, error.detail)
            terminal = Failed(id=number, error=error.to_wire(), detail=error.detail)
        except Exception as error:
            logger.exception("request %d failed", number)
            terminal = Failed(id=number, error=UnknownError("The model failed.").to_wire(), detail=repr(error))
        if request.stopped and isinstance(terminal, Finished) and terminal.reason == "cancelled":
            terminal = Failed(id=number, error=STOPPED.to_wire(), detail=STOPPED.detail)
        self._connections.get(request.connection, {}).pop(number, None)
        self._under_way.discard(request)
        request.connection.send(terminal)
        self._rest()

    async def _complete(self, request: Request) -> EngineSays:
        while True:
            request.in_the_way = False
            async with self._keeper.use(request.work.model, request.make_way) as model:
                terminal = await self._compute(request, model)
            if terminal is not None:
                return terminal
            await request.readable.wait()

    async def _compute(self, request: Request, model: Model) -> EngineSays | None:
        """Its terminal event; None when it was set aside."""
        match request.work:
            case Describe(id=number):
                return Described(
                    id=number,
                    name=model.name,
                    context_window=model.context_window,
                    vocabulary=model.vocabulary,
                    device=model.device,
                )
            case Count(turns=turns, tools=tools):
                work = request.work
                await model.ready_for(work)
                return await self._prompts.read(request, characters(turns, tools), lambda: model.count(work))
            case Generate():
                return await self._generate(request, request.work, model)

    async def _generate(self, request: Request, work: Generate, model: Model) -> Finished | None:
        connection = request.connection
        await model.ready_for(work)
        size = characters(work.turns, work.tools) + len(work.resume)
        prompt = await self._prompts.read(request, size, lambda: model.prompt(work))
        # A cancellation that came while a thread worked counts; from here on it is the answer that is cancelled.
        await checkpoint_if_cancelled()
        shown = structs.replace(work, visible=request.visible)
        told = Delivery(prompt.calls, lambda text: connection.send(Text(id=work.id, text=text)))
        answer = model.start(shown, prompt, told.push)
        request.begun(answer)
        ended = await answer.ended
        if ended.reason == "failed":
            raise ended.error or OperationError("The model could not go on with its answer.")
        calls = told.finish() if ended.reason == "stop" else ()
        text = work.resume + told.text
        if ended.reason == "cancelled" and request.set_aside:
            request.set_aside = False
            request.answer = None
            request.work = structs.replace(work, resume=text)
            return None
        # Out of turn: it is no longer than a context window, and the slot that it came from is free already.
        (answer_tokens,) = await anyio.to_thread.run_sync(model.turn_tokens, (answer_turn(text, calls),))
        return Finished(
            id=work.id,
            reason=ended.reason,
            prompt_tokens=len(prompt.tokens),
            cached_tokens=ended.cached,
            completion_tokens=ended.tokens,
            answer_tokens=answer_tokens,
            calls=calls,
        )

    async def _tell_stats(self, connection: Connection, number: int) -> None:
        connection.send(await stats.collect(number, self._keeper.loaded, self._under_way, self._counters))

    # -- coming and going

    def _wake(self) -> None:
        self._quiet.clear()
        self._watchdog.work()
        self._idle_timer.cancel()

    def _rest(self) -> None:
        """If no request is left: leave when drained, later otherwise."""
        if self._under_way:
            return
        self._quiet.set()
        self._watchdog.rest()
        if self._draining:
            self._leaving.set()
        self._idle_timer.cancel()
        self._idle_timer = self._loop.call_later(self._idle_seconds, self._leaving.set)

    def _drain(self) -> None:
        self._draining = True
        self._stop_listening()
        self._rest()

    def _stop_listening(self) -> None:
        self._socket.unlink()
        self._server.close()
