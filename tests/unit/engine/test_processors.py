"""A process that may run on some of the machine's processors counts only those."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from windowsill.engine import processors

BOUND = """
import os
from windowsill.engine import processors
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
print(processors.usable())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds processes to processors")
def test_processors_that_were_taken_away_do_not_count() -> None:
    assert subprocess.run([sys.executable, "-c", BOUND], capture_output=True, check=True).stdout == b"1\n"


def test_there_is_one_at_least_and_no_more_than_the_machine_has() -> None:
    assert 1 <= processors.usable() <= (os.cpu_count() or 1)
