"""``python -m windowsill.engine``: starts the Engine's one process. Only wiring; the Host starts it.

Rules this file keeps: nothing reaches the standard output, which may be somebody's pipe; the Host's ready pipe gets one
byte when Hosts can connect, and is closed.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from msgspec import structs

from windowsill import device_files, safe_options
from windowsill.engine import ggml_devices, sandbox, starvation
from windowsill.engine.local_socket import LocalSocket
from windowsill.engine.opening import Opener, layout_for
from windowsill.engine.service import Service
from windowsill.engine.watchdog import kernel_alarm
from windowsill.safe_options import Options

logger = logging.getLogger("windowsill.engine")

SWITCH_SECONDS = 0.0005
"""How long the event loop may keep the decode thread from its next step (Python's default is ten times that)."""


def main() -> None:
    """Run until drained, idle or told to leave."""
    arguments = _arguments()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        local_socket = LocalSocket(arguments.socket)
    except OSError as error:
        raise SystemExit(f"the Engine cannot listen: {error}") from error
    interrupted = asyncio.run(_serve(local_socket, arguments))
    logger.info("the Engine leaves")
    if interrupted:
        # llama.cpp is still loading in a thread that nothing can stop; an orderly exit would pull memory from under it.
        logging.shutdown()
        os._exit(0)


async def _serve(local_socket: LocalSocket, arguments: argparse.Namespace) -> bool:
    """True: a load was under way at the end."""

    options = safe_options.from_arguments(arguments)
    ggml_devices.leave_out_unused(options)

    def ready() -> None:
        confinement = sandbox.enter(arguments.readable, devices_to_use(options))
        logger.info("confined: %s", ", ".join(sorted(confinement.in_force)) or "not at all")
        for missing in confinement.missing:
            logger.warning("not confined: %s", missing)
        service.welcome = structs.replace(
            service.welcome, readable=confinement.readable, unconfined=confinement.missing
        )
        logger.info("the Engine listens at %s", arguments.socket)
        os.write(arguments.ready_fd, b"1")
        os.close(arguments.ready_fd)

    service = Service(
        local_socket,
        Opener(threads=arguments.threads, options=options, layout=layout_for(options)).open,
        idle_seconds=arguments.idle_seconds,
        owner=os.getuid(),
        on_listening=ready,
        alarm=kernel_alarm(),
    )
    loop = asyncio.get_running_loop()
    starvation.watch(loop)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.leave)
    try:
        await service.run()
    except* MemoryError as errors:
        starvation.leave(errors)
    return service.loading


def devices_to_use(options: Options) -> tuple[Path, ...]:
    """The device files that the sandbox must leave open, as drivers open them with every context."""
    files = device_files.present() if options.gpu_layers else ()
    return files if files and ggml_devices.any_besides_cpu() else ()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="windowsill.engine", description="Computes for the Hosts of one user.")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen; its folder is this user's alone")
    parser.add_argument("--ready-fd", type=int, required=True, help="descriptor that gets one byte when listening")
    parser.add_argument("--threads", type=int, default=0, help="compute threads; 0: one per core")
    parser.add_argument("--readable", type=Path, action="append", default=[], help="a model, or a folder of them")
    safe_options.add_arguments(parser)
    parser.add_argument("--idle-seconds", type=float, required=True, help="leave after this long without requests")
    return parser.parse_args()


if __name__ == "__main__":
    main()
