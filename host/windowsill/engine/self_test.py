"""``python -m windowsill.engine.self_test MODEL``: decodes a little on one device; its exit status is the answer.

A crash of a driver or of a compiler's code ends this process alone. Whoever started it draws the conclusions.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from windowsill.engine import ggml_devices
from windowsill.safe_options import ALL_LAYERS, Options


def main() -> None:
    """Parse the command line and decode."""
    parser = argparse.ArgumentParser(prog="windowsill.engine.self_test", description="Decodes a little on one device.")
    parser.add_argument("model", type=Path)
    parser.add_argument("--device", default="CPU", help="ggml's name of it")
    parser.add_argument("--gpu-layers", type=int, default=ALL_LAYERS, help="layers on the GPU at most")
    parser.add_argument("--no-extra-buffers", action="store_true", help="do not repack weights for matrix units")
    parser.add_argument("--threads", type=int, default=1, help="compute threads")
    arguments = parser.parse_args()
    options = Options(extra_buffers=not arguments.no_extra_buffers, gpu_layers=arguments.gpu_layers)
    try:
        ggml_devices.decode_on(arguments.model, arguments.device, options, threads=arguments.threads)
    except ggml_devices.DeviceFailed as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
