"""Programs that stand in for the Host where only its greeting matters, good and bad ones."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import dedent
from typing import Final

READ_HELLO: Final = """
    import struct, sys
    length, = struct.unpack("=I", sys.stdin.buffer.read(4))
    hello = sys.stdin.buffer.read(length)
    def say(body):
        sys.stdout.buffer.write(struct.pack("=I", len(body)) + body)
        sys.stdout.buffer.flush()
"""
WELCOME: Final = """
    say(b'{"type":"hello","protocol":{"min":1,"max":1},"version":"9.8.7","update":null}')
"""
UNTIL_END: Final = """
    sys.stdin.buffer.read()
"""


def write_launcher(path: Path, *parts: str) -> Path:
    """A launcher at ``path`` that runs these pieces of Python."""
    program = path.parent / "fake_host.py"
    program.write_text("".join(dedent(part) for part in parts))
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -I {program} "$@"\n')
    path.chmod(0o755)
    return path
