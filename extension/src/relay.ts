// Relay: the content script of every frame, in the ISOLATED world. It joins the Page's private MessagePort to the
// Broker and adds the facts that only it can see. It decides nothing and reads nothing of a request.
// The runtime port opens on first use. It closes on pagehide, because the back/forward cache would kill it without
// telling this side (a post on the dead port neither throws nor arrives), and when the Broker says `idle`.
// Requests wait, in their order, while the document is in that cache, or is prerendered and nobody has come to it.
// Every frame of every page pays for what runs before: nothing touches `document` then, which would have the browser
// build this world's view of it (0.2 ms).

import { HAND_OVER } from './hand_over';
import type { RelayMessage } from './page/link';
import type { Interface } from './protocol';
import { WANT_WINDOW_AI } from './window_ai_script';
import {
  INTERFACES,
  type Facts,
  type LostReason,
  type RelayHears,
  type RelaySays,
} from './broker/relay_messages';

function allows(feature: Interface): boolean {
  const policy = document.featurePolicy;
  if (policy?.features().includes(feature)) return policy.allowsFeature(feature);
  // A build that does not know the feature denies it even to the top document, so the default allowlist, 'self',
  // is computed here. What an embedder delegates cannot be seen then and is refused; nor can what a header takes away.
  return [...location.ancestorOrigins].every((ancestor) => ancestor === self.origin);
}

function facts(): Facts {
  const top = [...location.ancestorOrigins].at(-1);
  return {
    type: 'facts',
    allowed: INTERFACES.filter(allows),
    embedder: top === undefined || top === self.origin ? null : top,
  };
}

function join(page: MessagePort): void {
  let broker: chrome.runtime.Port | null = null;
  let suspended = false;
  /** How many of the Page's messages went on to a Broker, or to nobody. */
  let taken = 0;
  const waiting: unknown[] = [];

  const tell = (message: RelayMessage): void => {
    page.postMessage(message);
  };

  const lost = (reason: LostReason): void => {
    tell({ type: 'lost', reason, taken });
  };

  const say = (port: chrome.runtime.Port, message: RelaySays): void => {
    port.postMessage(message);
  };

  /** While a port is open only: a page that asks for nothing pays for nothing. */
  const look = (): void => {
    if (broker !== null) say(broker, { type: 'visible', visible: visible() });
  };

  const part = (): void => {
    broker = null;
    rewritten?.disconnect();
    document.removeEventListener('visibilitychange', look);
  };

  const leave = (event: PageTransitionEvent): void => {
    suspended = event.persisted;
    if (broker === null) return;
    const port = broker;
    part();
    if (suspended) say(port, { type: 'suspended' });
    port.disconnect();
    if (suspended) lost('suspended');
  };

  const waits = (): boolean => suspended || document.prerendering === true;

  const arrive = (): void => {
    suspended = false;
    if (waits()) return; // A prerendered page is shown to nobody.
    for (const request of waiting.splice(0)) forward(request);
  };

  /** Again and again: the same listener is kept once. */
  const listen = (): void => {
    addEventListener('pagehide', leave);
    addEventListener('pageshow', arrive);
    document.addEventListener('prerenderingchange', arrive);
    document.addEventListener('visibilitychange', look);
  };

  /** document.open() takes every listener off the window and the document, of all worlds. */
  let rewritten: MutationObserver | null = null;

  const watch = (): void => {
    listen();
    rewritten ??= new MutationObserver(listen);
    rewritten.observe(document, { childList: true });
  };

  const connect = (): chrome.runtime.Port => {
    const port = chrome.runtime.connect();
    port.onMessage.addListener((message: RelayHears) => {
      if (message.type === 'idle') {
        part();
        port.disconnect();
      }
      tell(message.type === 'event' ? message : { ...message, taken });
    });
    port.onDisconnect.addListener(() => {
      if (broker !== port) return;
      part();
      lost(orphaned() ? 'extension-gone' : 'host-gone');
    });
    watch();
    say(port, facts());
    return port;
  };

  const forward = (request: unknown): void => {
    taken += 1;
    if (orphaned()) {
      lost('extension-gone');
      return;
    }
    broker ??= connect();
    say(broker, {
      type: 'request',
      request,
      activated: navigator.userActivation.hasBeenActive,
      active: navigator.userActivation.isActive,
      visible: visible(),
    });
  };

  /** Not over the port: this is no use of a model, and would keep the road open. */
  const loadWindowAI = async (): Promise<void> => {
    try {
      await chrome.runtime.sendMessage(WANT_WINDOW_AI);
    } catch {
      // Nobody is there to run it, which the Page sees as it has not come.
    }
    tell({ type: 'window-ai' });
  };

  page.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data === WANT_WINDOW_AI) {
      void loadWindowAI();
    } else if (waits()) {
      waiting.push(data);
      watch();
    } else {
      forward(data);
    }
  };
}

function visible(): boolean {
  return document.visibilityState === 'visible';
}

/** After a reload or update of the extension, this script belongs to nobody: connect() would throw. */
function orphaned(): boolean {
  // The types promise an id, which is undefined exactly then.
  return (chrome.runtime as Partial<typeof chrome.runtime>).id === undefined;
}

// The interfaces exist in secure contexts only. Elsewhere no Page hands a port over, but a page's own script could.
if (isSecureContext) {
  addEventListener(
    HAND_OVER,
    (event) => {
      event.stopImmediatePropagation();
      const { ports } = event as Partial<MessageEvent>; // No class is named: the browser would build it for this world.
      if (ports?.[0] !== undefined) join(ports[0]);
    },
    { capture: true, once: true },
  );
}
