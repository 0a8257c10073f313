// @vitest-environment happy-dom
// The popup as the browser starts it: with many tabs open, and a Broker that knows many sites.

import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { UiSays, UiState } from '../../../../extension/src/broker/ui_messages';
import type { StatusResult } from '../../../../extension/src/protocol';
import type { Choices } from '../../../../extension/src/sites/choices';
import { FakeChrome, FakeLocks } from '../support/fake_chrome';
import { FakePort } from '../support/fake_port';

interface Tab {
  readonly id: number;
  readonly url?: string;
  readonly active: boolean;
  readonly currentWindow: boolean;
  readonly incognito?: boolean;
}

type Updated = (id: number, change: { readonly status?: string }, tab: Omit<Tab, 'active' | 'currentWindow'>) => void;

const ALLOWED = 'https://allowed.test';
const BLOCKED = 'https://blocked.test';
const HERE = { active: true, currentWindow: true };
const STATUS: StatusResult = {
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
};
const STATE: UiState = { host: { state: 'open', version: '1.2.3' }, asks: [], status: STATUS };

let updated: Updated;
let broker: FakePort;
let kept: FakeChrome;
const close = vi.fn();
const reload = vi.fn();

/** Opens the popup in a browser with these tabs. */
async function open(tabs: readonly Tab[], choices: Partial<Choices> = {}): Promise<void> {
  kept = new FakeChrome({ choices });
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
  vi.stubGlobal('chrome', {
    storage: kept.storage,
    scripting: kept.scripting,
    runtime: {
      connect: () => {
        const [near, far] = FakePort.pair();
        broker = far;
        return near;
      },
    },
    tabs: {
      reload,
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

/** The section on the current site: its origin and what it may do, without the switches. */
function site(): string | undefined {
  const section = document.querySelector('section:not(.waiting)')?.cloneNode(true) as Element | undefined;
  section?.querySelector('.choices')?.remove();
  return section?.textContent;
}

/** The values of the switches that are on. */
function chosen(): string[] {
  return Array.from(document.querySelectorAll<HTMLInputElement>('.switch :checked'), ({ value }) => value);
}

async function press(selector: string): Promise<void> {
  await act(async () => {
    document.querySelector<HTMLElement>(selector)?.click();
    await navigator.locks.request('choices', () => Promise.resolve());
  });
}

beforeEach(() => {
  vi.stubGlobal('close', close.mockReset());
  reload.mockReset();
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

  it('switches the shape of window.ai, and says that it takes a reload', async () => {
    await open([{ id: 3, url: `${BLOCKED}/page`, ...HERE }]);
    expect(chosen()).toEqual(['on']);
    await press('[value=off]');
    expect(chosen()).toEqual(['off']);
    expect(kept.scripts).toMatchObject([{ id: 'ai-off', matches: [`${BLOCKED}/*`] }]);
    await press('#reload');
    expect(reload).toHaveBeenCalledExactlyOnceWith(3);
    navigate(3, { status: 'loading' }, { id: 3, url: BLOCKED });
    expect(document.querySelector('.changed')).toBeNull();
  });

  it('switches between Windowsill and the browser’s model where there is one', async () => {
    await open([{ id: 3, url: BLOCKED, ...HERE }], { hasOwn: true });
    expect(chosen()).toEqual(['browsers', 'on']);
    await press('[value=ask]');
    expect(chosen()).toEqual(['ask', 'on']);
    expect(kept.scripts).toMatchObject([{ id: 'browsers-own', excludeMatches: [`${BLOCKED}/*`] }]);
  });

  it('has a site ask anew that is set to ask, also when its answer becomes known later', async () => {
    await open([{ id: 3, url: ALLOWED, ...HERE }], { hasOwn: true });
    const said: UiSays[] = [];
    broker.onMessage.addListener((message) => said.push(message as UiSays));
    await press('[value=ask]');
    tell(STATE);
    tell(STATE);
    expect(said).toEqual([{ type: 'revoke', origin: ALLOWED }]);
  });

  it('says that a site does not ask that was answered on the command line, and keeps that answer', async () => {
    await open([{ id: 3, url: ALLOWED, ...HERE }], { hasOwn: true });
    const said: UiSays[] = [];
    broker.onMessage.addListener((message) => said.push(message as UiSays));
    tell({ ...STATE, status: { ...STATUS, grants: [{ profile: '*', origin: ALLOWED, state: 'allow', since: 0 }] } });
    await press('[value=ask]');
    expect(document.body.textContent).toContain('on the command line');
    expect(said).toEqual([]);
  });

  it('follows what is chosen and found out elsewhere', async () => {
    await open([{ id: 3, url: ALLOWED, ...HERE }]);
    expect(chosen()).toEqual(['on']);
    await act(() => kept.storage.local.set({ choices: { hasOwn: true, sites: { [ALLOWED]: { ai: 'off' } } } }));
    expect(chosen()).toEqual(['browsers', 'off']);
  });

  it.each([
    ['no site', { id: 3, url: 'chrome://settings/', ...HERE }],
    ['a private window', { id: 3, url: BLOCKED, incognito: true, ...HERE }],
  ])('offers no switch for %s', async (_, tab) => {
    await open([tab], { hasOwn: true });
    expect(document.querySelector('.switch')).toBeNull();
  });
});
