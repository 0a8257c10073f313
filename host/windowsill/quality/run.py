"""Cases through the tasks that serve pages, on the Engine that serves them; no browser and no grant.

Rule: a call that fails is the case's own fault and ends no other; without a usable model nothing begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import anyio

from windowsill.engine_link import EngineLink
from windowsill.errors import WindowsillError
from windowsill.grants import Asker
from windowsill.models.chosen import Chosen
from windowsill.protocol import DetectionResult, LanguageDetectorOptions, ProofreadResult, Result, TaskOptions
from windowsill.quality import judging, report
from windowsill.quality.cases import Case
from windowsill.quality.judging import Answer, Judgement
from windowsill.quality.report import Report
from windowsill.tasks import table
from windowsill.tasks.model import TaskModel
from windowsill.tasks.task import Abilities, Job, LocalTask
from windowsill.visibility import Visibility

AT_ONCE: Final = 8
"""Cases under way (count): as many answers as one batch of the Engine holds, and more would only wait for a seat."""

ASKER: Final = Asker(profile="windowsill:quality", origin="windowsill:quality", client=0, incognito=False)
"""Who asks, for the Engine's fairness; no page is like it."""

SEED: Final = 7
"""Of what is drawn by chance, so that two runs differ by what was changed between them, and little else."""

Judged = Callable[[Judgement], None]
"""Hears of each case when it is done."""


async def measure(link: EngineLink, model: Chosen, cases: Sequence[Case], judged: Judged) -> Report:
    """The report on ``model``. Raises WindowsillError when it cannot be used at all."""
    window = (await link.describe(model.ref)).context_window
    abilities = Abilities(languages=model.languages)  # also pairs that failed before are tried
    limit = anyio.CapacityLimiter(AT_ONCE)
    judgements: dict[int, Judgement] = {}

    async def judge(number: int, case: Case) -> None:
        async with limit:
            asked = TaskModel(link, model.ref, window, ASKER, Visibility(visible=True), None, SEED)
            judgements[number] = await _judgement(case, abilities, asked)
        judged(judgements[number])

    began = time.monotonic()
    async with anyio.create_task_group() as group:
        for number, case in enumerate(cases):
            group.start_soon(judge, number, case)
    in_order = [judgements[number] for number in range(len(cases))]
    return report.made(model.name, time.monotonic() - began, in_order)


async def _judgement(case: Case, abilities: Abilities, model: TaskModel) -> Judgement:
    local = table.local_task(case.options)
    served = local.matched(case.options) if local else table.TASKS[case.task].matched(case.options, abilities)
    if served is None:
        return Judgement(case, None, "", ())
    try:
        answer = await (_local(case, served, local) if local else _written(case, served, model))
    except WindowsillError as error:
        return Judgement(case, served, "", (judging.refused(error),))
    return Judgement(case, served, answer.text, judging.judged(case, answer))


async def _local(case: Case, served: TaskOptions, task: LocalTask) -> Answer:
    await task.load()
    written: list[str] = []
    result = await task.run(Job(served, "", case.input, ""), written.append)
    return Answer(_text(result, written), result, None)


async def _written(case: Case, served: TaskOptions, model: TaskModel) -> Answer:
    task = table.TASKS[case.task]
    await task.quota(served, case.shared_context, model)
    written: list[str] = []
    result = await task.run(Job(served, case.shared_context, case.input, case.context), model, written.append)
    text = _text(result, written)
    return Answer(text, result, await _language(text))


def _text(result: Result, written: Sequence[str]) -> str:
    match result:
        case ProofreadResult():
            return result.corrected_input
        case DetectionResult():
            return result.languages[0].detected_language
        case _:
            return "".join(written)


async def _language(text: str) -> str | None:
    """The likeliest one."""
    if not text.strip():
        return None
    detector = table.LOCAL_TASKS["language-detector"]
    await detector.load()
    said: list[str] = []
    return _text(await detector.run(Job(LanguageDetectorOptions(), "", text, ""), said.append), said)
