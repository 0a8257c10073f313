// @vitest-environment happy-dom
// The popup as the browser starts it: with many tabs open, and a Broker that knows many sites.

import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UiSays, UiState } from '../../../../extension/src/broker/ui_messages';
import { FakePort } from '../support/fake_port';

interface Tab {
  readonly id: number;
  readonly url?: string;
  readonly active: boolean;
  readonly currentWindow: boolean;
}

type Updated = (id: number, change: { readonly status?: string }, tab: Omit<Tab, 'active' | 'currentWindow'>) => void;

const ALLOWED = 'https://allowed.test';
const BLOCKED = 'https://blocked.test';
const HERE = { active: true, currentWindow: true };
const STATE: UiState = {
  host: { state: 'open', version: '1.2.3' },
  asks: [],
  status: {
    type: 'status',
    version: '1.2.3',
    model: 'Basil',
    problem: null,
    grants: [
      { profile: 'mine', origin: ALLOWED, state: 'allow', since: 0 },
      { profile: 'mine', origin: BLOCKED, state: 'block', since: 0 },
    ],
    activity: [{ origin: ALLOWED, sessions: 1, requests: 1, running: 1, waiting: 0, tokensPerSecond: 9 }],
    engine: null,
  },
};

let updated: Updated;
let broker: FakePort;
const close = vi.fn();

/** Opens the popup in a browser with these tabs. */
async function open(tabs: readonly Tab[]): Promise<void> {
  vi.stubGlobal('chrome', {
    runtime: {
      connect: () => {
        const [near, far] = FakePort.pair();
        broker = far;
        return near;
      },
    },
    tabs: {
      query: (wanted: Partial<Tab>) =>
        Promise.resolve(tabs.filter((tab) => Object.entries(wanted).every(([key, value]) => Reflect.get(tab, key) === value))),
      onUpdated: { addListener: (listener: Updated) => { updated = listener; } },
    },
  });
  vi.resetModules();
  await act(async () => { await import('../../../../extension/src/ui/popup'); });
}

function tell(state: UiState): void {
  void act(() => { broker.postMessage({ state }); });
}

function navigate(...[id, change, tab]: Parameters<Updated>): void {
  void act(() => { updated(id, change, tab); });
}

/** The section on the current site: its origin and what it may do. */
function site(): string | undefined {
  return document.querySelector('section:not(.waiting)')?.textContent;
}

beforeEach(() => {
  vi.stubGlobal('close', close.mockReset());
});
afterEach(() => {
  void act(() => { render(null, document.body); });
});

describe('the popup', () => {
  const others: readonly Tab[] = [
    { id: 1, url: `${ALLOWED}/other-window`, active: true, currentWindow: false },
    { id: 2, url: `${ALLOWED}/behind`, active: false, currentWindow: true },
  ];

  it('says what the site in the tab under it may do, not what another one may', async () => {
    await open([...others, { id: 3, url: `${BLOCKED}/page`, ...HERE }]);
    tell(STATE);
    expect(site()).toBe(`This site${BLOCKED}BlockedForget`);
  });

  it('says nothing of any site’s answer before the Broker has spoken, nor after the worker is gone', async () => {
    await open([...others, { id: 3, url: BLOCKED, ...HERE }]);
    expect(site()).toBe(`This site${BLOCKED}`);
    tell(STATE);
    void act(() => { broker.disconnect(); });
    expect(site()).toBe(`This site${BLOCKED}`);
  });

  it('says that a site without an answer has to ask', async () => {
    await open([...others, { id: 3, url: 'https://new.test', ...HERE }]);
    tell(STATE);
    expect(site()).toContain('https://new.test');
    expect(site()).toContain('has to ask first');
  });

  it('follows the tab to its next page, and no other tab', async () => {
    await open([...others, { id: 3, url: BLOCKED, ...HERE }]);
    tell(STATE);
    navigate(2, { status: 'loading' }, { id: 2, url: ALLOWED });
    expect(site()).toContain(BLOCKED);
    navigate(3, { status: 'loading' }, { id: 3, url: ALLOWED });
    expect(site()).toBe(`This site${ALLOWED}AllowedForget`);
  });

  it('closes when the tab goes to a page whose address it may not know', async () => {
    await open([...others, { id: 3, url: BLOCKED, ...HERE }]);
    navigate(3, { status: 'complete' }, { id: 3 });
    expect(close).not.toHaveBeenCalled();
    navigate(3, { status: 'loading' }, { id: 3 });
    expect(close).toHaveBeenCalledOnce();
  });

  it('stops what a site has under way', async () => {
    await open([{ id: 3, url: BLOCKED, ...HERE }]);
    tell(STATE);
    const said: UiSays[] = [];
    broker.onMessage.addListener((message) => said.push(message as UiSays));
    document.querySelector<HTMLButtonElement>('.activity button')?.click();
    expect(said).toEqual([{ type: 'stop', origin: ALLOWED }]);
  });

  it('forgets the answer of the site that it shows', async () => {
    await open([...others, { id: 3, url: BLOCKED, ...HERE }]);
    tell(STATE);
    const said: UiSays[] = [];
    broker.onMessage.addListener((message) => said.push(message as UiSays));
    document.querySelector<HTMLButtonElement>('#forget')?.click();
    expect(said).toEqual([{ type: 'revoke', origin: BLOCKED }]);
  });
});
