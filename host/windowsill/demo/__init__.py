"""``windowsill demo``: the whole road in a throw-away browser profile, from nothing to a streamed answer.

With a screen it is a window that the user goes on using; without one it answers by itself and prints what it sees.
"""

from windowsill.demo.show import run

__all__ = ["run"]
