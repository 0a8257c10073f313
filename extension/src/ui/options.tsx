// The welcome and settings page's entry. While nobody sees it, it holds no line to the Broker.

import { render } from 'preact';
import type { UiState } from '../broker/ui_messages';
import { BrokerLink } from './broker_link';
import { browserName } from './browser_name';
import { OptionsView } from './options_view';

let state: UiState | null = null;

function draw(): void {
  render(
    <OptionsView
      state={state}
      browser={browserName(navigator.userAgentData?.brands ?? [])}
      version={chrome.runtime.getManifest().version}
      check={() => { link.say({ type: 'refresh' }); }}
      copy={(text) => navigator.clipboard.writeText(text)}
      revoke={(origin) => { link.say({ type: 'revoke', origin }); }}
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
    look();
  },
);

function look(): void {
  if (document.visibilityState === 'visible') link.say({ type: 'refresh' });
  else link.close();
}

document.addEventListener('visibilitychange', look);
draw();
look();
