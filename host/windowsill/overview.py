"""What the extension's own pages show of this Host. For the user's eyes: pages never see any of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from windowsill import __version__
from windowsill.errors import WindowsillError
from windowsill.models.chosen import chosen
from windowsill.protocol import Activity, Grant, StatusResult
from windowsill.settings import STATUS_GRANTS, Settings


def model_name(settings: Settings) -> str:
    """The chosen model's name, or what stands for it when its file cannot be read."""
    try:
        return chosen(settings).name
    except WindowsillError:
        return settings.model.name if settings.model else "built-in model"


def status(
    settings: Settings, grants: tuple[Grant, ...], sessions: Iterable[str], requests: Iterable[str]
) -> StatusResult:
    """The answer to ``status``. ``sessions``, ``requests``: the origin of each that is open or under way."""
    problem = None
    try:
        chosen(settings)
    except WindowsillError as error:
        problem = error.detail
    open_sessions, under_way = Counter(sessions), Counter(requests)
    busy = sorted(open_sessions.keys() | under_way.keys())[:STATUS_GRANTS]
    return StatusResult(
        version=__version__,
        model=model_name(settings),
        problem=problem,
        grants=grants,
        activity=tuple(
            Activity(origin=origin, sessions=open_sessions[origin], requests=under_way[origin]) for origin in busy
        ),
    )
