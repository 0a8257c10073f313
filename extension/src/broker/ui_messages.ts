// What the extension's own pages and the Broker say to each other. The Broker pushes one state, whole, at every change.

import type { Ask, Decision, Id, StatusResult } from '../protocol';
import type { HostState } from './native_port';

export type { HostProblem, HostState } from './native_port';

export type UiSays =
  /** Wants a fresh status; starts the Host if it is not running. */
  | { readonly type: 'refresh' }
  | { readonly type: 'decide'; readonly ask: Id; readonly decision: Decision }
  /** Wants the question's window in front. */
  | { readonly type: 'show'; readonly ask: Id }
  | { readonly type: 'revoke'; readonly origin: string }
  /** Wants an end of what an origin has under way. */
  | { readonly type: 'stop'; readonly origin: string };

export interface UiState {
  readonly host: HostState;
  readonly asks: readonly Ask[];
  /** As the Host last told it, in parts or whole; null as long as it has not, and after it was lost. */
  readonly status: StatusResult | null;
}

export interface UiHears {
  readonly type: 'state';
  readonly state: UiState;
}

const DECISIONS: readonly unknown[] = ['allow', 'once', 'block', 'dismiss'] satisfies readonly Decision[];

/** What a page of the extension said, or null if none of ours says that. */
export function readUi(message: unknown): UiSays | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null;
  switch (message.type) {
    case 'refresh':
      return { type: 'refresh' };
    case 'decide':
      if (!('ask' in message && 'decision' in message)) return null;
      if (typeof message.ask !== 'number' || !DECISIONS.includes(message.decision)) return null;
      return { type: 'decide', ask: message.ask, decision: message.decision as Decision };
    case 'show':
      return 'ask' in message && typeof message.ask === 'number' ? { type: 'show', ask: message.ask } : null;
    case 'revoke':
    case 'stop':
      if (!('origin' in message && typeof message.origin === 'string')) return null;
      return { type: message.type, origin: message.origin };
    default:
      return null;
  }
}
