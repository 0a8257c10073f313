"""A model as tasks ask it, for a document on screen."""

from __future__ import annotations

from typing import Final

from support.fake_link import FakeLink
from windowsill.chunk_stream import ChunkStream
from windowsill.engine_link import EngineLink
from windowsill.engine_protocol import ModelRef
from windowsill.grants import Asker
from windowsill.tasks.model import TaskModel
from windowsill.visibility import Visibility

ASKER: Final = Asker(profile="profile", origin="https://a.example", client=1, incognito=False)


def task_model(link: FakeLink, *, reader: ChunkStream | None = None) -> TaskModel:
    """Over a fake link, whose window it has."""
    ref = ModelRef(path="/model.gguf", version="1")
    return TaskModel(link.as_link, ref, link.context_window, ASKER, Visibility(visible=True), reader)


async def real_task_model(link: EngineLink, ref: ModelRef) -> TaskModel:
    """Over a real Engine."""
    window = (await link.describe(ref)).context_window
    return TaskModel(link, ref, window, ASKER, Visibility(visible=True), None)
