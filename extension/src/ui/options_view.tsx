// The welcome and settings page: does everything work, what is missing, and which sites may use the model.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Grant, StatusResult } from '../protocol';
import type { UiState } from '../broker/ui_messages';
import type { Choices } from '../sites/choices';
import { ChosenSites } from './chosen_sites';
import { hostView, type HostView } from './host_view';
import { InUse } from './in_use';
import { GRANT_STATE, IN_USE, OPTIONS } from './messages';
import { Badge, HostStatus, Origin } from './parts';
import { everywhere } from './site_view';

interface Props {
  readonly state: UiState | null;
  readonly choices: Choices;
  readonly browser: string;
  /** The extension's own version. */
  readonly version: string;
  readonly check: () => void;
  readonly copy: (text: string) => Promise<void>;
  readonly revoke: (origin: string) => void;
  readonly reset: (origin: string) => void;
  readonly stop: (origin: string) => void;
}

export function OptionsView({ state, choices, browser, version, check, copy, revoke, reset, stop }: Props): JSX.Element {
  const status = state?.status ?? null;
  const view = hostView(state, browser);
  return (
    <main>
      <header class="hero">
        <img src="icons/icon.svg" alt="" width="96" height="96" />
        <h1>Windowsill</h1>
        <p>{OPTIONS.tagline}</p>
      </header>
      <section class={`card ${view.tone}`}>
        <div class="row top">
          <HostStatus view={view} />
          <button id="check" class="secondary" disabled={view.tone === 'busy'} onClick={check}>
            {OPTIONS.check}
          </button>
        </div>
        {view.command !== null && <Command view={view} command={view.command} copy={copy} />}
        <Versions version={version} status={status} />
      </section>
      {status !== null && (
        <section class="card">
          <h2>{IN_USE.title}</h2>
          <InUse status={status} stop={stop} />
        </section>
      )}
      <section class="card">
        <h2>{OPTIONS.sites}</h2>
        <Sites status={status} revoke={revoke} />
      </section>
      {Object.keys(choices.sites).length > 0 && (
        <section class="card">
          <h2>{OPTIONS.chosen}</h2>
          <ChosenSites choices={choices} reset={reset} />
        </section>
      )}
      <section class="card">
        <h2>{OPTIONS.how}</h2>
        <ol class="steps">{OPTIONS.howSteps.map((step) => <li key={step}>{step}</li>)}</ol>
      </section>
      <footer>{OPTIONS.private}</footer>
    </main>
  );
}

interface CommandProps {
  readonly view: HostView;
  readonly command: string;
  readonly copy: (text: string) => Promise<void>;
}

function Command({ view, command, copy }: CommandProps): JSX.Element {
  const [copied, setCopied] = useState(false);
  return (
    <div class="command" aria-label={view.title}>
      <p class="detail">{OPTIONS.run}</p>
      <div class="line">
        <code>{command}</code>
        <button class="quiet" onClick={() => { void copy(command).then(() => { setCopied(true); }); }}>
          {copied ? OPTIONS.copied : OPTIONS.copy}
        </button>
      </div>
    </div>
  );
}

function Versions({ version, status }: { readonly version: string; readonly status: StatusResult | null }): JSX.Element {
  return (
    <dl class="facts">
      <dt>{OPTIONS.extension}</dt>
      <dd>{version}</dd>
      {status !== null && (
        <>
          <dt>{OPTIONS.host}</dt>
          <dd>{status.version}</dd>
          <dt>{OPTIONS.model}</dt>
          <dd><bdi>{status.model}</bdi></dd>
        </>
      )}
    </dl>
  );
}

function Sites({ status, revoke }: { readonly status: StatusResult | null; readonly revoke: (origin: string) => void }): JSX.Element {
  if (status === null) return <p class="detail">{OPTIONS.sitesUnknown}</p>;
  if (status.grants.length === 0) return <p class="detail">{OPTIONS.sitesNone}</p>;
  return (
    <ul class="sites">
      {status.grants.map((grant) => (
        <li key={`${grant.profile} ${grant.origin}`}>
          <Origin origin={grant.origin} />
          <Badge tone={grant.state}>{GRANT_STATE[grant.state]}</Badge>
          <Forget grant={grant} revoke={revoke} />
        </li>
      ))}
    </ul>
  );
}

function Forget({ grant, revoke }: { readonly grant: Grant; readonly revoke: (origin: string) => void }): JSX.Element {
  if (everywhere(grant)) return <span class="detail" title={OPTIONS.everywhereWhy}>{OPTIONS.everywhere}</span>;
  return (
    <button class="quiet" aria-label={OPTIONS.forgetting(grant.origin)} onClick={() => { revoke(grant.origin); }}>
      {OPTIONS.forget}
    </button>
  );
}
