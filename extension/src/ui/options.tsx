// The welcome and settings page's entry. While nobody sees it, it holds no line to the Broker.

import { render } from 'preact';
import type { UiState } from '../broker/ui_messages';
import { RULE } from '../sites/choices';
import { choose, readChoices, watchChoices } from '../sites/site_choices';
import { thisBrowser } from './browser_name';
import { LiveState } from './live_state';
import { OptionsView } from './options_view';

let choices = await readChoices();

function draw(state: UiState | null): void {
  render(
    <OptionsView
      state={state}
      choices={choices}
      browser={thisBrowser()}
      version={chrome.runtime.getManifest().version}
      check={() => { live.say({ type: 'refresh' }); }}
      copy={(text) => navigator.clipboard.writeText(text)}
      revoke={(origin) => { live.say({ type: 'revoke', origin }); }}
      reset={(origin) => { void choose(origin, RULE); }}
      stop={(origin) => { live.say({ type: 'stop', origin }); }}
    />,
    document.body,
  );
}

function look(): void {
  if (document.visibilityState === 'visible') live.say({ type: 'refresh' });
  else live.close();
}

const live = new LiveState(draw, look);
document.addEventListener('visibilitychange', look);
watchChoices((changed) => {
  choices = changed;
  live.redraw();
});
live.redraw();
look();
