import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDLE_GRACE, WELCOME_TIMEOUT } from '../../../../extension/src/broker/native_port';
import { STATUS_INTERVAL } from '../../../../extension/src/broker/overview';
import type { Ask, StatusResult } from '../../../../extension/src/protocol';
import { EXTENSION, FakeBrowser, request } from '../support/fake_browser';

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
  activity: [{ origin: 'https://a.test', sessions: 1, requests: 1 }],
};
const LOST = { type: 'lost', reason: 'host-gone' };

let browser: FakeBrowser;

/** Lets promises that are ready run, without moving the clock. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeBrowser();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a request', () => {
  it('starts the Host, waits for its welcome, and keeps its order', async () => {
    browser.greets = false;
    const document = browser.document();
    expect(browser.hosts).toHaveLength(0);
    document.say(request('first'));
    document.say(request('second'));
    await settle();
    expect(browser.host.heard.map(({ type }) => type)).toEqual(['hello']);
    browser.host.welcome();
    expect(browser.host.frames).toMatchObject([{ request: 'first' }, { request: 'second' }]);
  });

  it('carries what the browser says of its document, unread', async () => {
    const document = browser.document({ origin: 'https://b.test', tab: { incognito: true } });
    document.say({ type: 'request', request: { anything: [1] }, activated: false, visible: true });
    await settle();
    expect(browser.host.frames).toEqual([
      {
        type: 'page',
        client: 1,
        origin: 'https://b.test',
        incognito: true,
        request: { anything: [1] },
        allowed: ['language-model'],
        activated: false,
        visible: true,
        embedder: null,
      },
    ]);
  });

  it('cannot name its own origin, client or url', async () => {
    const document = browser.document({ origin: 'null', url: 'https://bank.test/' });
    document.say({ ...request({ origin: 'https://bank.test' }), origin: 'https://bank.test', client: 9, incognito: true });
    await settle();
    expect(browser.host.frames).toMatchObject([{ client: 1, origin: 'null', incognito: false }]);
  });

  it('of a document whose tab nobody knows counts as private', async () => {
    const document = browser.stranger({ id: browser.id, origin: 'https://a.test', documentId: 'no tab' });
    document.say({ type: 'facts', allowed: ['language-model'], embedder: null });
    document.say(request());
    await settle();
    expect(browser.host.frames).toMatchObject([{ incognito: true }]);
  });

  it('claims only interfaces that exist', async () => {
    const document = browser.document();
    document.say({ type: 'facts', allowed: ['language-model', 'root'], embedder: null });
    document.say(request());
    await settle();
    expect(browser.host.frames).toMatchObject([{ allowed: ['language-model'] }]);
  });

  it.each<[string, object]>([
    ['of a type that no Relay uses', { type: 'decide', ask: 1, decision: 'allow' }],
    ['facts of the wrong shape', { type: 'facts', allowed: 'all', embedder: null }],
    ['a request without its facts', { type: 'request', request: {} }],
    ['a request that cannot be serialized for the Host', request({ deep: 1n })],
  ])('cuts its own document off, and no other, when it is %s', async (_, message) => {
    vi.spyOn(console, 'warn').mockReturnValue();
    const [honest, document] = [browser.document(), browser.document()];
    honest.say(request());
    await settle();
    document.say(message);
    expect(document.port.closed).toBe(true);
    expect(honest.port.closed).toBe(false);
    expect(browser.host.frames.at(-1)).toEqual({ type: 'gone', client: 2, suspended: false });
  });

  it('cuts its document off when it comes before the facts', () => {
    const document = browser.stranger({ id: browser.id, origin: 'https://a.test', documentId: 'early' });
    document.say(request());
    expect(document.port.closed).toBe(true);
    expect(browser.hosts).toHaveLength(0);
  });
});

describe('a port', () => {
  it.each([
    ['another extension', { id: 'other', origin: 'https://a.test', documentId: 'document' }],
    ['another extension that calls itself ours', { id: 'other', origin: EXTENSION }],
    ['no document', { id: 'windowsill', origin: 'https://a.test' }],
    ['no origin', { id: 'windowsill', documentId: 'document' }],
  ])('of %s is refused', (_, sender) => {
    expect(browser.stranger(sender).port.closed).toBe(true);
  });

  it('that closes takes its document’s work with it', async () => {
    const document = browser.document();
    document.say(request());
    await settle();
    document.port.disconnect();
    expect(browser.host.frames.at(-1)).toEqual({ type: 'gone', client: 1, suspended: false });
  });

  it('that closes starts no Host', () => {
    browser.document().port.disconnect();
    expect(browser.hosts).toHaveLength(0);
  });

  it('of a document that returns from the back/forward cache has its number again', async () => {
    const before = browser.document({ documentId: 'kept' });
    before.say(request());
    await settle();
    before.say({ type: 'suspended' });
    before.port.disconnect();
    expect(browser.host.frames.at(-1)).toEqual({ type: 'gone', client: 1, suspended: true });
    browser.document();
    browser.document({ documentId: 'kept' }).say(request());
    expect(browser.host.frames.at(-1)).toMatchObject({ client: 1 });
  });
});

describe('an event', () => {
  it('goes to its own document, without the number', async () => {
    const [first, second] = [browser.document(), browser.document()];
    first.say(request());
    await settle();
    browser.host.say({ type: 'chunk', client: 2, id: 5, text: 'Hi' });
    expect(first.heard).toEqual([]);
    expect(second.heard).toEqual([{ type: 'event', event: { type: 'chunk', id: 5, text: 'Hi' } }]);
  });

  it('of a document that is gone goes nowhere', async () => {
    const document = browser.document();
    document.say(request());
    await settle();
    document.port.disconnect();
    browser.host.say({ type: 'chunk', client: 1, id: 5, text: 'Hi' });
    expect(document.heard).toEqual([]);
  });
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

describe('a question', () => {
  async function raise(): Promise<void> {
    browser.document().say(request());
    await settle();
    browser.host.say(ASK);
    await settle();
  }

  it('gets one window, a badge, and a place in the popup', async () => {
    const page = browser.page();
    await raise();
    expect([...browser.open.values()]).toEqual([ASK]);
    expect(browser.badge).toBe(1);
    expect(page.state?.asks).toEqual([ASK]);
  });

  it.each(['allow', 'once', 'block', 'dismiss'] as const)('is answered from its window: %s', async (decision) => {
    await raise();
    const page = browser.page();
    page.say({ type: 'decide', ask: 7, decision });
    page.say({ type: 'decide', ask: 7, decision: 'allow' });
    await settle();
    expect(browser.host.frames.filter(({ type }) => type === 'decide')).toEqual([{ type: 'decide', ask: 7, decision }]);
    expect(browser.open.size).toBe(0);
    expect(browser.badge).toBe(0);
  });

  it('cannot be answered by a document', async () => {
    await raise();
    const document = browser.document();
    document.say({ type: 'decide', ask: 7, decision: 'allow' });
    expect(document.port.closed).toBe(true);
    expect(browser.host.frames.some(({ type }) => type === 'decide')).toBe(false);
    expect(browser.open.size).toBe(1);
  });

  it('whose window the user closes is dismissed', async () => {
    await raise();
    browser.userCloses(1);
    await settle();
    expect(browser.host.frames).toContainEqual({ type: 'decide', ask: 7, decision: 'dismiss' });
    expect(browser.badge).toBe(0);
  });

  it('that the Host ended closes its window without an answer', async () => {
    await raise();
    browser.host.say({ type: 'askEnded', ask: 7 });
    await settle();
    expect(browser.open.size).toBe(0);
    expect(browser.host.frames.some(({ type }) => type === 'decide')).toBe(false);
  });

  it('that ends while its window opens leaves none behind', async () => {
    browser.document().say(request());
    await settle();
    browser.host.say(ASK);
    browser.host.say({ type: 'askEnded', ask: 7 });
    await settle();
    expect(browser.windows.open).toHaveBeenCalledOnce();
    expect(browser.open.size).toBe(0);
  });

  it('is brought to the front from the popup', async () => {
    await raise();
    browser.page().say({ type: 'show', ask: 7 });
    await settle();
    expect(browser.focused).toEqual([1]);
  });

  it('whose window could not be opened waits for the popup', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    browser.windows.open.mockRejectedValueOnce(new Error('no screen'));
    await raise();
    expect(browser.open.size).toBe(0);
    expect(browser.badge).toBe(1);
    browser.page().say({ type: 'show', ask: 7 });
    await settle();
    expect([...browser.open.values()]).toEqual([ASK]);
    expect(warn).toHaveBeenCalledOnce();
  });
});

describe('the end of private browsing', () => {
  it('is told to the Host when no private window is left', async () => {
    browser.document().say(request());
    await settle();
    browser.privateWindows = 1;
    browser.userCloses(8);
    await settle();
    expect(browser.host.frames.map(({ type }) => type)).toEqual(['page']);
    browser.privateWindows = 0;
    browser.userCloses(9);
    await settle();
    expect(browser.host.frames.at(-1)).toEqual({ type: 'privateEnded' });
  });

  it('starts no Host', async () => {
    browser.userCloses(9);
    await settle();
    expect(browser.hosts).toHaveLength(0);
  });
});

describe('a page of the extension', () => {
  it('hears the state at once, and again at every change', async () => {
    const page = browser.page();
    expect(page.state).toEqual({ host: { state: 'closed' }, asks: [], status: null });
    page.say({ type: 'refresh' });
    await settle();
    expect(page.state?.host).toEqual({ state: 'open', version: '1.2.3' });
    browser.host.say({ type: 'done', client: 0, id: 1, result: STATUS });
    expect(page.state?.status).toEqual(STATUS);
  });

  it('sees work begin and end, at a bounded rate', async () => {
    const page = browser.page();
    page.say({ type: 'refresh' });
    await settle();
    let answers = 0;
    browser.host.on('status', () => {
      browser.host.say({ type: 'done', client: 0, id: ++answers + 1, result: STATUS });
    });
    browser.host.say({ type: 'done', client: 0, id: 1, result: STATUS });
    const document = browser.document();
    for (let count = 0; count < 50; count++) document.say(request());
    await vi.advanceTimersByTimeAsync(2 * STATUS_INTERVAL);
    expect(answers).toBe(1);
  });

  it('costs nothing while none is open', async () => {
    browser.document().say(request());
    await settle();
    browser.host.say({ type: 'done', client: 1, id: 1, result: { type: 'availability', availability: 'available' } });
    expect(browser.host.frames.map(({ type }) => type)).toEqual(['page']);
  });

  it('revokes, and sees what is left', async () => {
    const page = browser.page();
    page.say({ type: 'revoke', origin: 'https://a.test' });
    await settle();
    expect(browser.host.frames).toEqual([{ type: 'revoke', id: 1, origin: 'https://a.test' }]);
    browser.host.say({ type: 'done', client: 0, id: 1, result: { type: 'revoke', revoked: 1 } });
    expect(browser.host.frames.at(-1)).toEqual({ type: 'status', id: 2 });
  });

  it('asks anew after the Host was lost while it answered', async () => {
    const page = browser.page();
    page.say({ type: 'refresh' });
    await settle();
    browser.host.port.disconnect();
    expect(page.state?.status).toBeNull();
    page.say({ type: 'refresh' });
    await settle();
    expect(browser.host.frames).toMatchObject([{ type: 'status' }]);
  });
});
