"""``python -m windowsill.engine.devices``: prints what ggml sees, as JSON. Drivers write where they like, hence a pipe
of its own for the answer."""

from __future__ import annotations

import os
import sys

import msgspec


def main() -> None:
    """Print the devices."""
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # Imported only now, as importing it may wake drivers.
    from windowsill.engine import ggml_devices

    with answer:
        answer.write(msgspec.json.encode(ggml_devices.list_devices()))


if __name__ == "__main__":
    main()
