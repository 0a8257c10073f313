"""Objects of the tasks' interfaces whose document rests in the back/forward cache."""

from __future__ import annotations

from typing import Final

from support.unwatched import SCRIPT, visiting

LEAVES: Final = (
    SCRIPT
    % """
  if (document.readyState !== 'complete') await new Promise((done) => { addEventListener('load', done); });
  if (performance.getEntriesByType('navigation')[0].type === 'back_forward') throw new Error('loaded again');
  const summarizer = await Summarizer.create();
  const detector = await LanguageDetector.create();
  const back = new Promise((shown) => { addEventListener('pageshow', shown); });
  setTimeout(() => { location.assign('/away'); });
  const { persisted } = await back;
  const [{ detectedLanguage }] = await detector.detect('Where did you leave the keys to my house?');
  const summary = await summarizer.summarize('The cat sat on the mat.');
  summarizer.destroy();
  const later = await summarizer.summarize('The cat sat on the mat.').catch(({ name }) => name);
  await post('/report', { persisted, detectedLanguage, summarized: summary !== '', later });
"""
)

COMES_BACK: Final = """<!doctype html><script>
addEventListener('load', () => { setTimeout(() => { history.back(); }); });
</script>"""


def test_objects_go_on_after_the_back_forward_cache() -> None:
    with visiting({"/": LEAVES, "/away": COMES_BACK}) as visit:
        said = visit.report()
    assert said == {"persisted": True, "detectedLanguage": "en", "summarized": True, "later": "AbortError"}
