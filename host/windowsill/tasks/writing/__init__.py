"""Summaries, new texts and rewritten ones: one implementation, and a table of what each option asks for."""
