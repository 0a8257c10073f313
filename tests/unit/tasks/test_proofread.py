"""What ``Proofreader`` serves, refuses, and does without a model."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.fake_link import FakeLink
from support.task_model import task_model
from windowsill.errors import NotSupportedError, QuotaExceededError
from windowsill.protocol import ProofreaderOptions, ProofreadResult
from windowsill.tasks.proofread import QUOTA_TOKENS, Proofread
from windowsill.tasks.proofread_call import INSTRUCTIONS
from windowsill.tasks.table import TASKS
from windowsill.tasks.task import Abilities, Job

pytestmark = pytest.mark.anyio


def options(*languages: str, explaining: str | None = None) -> ProofreaderOptions:
    return ProofreaderOptions(
        include_correction_types=True,
        include_correction_explanations=True,
        expected_input_languages=languages,
        correction_explanation_language=explaining,
    )


def job(text: str) -> Job:
    return Job(options(), "", text, "")


def write(_: str) -> None:
    raise AssertionError


def test_the_table_has_it() -> None:
    assert isinstance(TASKS["proofreader"], Proofread)


@pytest.mark.parametrize("asked", [options(), options("en", "zh-Hant"), options(explaining="de"), options("yue")])
@pytest.mark.parametrize("abilities", [None, Abilities(languages=frozenset())])
def test_languages_that_a_model_may_know_are_served(asked: ProofreaderOptions, abilities: Abilities | None) -> None:
    assert Proofread().matched(asked, abilities) == asked


@pytest.mark.parametrize("asked", [options("unk"), options("en", "und"), options(explaining="unk")])
def test_languages_that_nobody_knows_are_not(asked: ProofreaderOptions) -> None:
    assert Proofread().matched(asked, None) is None


def test_tags_are_replaced_by_those_that_they_are_served_as_and_none_comes_twice() -> None:
    knows = Abilities(languages=frozenset({"en", "de"}))
    asked = options("en-GB", "en-US", "de", explaining="de-AT")
    assert Proofread().matched(asked, knows) == options("en", "de", explaining="de")
    assert Proofread().matched(options("en", "fr"), knows) is None
    assert Proofread().matched(options("en", explaining="fr"), knows) is None


@pytest.mark.parametrize("blank", ["", " ", " \r\n\t\f", "\u3000", "\x00\x1e\x7f", "\u200b\ufeff"])
async def test_a_blank_text_is_its_own_result_and_no_model_is_asked(blank: str) -> None:
    link = FakeLink()
    result = await Proofread().run(job(blank), task_model(link), write)
    assert result == ProofreadResult(corrected_input=blank, corrections=None)
    assert not link.counted


async def test_a_text_over_the_quota_is_refused_with_its_size() -> None:
    link = FakeLink()
    text = "a" * QUOTA_TOKENS
    with pytest.raises(QuotaExceededError) as caught:
        await Proofread().run(job(text), task_model(link), write)
    assert (caught.value.requested, caught.value.quota) == (QUOTA_TOKENS + 1, QUOTA_TOKENS)
    assert not link.asked


async def test_the_quota_does_not_depend_on_the_window_but_a_sentence_must_fit() -> None:
    proofread = Proofread()
    assert await proofread.quota(options(), "", task_model(FakeLink(context_window=8000))) == QUOTA_TOKENS
    assert await proofread.measure(job("four"), task_model(FakeLink())) == 5
    with pytest.raises(NotSupportedError):
        await proofread.quota(options(), "", task_model(FakeLink(context_window=len(INSTRUCTIONS))))


def test_a_host_that_nobody_asks_loads_nothing_that_takes_text_apart() -> None:
    code = "import sys, windowsill.host_loop; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    loaded = set(run.stdout.split())
    assert "windowsill.tasks.proofread" in loaded
    assert not {"regex", "rapidfuzz", "markdown_it", "pycld2", "windowsill.tasks.proofread_call"} & loaded
