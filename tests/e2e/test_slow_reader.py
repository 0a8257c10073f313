"""A page that stops reading its stream for a while."""

from __future__ import annotations

from pathlib import Path

from support.counting_gguf import counted, make_counting_gguf
from support.desk import set_up

WORDS = 1000


def test_reader_that_stops_reading_holds_nobody_up_and_loses_nothing(tmp_path: Path) -> None:
    # Two greedy answers of a trained model may part ways where they are computed together at times.
    with set_up(model=make_counting_gguf(tmp_path / "counting.gguf", WORDS)) as desk:
        desk.allow()
        seen = desk.page().evaluate("""async () => {
          const [slow, quick] = await Promise.all([LanguageModel.create(), LanguageModel.create()]);
          const reader = slow.promptStreaming('Count!').getReader();
          let text = (await reader.read()).value;
          const whole = await quick.prompt('Count!');
          for (let next; !(next = await reader.read()).done;) text += next.value;
          return [text, whole];
        }""")
    assert seen == [counted(WORDS)] * 2
