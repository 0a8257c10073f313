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
  | { readonly type: 'revoke'; readonly origin: string };

export interface UiState {
  readonly host: HostState;
  readonly asks: readonly Ask[];
  /** As of the last refresh; null as long as the Host has not told, and after it was lost. */
  readonly status: StatusResult | null;
}

export interface UiHears {
  readonly type: 'state';
  readonly state: UiState;
}
