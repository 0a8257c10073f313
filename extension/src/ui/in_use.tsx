// Who is using the model at the moment, how fast, and a way to stop it; and the memory that this takes.

import type { JSX } from 'preact';
import type { Activity, EngineStatus, StatusResult } from '../protocol';
import { COUNTS, IN_USE } from './messages';
import { Origin } from './parts';

interface Props {
  readonly status: StatusResult;
  readonly stop: (origin: string) => void;
}

export function InUse({ status: { activity, engine }, stop }: Props): JSX.Element {
  const elsewhere = engine === null ? 0 : answersElsewhere(activity, engine);
  return (
    <>
      {activity.length === 0 && <p class="detail">{IN_USE.nobody}</p>}
      <ul class="activity">
        {activity.map((entry) => <Entry key={entry.origin} entry={entry} stop={stop} />)}
      </ul>
      {elsewhere > 0 && <p class="detail elsewhere">{IN_USE.elsewhere(elsewhere)}</p>}
      {engine?.models.map(({ name, device, memory, cacheUsed }, index) => (
        <p key={index} class="detail loaded">
          <bdi>{name}</bdi> · {IN_USE.memory(COUNTS.size(memory), device, cacheUsed)}
        </p>
      ))}
    </>
  );
}

/** Answers that the Engine has for sites of other browsers and profiles, which are not named here. */
export function answersElsewhere(activity: readonly Activity[], engine: EngineStatus): number {
  const here = activity.reduce((sum, entry) => sum + entry.running + entry.waiting, 0);
  return Math.max(0, engine.running + engine.waiting - here);
}

function Entry({ entry, stop }: { readonly entry: Activity; readonly stop: (origin: string) => void }): JSX.Element {
  const { origin, sessions, requests, running, waiting, tokensPerSecond } = entry;
  const busy = requests > 0 || running > 0 || waiting > 0;
  const words = [COUNTS.sessions(sessions)];
  if (requests > 0) words.push(COUNTS.requests(requests));
  const figures: string[] = [];
  if (running > 0 && running !== requests) figures.push(COUNTS.running(running));
  if (waiting > 0) figures.push(COUNTS.waiting(waiting));
  if (running > 0) figures.push(COUNTS.rate(tokensPerSecond));
  return (
    <li>
      <span class={busy ? 'dot good live' : 'dot'} aria-hidden="true" />
      <div class="who">
        <Origin origin={origin} />
        <p class="detail">{words.join(' · ')}</p>
        {figures.length > 0 && <p class="detail figures">{figures.join(' · ')}</p>}
      </div>
      {busy && (
        <button class="quiet" aria-label={IN_USE.stopping(origin)} onClick={() => { stop(origin); }}>{IN_USE.stop}</button>
      )}
    </li>
  );
}
