import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDLE_GRACE, WELCOME_TIMEOUT } from '../../../../extension/src/broker/native_port';
import type { Ask, StatusResult } from '../../../../extension/src/protocol';
import { FakeBrowser, request, settle } from '../support/fake_browser';

const ASK: Ask = {
  type: 'ask',
  ask: 7,
  origin: 'https://a.test',
  interface: 'language-model',
  model: 'Basil',
  incognito: false,
  embedder: null,
};
const STATUS: StatusResult = {
  type: 'status',
  version: '1.2.3',
  model: 'Basil',
  problem: null,
  grants: [{ profile: 'profile', origin: 'https://a.test', state: 'allow', since: 0 }],
  activity: [{ origin: 'https://a.test', sessions: 1, requests: 1, running: 0, waiting: 0, tokensPerSecond: 0 }],
  engine: null,
};
const LOST = { type: 'lost', reason: 'host-gone' };

let browser: FakeBrowser;

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeBrowser();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a lost Host', () => {
  it('is told to every document at once, and the next request starts another', async () => {
    const documents = [browser.document(), browser.document()];
    documents[0]?.say(request());
    await settle();
    browser.host.port.disconnect();
    for (const document of documents) expect(document.heard).toEqual([LOST]);
    documents[1]?.say(request());
    await settle();
    expect(browser.hosts).toHaveLength(2);
    expect(browser.host.frames).toMatchObject([{ client: 2 }]);
  });

  it('takes waiting requests and open questions with it', async () => {
    browser.greets = false;
    const document = browser.document();
    document.say(request());
    await settle();
    browser.host.port.disconnect();
    browser.greets = true;
    document.say(request('again'));
    await settle();
    expect(browser.host.frames).toMatchObject([{ request: 'again' }]);
    browser.host.say(ASK);
    await settle();
    browser.host.port.disconnect();
    await settle();
    expect(browser.open.size).toBe(0);
    expect(browser.badge).toBe(0);
  });

  it.each([
    ['Specified native messaging host not found.', 'host-missing', 'missing'],
    ['Access to the specified native messaging host is forbidden.', 'host-missing', 'forbidden'],
    ['Native host has exited.', 'host-gone', 'exited'],
    ['Error when communicating with the native messaging host.', 'host-gone', 'garbled'],
  ])('is explained by the browser: %s', async (words, reason, problem) => {
    const [document, page] = [browser.document(), browser.page()];
    document.say(request());
    browser.words = words;
    browser.host.port.disconnect();
    await settle();
    expect(document.heard).toEqual([{ type: 'lost', reason }]);
    expect(page.state?.host).toEqual({ state: 'failed', problem });
  });

  it('is one that gives no welcome in time', async () => {
    browser.greets = false;
    const [document, page] = [browser.document(), browser.page()];
    document.say(request());
    await vi.advanceTimersByTimeAsync(WELCOME_TIMEOUT);
    expect(document.heard).toEqual([LOST]);
    expect(page.state?.host).toEqual({ state: 'failed', problem: 'silent' });
    expect(browser.host.port.closed).toBe(true);
  });

  it('is one that cannot be understood', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    const [document, page] = [browser.document(), browser.page()];
    document.say(request());
    await settle();
    browser.host.port.postMessage({ type: 'chunk', client: 1, id: 5, text: 'Hi', surprise: true });
    expect(document.heard).toEqual([LOST]);
    expect(page.state?.host).toEqual({ state: 'failed', problem: 'garbled' });
    expect(error).toHaveBeenCalledOnce();
  });

  it.each([
    ['host', 'update-host'],
    ['extension', 'update-extension'],
  ] as const)('is one that speaks another protocol: update the %s', async (update, problem) => {
    browser.greets = false;
    const [document, page] = [browser.document(), browser.page()];
    document.say(request());
    await settle();
    browser.host.welcome(update);
    expect(document.heard).toEqual([LOST]);
    expect(page.state?.host).toEqual({ state: 'failed', problem });
  });
});

describe('an idle Host', () => {
  it('is let go after a grace, with every port, and comes back for the next request', async () => {
    const document = browser.document();
    document.say(request());
    await settle();
    browser.host.say({ type: 'idle' });
    await vi.advanceTimersByTimeAsync(IDLE_GRACE - 1);
    expect(document.heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(document.heard).toEqual([{ type: 'idle' }]);
    expect(document.port.closed).toBe(true);
    expect(browser.host.port.closed).toBe(true);
    browser.document().say(request());
    await settle();
    expect(browser.hosts).toHaveLength(2);
  });

  it('stays when a page asks within the grace', async () => {
    const document = browser.document();
    document.say(request());
    await settle();
    browser.host.say({ type: 'idle' });
    document.say(request());
    await vi.advanceTimersByTimeAsync(2 * IDLE_GRACE);
    expect(document.heard).toEqual([]);
  });

  it('stays when an event shows that it had not heard the last request yet', async () => {
    const document = browser.document();
    document.say(request());
    await settle();
    browser.host.say({ type: 'idle' });
    browser.host.say({ type: 'progress', client: 1, id: 1, loaded: 0 });
    await vi.advanceTimersByTimeAsync(2 * IDLE_GRACE);
    expect(browser.host.port.closed).toBe(false);
  });

  it('is not kept by the extension’s own pages', async () => {
    const page = browser.page();
    page.say({ type: 'refresh' });
    await settle();
    browser.host.say({ type: 'done', client: 0, id: 1, result: STATUS });
    await vi.advanceTimersByTimeAsync(IDLE_GRACE);
    expect(browser.host.port.closed).toBe(true);
    expect(page.state).toMatchObject({ host: { state: 'closed' }, status: { model: 'Basil', activity: [] } });
  });
});
