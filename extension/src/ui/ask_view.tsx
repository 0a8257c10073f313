// The question: which site wants what, and the user's three answers. Closing the window, or Escape, is "not now".

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Ask, Decision } from '../protocol';
import { ASK, INTERFACE_WANTS } from './messages';
import { Origin } from './parts';

/** Milliseconds for which the buttons are dead after the window came up: a click meant for another window. */
export const DEAD_TIME = 500;

/** Characters from which an origin is set smaller, so that all of it shows at once. */
const LONG = 40;

/** What the browser calls the origin of every local file. An answer for one would be one for all. */
const LOCAL_FILES = 'file://';

/** False for DEAD_TIME after the start, and again each time that the window comes to the front. */
function useArmed(): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const restart = (): void => {
      clearTimeout(timer);
      setArmed(false);
      timer = setTimeout(() => { setArmed(true); }, DEAD_TIME);
    };
    restart();
    addEventListener('focus', restart);
    return () => {
      clearTimeout(timer);
      removeEventListener('focus', restart);
    };
  }, []);
  return armed;
}

interface Props {
  readonly ask: Ask;
  readonly decide: (decision: Decision) => void;
  /** Leaves the site to the browser's own model; null where that is no choice. */
  readonly useBrowsers: (() => Promise<unknown>) | null;
}

export function AskView({ ask, decide, useBrowsers }: Props): JSX.Element {
  const armed = useArmed();
  const [isLeft, setLeft] = useState(false);
  useEffect(() => {
    const escape = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') decide('dismiss');
    };
    addEventListener('keydown', escape);
    return () => { removeEventListener('keydown', escape); };
  }, [decide]);

  const answer = (decision: Decision, label: string, style: string): JSX.Element => (
    <button id={decision} class={style} disabled={!armed} onClick={() => { decide(decision); }}>
      {label}
    </button>
  );

  const style = ask.origin.length > LONG ? 'long' : '';
  const isLocalFile = ask.origin === LOCAL_FILES;
  if (isLeft) {
    return (
      <main>
        <img class="motif" src="icons/icon.svg" alt="" width="72" height="72" />
        <h1 class={style}>
          <Origin origin={ask.origin} />
          <span class="wants" role="status">{ASK.browsersChosen}</span>
        </h1>
        <div class="answers">
          <button id="close" class="primary" onClick={() => { decide('dismiss'); }}>{ASK.close}</button>
        </div>
      </main>
    );
  }
  return (
    <main>
      <img class="motif" src="icons/icon.svg" alt="" width="72" height="72" />
      <h1 class={style}>
        <Origin origin={ask.origin} />
        <span class="wants">{INTERFACE_WANTS[ask.interface]}</span>
      </h1>
      {typeof ask.embedder === 'string' && (
        <p class="embedder">
          {ASK.embedded} <Origin origin={ask.embedder} />
        </p>
      )}
      <dl class="facts">
        <dt>{ASK.model}</dt>
        <dd><bdi>{ask.model}</bdi></dd>
        <dt>{ASK.runs}</dt>
        <dd>{ASK.thisComputer}</dd>
      </dl>
      <p class="hint">{ASK.may}</p>
      {isLocalFile && <p class="hint">{ASK.localFile}</p>}
      {ask.incognito && <p class="hint">{ASK.private}</p>}
      <div class="answers">
        {!isLocalFile && answer('allow', ASK.allow, 'primary')}
        {answer('once', ASK.once, isLocalFile ? 'primary' : 'secondary')}
        {useBrowsers !== null && (
          <button
            id="browsers"
            class="secondary"
            title={ASK.browsersWhy}
            disabled={!armed}
            onClick={() => { void useBrowsers().then(() => { setLeft(true); }); }}
          >
            {ASK.browsers}
          </button>
        )}
        {answer('block', ASK.block, 'danger')}
        <p class="later">{ASK.later}</p>
      </div>
    </main>
  );
}
