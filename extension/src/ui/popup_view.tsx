// The toolbar popup: questions that wait, this site, the model, and who is using it.

import type { JSX } from 'preact';
import type { Ask } from '../protocol';
import type { UiState } from '../broker/ui_messages';
import { hostView } from './host_view';
import { InUse } from './in_use';
import { GRANT_STATE, IN_USE, POPUP } from './messages';
import { Badge, HostStatus, Origin } from './parts';
import { SiteChoices, type SiteChoicesProps } from './site_choices_view';
import { siteView, type SiteView } from './site_view';

interface Props {
  /** null: the Broker has not spoken yet. */
  readonly state: UiState | null;
  /** Of the current tab; null where no site is. */
  readonly origin: string | null;
  /** null: none may be made here. */
  readonly choices: SiteChoicesProps | null;
  readonly browser: string;
  readonly show: (ask: Ask) => void;
  readonly revoke: (origin: string) => void;
  readonly stop: (origin: string) => void;
  readonly settings: () => void;
}

export function PopupView({ state, origin, choices, browser, show, revoke, stop, settings }: Props): JSX.Element {
  const status = state?.status ?? null;
  const view = hostView(state, browser);
  return (
    <main>
      <header>
        <img src="icons/icon.svg" alt="" width="28" height="28" />
        <h1>Windowsill</h1>
        <button class="quiet" id="settings" onClick={settings}>{POPUP.settings}</button>
      </header>
      {state?.asks.map((ask) => <Waiting key={ask.ask} ask={ask} show={show} />)}
      <section>
        <h2>{POPUP.thisSite}</h2>
        {origin === null && <p class="detail">{POPUP.noSite}</p>}
        {origin !== null && <p class="site"><Origin origin={origin} /></p>}
        {origin !== null && status !== null && <Site site={siteView(origin, status)} revoke={revoke} />}
        {choices !== null && <SiteChoices {...choices} />}
      </section>
      <section>
        <h2>{POPUP.model}</h2>
        {status !== null && view.tone === 'good' && <p class="model"><bdi>{status.model}</bdi></p>}
        <HostStatus view={view} />
        {view.tone === 'bad' && <button class="secondary wide" onClick={settings}>{POPUP.whatToDo}</button>}
      </section>
      {status !== null && (
        <section>
          <h2>{IN_USE.title}</h2>
          <InUse status={status} stop={stop} />
        </section>
      )}
    </main>
  );
}

function Waiting({ ask, show }: { readonly ask: Ask; readonly show: (ask: Ask) => void }): JSX.Element {
  return (
    <section class="waiting">
      <p><Origin origin={ask.origin} /> {POPUP.waiting}</p>
      <button class="primary" onClick={() => { show(ask); }}>{POPUP.answer}</button>
    </section>
  );
}

function Site({ site, revoke }: { readonly site: SiteView; readonly revoke: (origin: string) => void }): JSX.Element {
  if (site.state === null) return <p class="detail">{POPUP.notAsked}</p>;
  return (
    <div class="row">
      <Badge tone={site.state}>{GRANT_STATE[site.state]}</Badge>
      {site.revocable ? (
        <button class="quiet" id="forget" onClick={() => { revoke(site.origin); }}>{POPUP.forget}</button>
      ) : (
        <span class="detail">{POPUP.everywhere}</span>
      )}
    </div>
  );
}
