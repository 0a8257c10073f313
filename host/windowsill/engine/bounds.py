"""The Engine's own bounds: what runs together, what a step may take, what of memory is used.

Rules this file keeps: every bound says its unit and its reason; what Hosts know too stands in ``windowsill.settings``.
"""

from __future__ import annotations

from typing import Final

from windowsill.settings import CHUNK_JOIN_SECONDS

ENGINE_JOIN_SECONDS: Final = CHUNK_JOIN_SECONDS
"""Seconds between two publications of one sequence's text by the Engine: each wakes two processes that share the
model's cores. What it joined, the Host passes on at once."""

MODEL_IDLE_SECONDS: Final = 300.0
"""How long a model stays in memory without anybody using it: loading takes seconds, its memory is the user's."""

WATCH_SECONDS: Final = 5.0
"""Between two looks for a decode thread that is stuck: short beside the minute that anything may take."""

DEAF_SECONDS: Final = 60.0
"""How long an Engine at work may hear nobody and take no look: the minute that any step may take. What keeps Python's
lock longest, making a compiler for a large vocabulary, takes one or two seconds."""

SLOTS: Final = 8
"""Sequences decoded together (count). Eight give 2.1 times the tokens of one on two cores (0.5B)."""

BATCH_TOKENS: Final = 256
"""Tokens of one step at most: how long a new request, or an abort, waits while prompts are read."""

GPU_BATCH_TOKENS: Final = 1024
"""The same where GPUs read prompts: they need more at once to be busy, and are done sooner."""

SHARED_STEP_SECONDS: Final = 0.2
"""Seconds that a step may take in which streams go on while prompts are read; a longer pause shows."""

SHARED_BATCH_TOKENS: Final = 64
"""Tokens, at the least, of a step in which streams go on while prompts are read: a fifth of a second on two cores
(0.5B). Fewer are read no faster, more where the device is fast enough."""

DRAFT_ROWS: Final = 32
"""Guessed tokens of all sequences in a step (count): each row of logits takes 0.6 MB with a large vocabulary."""

LEAST_CONTEXT: Final = 1024
"""Tokens that a model must be able to hold to be of use; with less memory it is refused."""

SPARE_MEMORY: Final = 512 * 2**20
"""Bytes that a load leaves free: the browser that asks needs some, and what else runs."""

SPARE_GPU_MEMORY: Final = 256 * 2**20
"""Bytes that a load leaves free on each GPU: the screen and the browser draw with it."""

IDLE_CELLS: Final = 128
"""Cells of kept conversations while others are decoded; the rest moves to memory. 1,000 more slow every step by 4 %,
8,000 by a quarter (0.5B on two cores)."""

SAVED_STATE_BYTES: Final = 512 * 2**20
"""Bytes for conversations that moved out of one model's cache, at most; less where memory is short; never on disk."""

SEQUENCE_IDS: Final = 255
"""Sequences, running or kept, that a cache of llama.cpp tells apart, less the one to save states from (count)."""

STATE_IDS: Final = 32
"""The same for models with a recurrent state, each of which takes memory of its own."""

ROW_BLOCK: Final = 16
"""Rows that llama.cpp multiplies at once on processors (count): what is left over costs three times as much a row."""

MAX_CONTEXT: Final = 8192
"""Tokens one sequence may hold at most; pages expect 6,000 to 10,000 (web-ai-apis 12.3)."""

CACHE_TOKENS: Final = 16_384
"""KV cells shared by all sequences of a model (tokens), unless one sequence alone needs more."""

CHAT_TEMPLATE_BYTES: Final = 65_536
"""Bytes of a chat template at most: those that do most, with tools and documents, stay under half of it."""

CHAT_TEMPLATE_STEPS: Final = 2_000_000
"""Lines of a chat template run for one conversation, loops counted: a second or two. 4,096 turns need 100,000."""

ENGINE_OUTBOX_BYTES: Final = 2**18
"""Bytes that wait for a Host that does not read before its sequences are paused: several whole answers, far more
than a Host that is only busy leaves unread."""
