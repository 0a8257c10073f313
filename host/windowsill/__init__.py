"""Windowsill: the browser's standard AI interfaces, answered by a model on the user's own machine."""

__version__ = "0.1.0"
