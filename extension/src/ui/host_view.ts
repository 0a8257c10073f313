// What to tell the user about the Host: one state of the connection and one status in, words and a command out.

import type { StatusResult } from '../protocol';
import type { HostProblem, UiState } from '../broker/ui_messages';
import { HOST } from './messages';

export interface HostView {
  readonly tone: 'good' | 'busy' | 'bad';
  readonly title: string;
  readonly detail: string;
  /** A line to run in a terminal. */
  readonly command: string | null;
}

function commandFor(problem: HostProblem, browser: string): string | null {
  switch (problem) {
    case 'missing':
    case 'forbidden':
    case 'update-host':
      return `windowsill install --browser ${browser}`;
    case 'exited':
    case 'silent':
    case 'garbled':
      return 'windowsill doctor';
    case 'update-extension':
      return null;
  }
}

function statusView(status: StatusResult): HostView {
  if (status.problem === null) return { tone: 'good', ...HOST.ready, command: null };
  return { tone: 'bad', title: HOST.problem.title, detail: status.problem, command: 'windowsill doctor' };
}

/** `state` null: the Broker has not spoken yet. */
export function hostView(state: UiState | null, browser: string): HostView {
  if (state?.host.state === 'failed') {
    const { problem } = state.host;
    return { tone: 'bad', ...HOST[problem], command: commandFor(problem, browser) };
  }
  // A Host that rests still stands for its last status.
  if (state?.status) return statusView(state.status);
  return { tone: 'busy', ...HOST.connecting, command: null };
}
