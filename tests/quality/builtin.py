"""All cases on the built-in model, with an Engine of their own."""

from __future__ import annotations

import sys
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Final

import anyio

from windowsill import shipped
from windowsill.demo.throwaway import end_engine
from windowsill.engine_link import EngineLink
from windowsill.models import chosen
from windowsill.quality import cases, run
from windowsill.quality.report import Report
from windowsill.settings import Paths, Settings

PROGRAM: Final = (sys.executable, "-m", "windowsill.engine")
"""The checkout's own, also where another one is installed."""


def measured(home: Path) -> Report:
    """Everything is written under ``home``, whose path has to be short: a socket lies there."""
    where = Paths(home / "config", home / "data", home / "cache", home / "run")
    try:
        return anyio.run(partial(_measured, where))
    finally:
        end_engine(where)


async def _measured(where: Paths) -> Report:
    async with aclosing(EngineLink(where, Settings(), program=PROGRAM)) as link:
        return await run.measure(link, chosen.at(shipped.model()), cases.load(), lambda _: None)
