"""Cases on a model, with an Engine and a home that exist only meanwhile."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

import anyio

from windowsill.demo.throwaway import end_engine
from windowsill.engine_link import EngineLink
from windowsill.models import chosen
from windowsill.quality import run
from windowsill.quality.cases import Case
from windowsill.quality.report import Report
from windowsill.settings import Paths, Settings

PROGRAM: Final = (sys.executable, "-m", "windowsill.engine")
"""The checkout's own, also where another one is installed, as long as ``PYTHONPATH`` is this process's path."""


def measured(model: Path, cases: Sequence[Case]) -> Report:
    """The report on the file ``model``."""
    with tempfile.TemporaryDirectory(prefix="ws") as folder:  # a short path: a socket lies there
        home = Path(folder)
        where = Paths(home / "config", home / "data", home / "cache", home / "run")
        try:
            return anyio.run(_measured, where, model, cases)
        finally:
            end_engine(where)


async def _measured(where: Paths, model: Path, cases: Sequence[Case]) -> Report:
    async with aclosing(EngineLink(where, Settings(), program=PROGRAM)) as link:
        return await run.measure(link, chosen.at(model), cases, lambda _: None)
