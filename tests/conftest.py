"""Asynchronous tests run on asyncio, in its debug mode; a busy machine fails no property, and each run tries the same
examples. ``--hypothesis-profile searching`` looks for new ones."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("searching", deadline=None, max_examples=1000)
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"debug": True}
