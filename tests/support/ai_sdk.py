"""A page that bundles the Vercel AI SDK with both of its providers for the browser's model, unmodified."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from support.bundle import bundle
from support.desk import Desk, set_up

PROVIDERS: Final = pytest.mark.parametrize("provider", ["browserAI", "builtInAI"])
"""What @browser-ai/core and @built-in-ai/core export."""

PAGE: Final = "<!doctype html><title>AI SDK</title><script src=/ai_sdk.js></script>"


@contextmanager
def desk_with_ai_sdk(folder: Path, model: Path | None = None) -> Iterator[Desk]:
    """A desk with that page and a grant for it; ``folder`` takes the script, ``model`` None is the built-in one."""
    script = bundle("ai_sdk.ts", folder, name="sdk")
    with set_up(model=model) as desk:
        desk.allow()
        desk.site.pages["/ai_sdk"] = PAGE
        desk.site.files["/ai_sdk.js"] = script
        yield desk


def run(desk: Desk, provider: str, script: str) -> Any:
    """What ``script``, the body of an async function, returns; ``sdk`` is the SDK, ``model`` the provider's."""
    function = f"async (provider) => {{ const model = sdk[provider](); {script} }}"
    return desk.page("/ai_sdk").evaluate(function, provider)
