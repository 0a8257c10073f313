"""What the extension's own pages show of this Host. For the user's eyes: pages never see any of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from windowsill import __version__
from windowsill.engine_protocol import ModelStats
from windowsill.engine_usage import OriginUsage, Usage
from windowsill.errors import WindowsillError
from windowsill.models.chosen import chosen
from windowsill.protocol import Activity, EngineStatus, Grant, LoadedModel, StatusResult
from windowsill.settings import STATUS_GRANTS, Settings


def model_name(settings: Settings) -> str:
    """The chosen model's name, or what stands for it when its file cannot be read."""
    try:
        return chosen(settings).name
    except WindowsillError:
        return settings.model.name if settings.model else "built-in model"


def status(
    settings: Settings, grants: tuple[Grant, ...], activity: tuple[Activity, ...], engine: EngineStatus | None
) -> StatusResult:
    """The answer to ``status``."""
    problem = None
    try:
        chosen(settings)
    except WindowsillError as error:
        problem = error.detail
    return StatusResult(
        version=__version__,
        model=model_name(settings),
        problem=problem,
        grants=grants,
        activity=activity,
        engine=engine,
    )


def activity(sessions: Iterable[str], requests: Iterable[str], usage: Usage | None) -> tuple[Activity, ...]:
    """Of every origin that uses this Host. ``sessions``, ``requests``: the origin of each that is open or under way.

    Origins that only other Hosts serve are left out: one profile's sites are not another's to see.
    """
    open_sessions, under_way = Counter(sessions), Counter(requests)
    busy = sorted(open_sessions.keys() | under_way.keys())[:STATUS_GRANTS]
    computed = {} if usage is None else usage.origins
    return tuple(_activity(origin, open_sessions[origin], under_way[origin], computed.get(origin)) for origin in busy)


def _activity(origin: str, sessions: int, requests: int, computed: OriginUsage | None) -> Activity:
    return Activity(
        origin=origin,
        sessions=sessions,
        requests=requests,
        running=computed.running if computed else 0,
        waiting=computed.waiting + computed.paused if computed else 0,
        tokens_per_second=computed.tokens_per_second if computed else 0.0,
    )


def engine(usage: Usage | None) -> EngineStatus | None:
    """What all Hosts together have the Engine do."""
    if usage is None:
        return None
    return EngineStatus(
        models=tuple(map(_loaded, usage.models)),
        running=sum(origin.running for origin in usage.origins.values()),
        waiting=sum(origin.waiting + origin.paused for origin in usage.origins.values()),
        tokens_per_second=usage.tokens_per_second,
    )


def _loaded(model: ModelStats) -> LoadedModel:
    used = model.cells / model.cache if model.cache else 0.0
    return LoadedModel(name=model.name, device=model.device, memory=model.memory, cache_used=used)
