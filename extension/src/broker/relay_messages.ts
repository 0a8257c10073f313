// What Relay and Broker say to each other over one runtime port.
// The first message of a port is `facts`. A request crosses unread: only the facts around it are checked here.
// Down the same port come the messages that Relay and Page share; the Relay hands them on.

import type { LostReason, PageEvent } from '../page/link';
import type { Interface } from '../protocol';

export type { LostReason, PageEvent };

/** Fixed when the document loads. */
export interface Facts {
  readonly type: 'facts';
  /** Interfaces that the permissions policy leaves this document. */
  readonly allowed: readonly Interface[];
  /** Origin of the top document when it is another one. */
  readonly embedder: string | null;
}

export interface RelayedRequest {
  readonly type: 'request';
  readonly request: unknown;
  /** Sticky user activation of the document. */
  readonly activated: boolean;
  /** Transient user activation. */
  readonly active: boolean;
  readonly visible: boolean;
}

/** The document came on screen, or left it; requests say it of their own moment. */
export interface VisibilityChanged {
  readonly type: 'visible';
  readonly visible: boolean;
}

/** The document goes into the back/forward cache; the port closes next. */
export interface Suspended {
  readonly type: 'suspended';
}

export type RelaySays = Facts | RelayedRequest | VisibilityChanged | Suspended;

/** What the Relay hears is for the Page; `idle` tells the Relay to close its end as well. */
export type RelayHears =
  | { readonly type: 'event'; readonly event: PageEvent }
  | { readonly type: 'lost'; readonly reason: LostReason }
  | { readonly type: 'idle' };

export const INTERFACES: readonly Interface[] = [
  'language-model',
  'summarizer',
  'writer',
  'rewriter',
  'proofreader',
  'translator',
  'language-detector',
];

/** What a Relay said, or null if no Relay of ours says that. */
export function readRelay(message: unknown): RelaySays | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  switch (message.type) {
    case 'facts':
      if (!('allowed' in message && Array.isArray(message.allowed) && 'embedder' in message)) return null;
      if (message.embedder !== null && typeof message.embedder !== 'string') return null;
      return {
        type: 'facts',
        allowed: INTERFACES.filter((name) => (message.allowed as unknown[]).includes(name)),
        embedder: message.embedder,
      };
    case 'request':
      if (!('request' in message && 'activated' in message && 'active' in message && 'visible' in message)) return null;
      if (typeof message.activated !== 'boolean' || typeof message.active !== 'boolean') return null;
      if (typeof message.visible !== 'boolean') return null;
      return {
        type: 'request',
        request: message.request,
        activated: message.activated,
        active: message.active,
        visible: message.visible,
      };
    case 'visible':
      if (!('visible' in message && typeof message.visible === 'boolean')) return null;
      return { type: 'visible', visible: message.visible };
    case 'suspended':
      return { type: 'suspended' };
    default:
      return null;
  }
}
