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

from windowsill.safe_options import ALL_LAYERS, Options


def main() -> None:
    """Parse the command line and decode."""
    parser = argparse.ArgumentParser(prog="windowsill.engine.self_test", description="Decodes a little on each device.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--device", help="ggml's name of the only one; else all that a model is put on")
    parser.add_argument("--gpu-layers", type=int, default=ALL_LAYERS, help="layers on the GPU at most")
    parser.add_argument("--no-extra-buffers", action="store_true", help="do not repack weights for matrix units")
    parser.add_argument("--threads", type=int, default=1, help="compute threads")
    arguments = parser.parse_args()
    options = Options(extra_buffers=not arguments.no_extra_buffers, gpu_layers=arguments.gpu_layers)
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Imported only now, as importing it may wake drivers, which write where they like.
    from windowsill.engine import ggml_devices

    with answer:
        try:
            for device in ggml_devices.chosen(arguments.device, options):
                answer.write(msgspec.json.encode(device) + b"\n")
                ggml_devices.decode_on(arguments.model, device.name, options, threads=arguments.threads)
        except ggml_devices.DeviceFailed as error:
            raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
