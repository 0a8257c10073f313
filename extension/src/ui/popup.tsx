// The toolbar popup's entry.

import { render } from 'preact';
import type { UiState } from '../broker/ui_messages';
import { BrokerLink } from './broker_link';
import { browserName } from './browser_name';
import { PopupView } from './popup_view';
import { originOf } from './site_view';

let state: UiState | null = null;
let origin: string | null = null;

function draw(): void {
  render(
    <PopupView
      state={state}
      origin={origin}
      browser={browserName(navigator.userAgentData?.brands ?? [])}
      show={(ask) => { link.say({ type: 'show', ask: ask.ask }); }}
      revoke={(site) => { link.say({ type: 'revoke', origin: site }); }}
      settings={() => { void chrome.runtime.openOptionsPage().then(() => { window.close(); }); }}
    />,
    document.body,
  );
}

const link = new BrokerLink(
  (heard) => {
    state = heard;
    draw();
  },
  () => {
    if (state === null) return; // A worker that never spoke will not the next time either.
    state = null;
    draw();
    link.say({ type: 'refresh' });
  },
);

draw();
link.say({ type: 'refresh' });
const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
origin = originOf(tab?.url);
draw();
