"""What Chromium's own ``LanguageModel`` answers to calls with right and wrong arguments, as it was recorded.

Chromium itself has no session to give without its model; its headless shell does, which echoes. To record anew:
``PYTHONPATH=tests .venv/bin/python -m support.chromium_answers chromium-headless-shell`` (a package of Debian's).
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Page, sync_playwright

from support import order_calls
from support.idl_calls import Calls
from support.site import serving
from support.web_idl import Interface, published
from windowsill.demo import chromium

FILE: Final = Path(__file__).parents[1] / "e2e" / "chromium_answers.json"

OUTCOMES: Final = (Path(__file__).parent / "outcomes.js").read_text(encoding="utf-8")

FEATURES: Final = "AIPromptAPIMultimodalInput,AIPromptAPIParams,AIPromptAPIStructuredOutput,AIPromptAPIToolUse"
"""Where Chromium has everything of the IDL that this extension gives pages."""

NOT_THERE: Final = {"inputQuota", "inputUsage", "measureInputUsage", "onquotaoverflow", "params", "temperature", "topK"}
"""Members that Chromium gives extensions only; ``topK`` and ``temperature`` are options too."""

Answer = dict[Literal["ends", "reads"], str]
"""As outcomes.js says it: how the call ends; what it reads, in that order."""


def calls() -> list[str]:
    """All calls of which the answers are compared."""
    generated = [call.code for interface in _interfaces() for call in Calls(published(), interface, watched=True).all()]
    return [
        code for code in dict.fromkeys([*generated, *order_calls.calls()]) if "topK" not in code and "temp" not in code
    ]


def ask(page: Page, codes: list[str], objects: str = order_calls.OBJECTS) -> dict[str, Answer]:
    """The answers of the page's classes; ``objects`` makes what the calls name."""
    return dict(zip(codes, page.evaluate(OUTCOMES, {"objects": objects, "calls": codes}), strict=True))


def recorded() -> dict[str, Answer]:
    """The answers of Chromium's own."""
    lines = json.loads(FILE.read_text(encoding="utf-8"))["answers"]
    return {code: dict(zip(("ends", "reads"), line.split(" | "), strict=True)) for code, line in lines.items()}


def _interfaces() -> Iterator[Interface]:
    for interface in published().interfaces():
        if interface.name in {"LanguageModel", "CreateMonitor"}:
            members = tuple(member for member in interface.members if member["name"] not in NOT_THERE)
            yield dataclasses.replace(interface, members=members)


def main() -> None:
    """Record what the headless shell named on the command line answers."""
    root = [switch for switch in chromium.switches(Path()) if switch == "--no-sandbox"]
    switches = [*root, "--disable-gpu", f"--enable-blink-features={FEATURES}"]
    with serving() as site, sync_playwright() as playwright:
        shell = playwright.chromium.launch(executable_path=sys.argv[1], args=switches)
        page = shell.new_page()
        page.goto(site.url())
        lines = {code: f"{answer['ends']} | {answer['reads']}" for code, answer in ask(page, calls()).items()}
        FILE.write_text(json.dumps({"chromium": shell.version, "answers": lines}, indent=0) + "\n", encoding="utf-8")
        shell.close()


if __name__ == "__main__":
    main()
