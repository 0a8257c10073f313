"""What Chromium's own classes answer to calls with right and wrong arguments, as it was recorded.

Chromium itself has no object to give without its model; its headless shell does, which echoes. To record anew:
``PYTHONPATH=tests .venv/bin/python -m support.chromium_answers chromium-headless-shell`` (a package of Debian's).
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Page, sync_playwright

from support import order_calls, task_calls
from support.idl_calls import CONVERTED, Calls
from support.site import serving
from support.web_idl import Interface, published
from windowsill.demo import chromium

DIRECTORY: Final = Path(__file__).parents[1] / "e2e"

OUTCOMES: Final = (Path(__file__).parent / "outcomes.js").read_text(encoding="utf-8")

FEATURES: Final = (
    "AIPromptAPIMultimodalInput,AIPromptAPIParams,AIPromptAPIStructuredOutput,AIPromptAPIToolUse,"
    "AISummarizationPerformancePreference,AIWriterAPI,AIRewriterAPI,AIProofreadingAPI"
)
"""Where Chromium has everything of the IDL that this extension gives pages."""

NOT_THERE: Final = {"inputQuota", "inputUsage", "measureInputUsage", "onquotaoverflow", "params", "temperature", "topK"}
"""Members that Chromium gives extensions only; ``topK`` and ``temperature`` are options too."""

Answer = dict[Literal["ends", "reads"], str]
"""As outcomes.js says it: how the call ends; what it reads, in that order."""


@dataclass(frozen=True)
class Recording:
    """Calls, what makes the objects they name, and the file with the answers of Chromium's own classes."""

    file: Path
    objects: str
    calls: list[str]

    def answers(self) -> dict[str, Answer]:
        """The answers as they were recorded. Raises AssertionError if they are of other calls."""
        lines = json.loads(self.file.read_text(encoding="utf-8"))["answers"]
        assert list(lines) == self.calls, "record Chromium's answers anew"
        return {code: dict(zip(("ends", "reads"), line.split(" | "), strict=True)) for code, line in lines.items()}

    def record(self, page: Page, version: str) -> None:
        """Write down what the page's classes answer."""
        answers = ask(page, self.calls, self.objects)
        lines = {code: f"{answer['ends']} | {answer['reads']}" for code, answer in answers.items()}
        self.file.write_text(json.dumps({"chromium": version, "answers": lines}, indent=0) + "\n", encoding="utf-8")

    def differences(self, page: Page) -> list[str]:
        """Where the page's classes answer otherwise than Chromium's own."""
        ours = ask(page, self.calls, self.objects)
        return [found for code, native in self.answers().items() for found in _differing(code, native, ours[code])]


def language_model() -> Recording:
    """Of ``LanguageModel`` and its monitor."""
    generated = [call.code for interface in _interfaces() for call in Calls(published(), interface, watched=True).all()]
    calls = [
        code for code in dict.fromkeys([*generated, *order_calls.calls()]) if "topK" not in code and "temp" not in code
    ]
    return Recording(DIRECTORY / "chromium_answers.json", order_calls.OBJECTS, calls)


def tasks() -> Recording:
    """Of the tasks' interfaces; of those whose objects Chromium cannot make, what the class itself has."""
    calls = [code for interface in task_calls.interfaces() for code in _task_calls(interface)]
    made = tuple(name for name in task_calls.TASKS if name not in task_calls.STATIC_ONLY)
    return Recording(DIRECTORY / "chromium_task_answers.json", task_calls.objects(made), list(dict.fromkeys(calls)))


def ask(page: Page, codes: list[str], objects: str) -> dict[str, Answer]:
    """The answers of the page's classes; ``objects`` makes what the calls name."""
    return dict(zip(codes, page.evaluate(OUTCOMES, {"objects": objects, "calls": codes}), strict=True))


def _differing(code: str, native: Answer, ours: Answer) -> Iterator[str]:
    if native["ends"] != ours["ends"]:
        yield f"{code}: {ours['ends']}, not {native['ends']}"
        return
    wanted, read = native["reads"].split(), ours["reads"].split()
    left_out = [name for name in wanted if name not in read]
    more = [name for name in read if name not in wanted]
    yield from (f"{code}: leaves out {name}" for name in left_out)
    yield from (f"{code}: reads {name} too" for name in more)
    if [name for name in wanted if name not in left_out] != [
        name for name in read if name not in more
    ] and not left_out:
        yield f"{code}: reads {ours['reads']}, not {native['reads']}"


def _interfaces() -> Iterator[Interface]:
    for interface in published().interfaces():
        if interface.name in {"LanguageModel", "CreateMonitor"}:
            members = tuple(member for member in interface.members if member["name"] not in NOT_THERE)
            yield dataclasses.replace(interface, members=members)


def _task_calls(interface: Interface) -> Iterator[str]:
    static_only = interface.name in task_calls.STATIC_ONLY
    if static_only:
        members = tuple(member for member in interface.members if member.get("special") == "static")
        interface = dataclasses.replace(interface, members=members)
    for call in Calls(published(), interface, watched=True).all():
        if not (static_only and call.ends == CONVERTED):
            yield call.code
    yield from task_calls.calls(interface)


def main() -> None:
    """Record what the headless shell named on the command line answers."""
    root = [switch for switch in chromium.switches(Path()) if switch == "--no-sandbox"]
    switches = [*root, "--disable-gpu", f"--enable-blink-features={FEATURES}"]
    with serving() as site, sync_playwright() as playwright:
        shell = playwright.chromium.launch(executable_path=sys.argv[1], args=switches)
        page = shell.new_page()
        page.goto(site.url())
        for recording in (language_model(), tasks()):
            recording.record(page, shell.version)
        shell.close()


if __name__ == "__main__":
    main()
