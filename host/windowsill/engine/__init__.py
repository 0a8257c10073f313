"""The Engine: one process per user that computes. Nothing outside this package imports it."""
