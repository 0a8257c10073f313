"""``python -m windowsill.engine.self_test MODEL``: decodes a little on each device; its exit status is the answer.

It prints each device, as a line of JSON, before it decodes there. A crash of a driver or of a compiler's code ends this
process alone, and the last line tells where. Whoever started it draws the conclusions.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from windowsill import safe_options


def main() -> None:
    """Parse the command line and decode."""
    parser = argparse.ArgumentParser(prog="windowsill.engine.self_test", description="Decodes a little on each device.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--device", help="ggml's name of the only one; else all that a model is put on")
    parser.add_argument("--threads", type=int, default=1, help="compute threads")
    safe_options.add_arguments(parser)
    arguments = parser.parse_args()
    options = safe_options.from_arguments(arguments)
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Imported only now, as importing it may wake drivers, which write where they like.
    from windowsill.engine import trial_decode

    with answer:
        try:
            for device in trial_decode.chosen(arguments.device, options):
                answer.write(msgspec.json.encode(device) + b"\n")
                trial_decode.decode_on(arguments.model, device, options, threads=arguments.threads)
        except trial_decode.DeviceFailed as error:
            raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
