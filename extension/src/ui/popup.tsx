// The toolbar popup's entry. It speaks of the site that the tab shows, also when that changes under it.

import { render } from 'preact';
import type { UiState } from '../broker/ui_messages';
import { thisBrowser } from './browser_name';
import { LiveState } from './live_state';
import { PopupView } from './popup_view';
import { originOf } from './site_view';

let [tab] = await chrome.tabs.query({ active: true, currentWindow: true });

function draw(state: UiState | null): void {
  render(
    <PopupView
      state={state}
      origin={originOf(tab?.url)}
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
    live.redraw();
  }
});

live.redraw();
refresh();
