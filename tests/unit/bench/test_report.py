from __future__ import annotations

import msgspec

from bench.figures import Finding, Goal
from bench.report import NOT_MEASURED, Conditions, Report, cells, json, markdown

CONDITIONS = Conditions(machine="a processor", cores=2, memory=4, binding="1.2.3", model="a model", threads=2, runs=5)
FASTER = Finding(what="speed", unit="tokens/s", ours=30.0, peer=24.0, goal=Goal(1.1, at_most=False, ratio=True))
SLOW = Finding(what="wait", unit="ms", ours=1234.5, peer=None, goal=Goal(5, at_most=True))
MISSING = Finding(what="schema", unit="tokens/s", ours=None, peer=17.25, goal=Goal(2, at_most=False, ratio=True))


def test_row_tells_figures_ratio_and_whether_the_goal_is_met() -> None:
    assert cells(FASTER) == ("speed", "30 tokens/s", "24 tokens/s", "1.25 ×", "≥ 1.1 ×", "✓")
    assert cells(SLOW) == ("wait", "1234 ms", "", "", "≤ 5 ms", "✗")


def test_row_of_what_was_not_measured_says_so_and_judges_nothing() -> None:
    assert cells(MISSING) == ("schema", NOT_MEASURED, "17.25 tokens/s", "", "≥ 2 ×", "")


def test_markdown_has_the_conditions_and_a_line_for_each_finding() -> None:
    lines = markdown(Report(CONDITIONS, [FASTER, SLOW])).splitlines()
    assert lines[0] == (
        "a model, 2 threads on 2 cores of a processor with 4 GiB, llama-cpp-python 1.2.3, medians of 5 runs"
    )
    assert lines[2:4] == [
        "| what | Engine | llama-server | ratio | goal |  |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    assert [line.split(" | ")[0] for line in lines[4:]] == ["| speed", "| wait"]


def test_json_is_read_back_as_the_same_report() -> None:
    told = Report(CONDITIONS, [FASTER, SLOW, MISSING])
    assert msgspec.json.decode(json(told), type=Report) == told
