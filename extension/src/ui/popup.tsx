// The toolbar popup's entry. It speaks of the site that the tab shows, also when that changes under it.

import { render } from 'preact';
import type { UiState } from '../broker/ui_messages';
import type { StatusResult } from '../protocol';
import { choiceFor } from '../sites/choices';
import { choose, readChoices, watchChoices } from '../sites/site_choices';
import { thisBrowser } from './browser_name';
import { LiveState } from './live_state';
import { PopupView } from './popup_view';
import type { SiteChoicesProps } from './site_choices_view';
import { originOf, siteView } from './site_view';

let [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
let choices = await readChoices();
/** The page in the tab was loaded before the last change. */
let isStale = false;
/** The site whose next question the user wants to see, whatever was answered before. */
let askedAnew: string | null = null;

/** None in private windows, of which nothing may stay. */
function siteChoices(status: StatusResult | null): SiteChoicesProps | null {
  const origin = originOf(tab?.url);
  if (origin === null || tab?.incognito) return null;
  return {
    choice: choiceFor(choices, origin),
    hasOwn: choices.hasOwn,
    isAnswered: status !== null && siteView(origin, status).answeredEverywhere,
    isStale,
    choose: (change) => {
      void choose(origin, change).then((changed) => {
        choices = changed;
        isStale = true;
        askedAnew = change.answerer === 'ask' ? origin : null;
        live.redraw();
      });
    },
    reload: () => {
      if (tab?.id !== undefined) void chrome.tabs.reload(tab.id);
    },
  };
}

/** What was answered before would keep the question from coming. */
function forgetAnswer(status: StatusResult | null): void {
  if (askedAnew === null || status === null) return;
  if (siteView(askedAnew, status).revocable) live.say({ type: 'revoke', origin: askedAnew });
  askedAnew = null;
}

function draw(state: UiState | null): void {
  const status = state?.status ?? null;
  forgetAnswer(status);
  render(
    <PopupView
      state={state}
      origin={originOf(tab?.url)}
      choices={siteChoices(status)}
      browser={thisBrowser()}
      show={(ask) => { live.say({ type: 'show', ask: ask.ask }); }}
      revoke={(origin) => { live.say({ type: 'revoke', origin }); }}
      stop={(origin) => { live.say({ type: 'stop', origin }); }}
      settings={() => { void chrome.runtime.openOptionsPage().then(() => { window.close(); }); }}
    />,
    document.body,
  );
}

function refresh(): void {
  live.say({ type: 'refresh' });
}

const live = new LiveState(draw, refresh);

chrome.tabs.onUpdated.addListener((id, { status }, updated) => {
  if (id !== tab?.id || status !== 'loading') return;
  if (updated.url === undefined) {
    window.close(); // Another site's page, whose address we may know only once the user opens the popup for it.
  } else {
    tab = updated;
    isStale = false;
    live.redraw();
  }
});

watchChoices((changed) => {
  choices = changed;
  live.redraw();
});
live.redraw();
refresh();
