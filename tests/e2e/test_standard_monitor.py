"""What the standard says of create()'s monitor and its progress, seen by a page on the whole road."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page


def test_progress_is_fired_at_listeners_and_at_the_handler_alike(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const listened = [], handled = [], classes = new Set();
      await LanguageModel.create({ monitor(monitor) {
        monitor.addEventListener('downloadprogress', (event) => listened.push(event.loaded));
        monitor.ondownloadprogress = (event) => {
          handled.push(event.loaded);
          classes.add(`${event.target === monitor} ${monitor} ${event.constructor.name}`);
        };
      } });
      return { listened, handled, classes: [...classes] };
    }""")
    assert seen == {"listened": [0, 1], "handled": [0, 1], "classes": ["true [object CreateMonitor] ProgressEvent"]}


def test_progress_rises_from_0_to_1_in_steps_of_a_65536th(page: Page) -> None:
    events = page.evaluate("""async () => {
      const events = [];
      await LanguageModel.create({ monitor(monitor) {
        monitor.ondownloadprogress = ({ loaded, total, lengthComputable }) => {
          events.push([loaded, total, lengthComputable]);
        };
      } });
      return events;
    }""")
    fractions = [float(loaded) for loaded, _, _ in events]
    assert fractions == sorted(set(fractions))
    assert [fractions[0], fractions[-1]] == [0, 1]
    assert all((fraction * 65536).is_integer() for fraction in fractions)
    assert [event[1:] for event in events] == [[1, True]] * len(events)


def test_each_event_of_progress_is_a_task_of_its_own(page: Page) -> None:
    order = page.evaluate("""async () => {
      const order = [];
      await LanguageModel.create({ monitor(monitor) {
        monitor.ondownloadprogress = ({ loaded }) => {
          order.push(loaded);
          queueMicrotask(() => order.push(`after ${loaded}`));
        };
      } });
      return [...order, 'created'];
    }""")
    assert order == [0, "after 0", 1, "after 1", "created"]


def test_no_progress_comes_after_create_has_settled(page: Page) -> None:
    late = page.evaluate("""async () => {
      let settled = false, late = 0;
      await LanguageModel.create({ monitor(monitor) {
        monitor.ondownloadprogress = () => { late += settled; };
      } });
      settled = true;
      await LanguageModel.create();  // takes the same road, behind whatever else came for the first one
      return late;
    }""")
    assert late == 0


def test_monitor_runs_inside_create_without_a_receiver(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const seen = [];
      const pending = LanguageModel.create({ monitor: function (monitor) {
        'use strict';
        seen.push(this === undefined, arguments.length, monitor instanceof CreateMonitor);
      } });
      seen.push('returned');
      await pending;
      return seen;
    }""")
    assert seen == [True, 1, True, "returned"]


def test_what_the_monitor_throws_is_what_create_rejects_with(page: Page) -> None:
    same = page.evaluate("""async () => {
      const mine = { mine: true };
      const pending = LanguageModel.create({ monitor() { throw mine; } });
      return pending.then(() => false, (reason) => reason === mine);
    }""")
    assert same


def test_what_an_asynchronous_monitor_does_later_is_its_own_affair(page: Page) -> None:
    seen = page.evaluate("""async () => {
      const unhandled = new Promise((resolve) => {
        addEventListener('unhandledrejection', (event) => { event.preventDefault(); resolve(event.reason); });
      });
      const session = await LanguageModel.create({ async monitor() { throw 'later'; } });
      return [session instanceof LanguageModel, await unhandled];
    }""")
    assert seen == [True, "later"]


@pytest.mark.parametrize(("at", "heard"), [(0, [0]), (1, [0, 1])])
def test_abort_in_reaction_to_progress_ends_it_and_rejects(page: Page, at: int, heard: list[int]) -> None:
    seen = page.evaluate(
        """async (at) => {
      const controller = new AbortController(), reason = { mine: true }, heard = [];
      const pending = LanguageModel.create({ signal: controller.signal, monitor(monitor) {
        monitor.ondownloadprogress = ({ loaded }) => {
          heard.push(loaded);
          if (loaded === at) controller.abort(reason);
        };
      } });
      const same = await pending.then(() => false, (error) => error === reason);
      await LanguageModel.create();
      return { same, heard };
    }""",
        at,
    )
    assert seen == {"same": True, "heard": heard}
