from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.counting_gguf import make_counting_gguf
from support.desk import Desk, set_up

WORDS = 150


@pytest.fixture(scope="session")
def slow_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Counts to WORDS, slowly enough to be interrupted on a fast machine too."""
    return make_counting_gguf(tmp_path_factory.mktemp("models") / "slow.gguf", WORDS, layers=16, feed_forward=2048)


@pytest.fixture
def desk(slow_model: Path) -> Iterator[Desk]:
    """A fresh browser whose ``www`` may use the slow model."""
    with set_up(model=slow_model) as made:
        made.allow()
        yield made
