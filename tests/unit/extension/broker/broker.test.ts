import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDLE_GRACE } from '../../../../extension/src/broker/native_port';
import { EXTENSION, FakeBrowser, request, settle } from '../support/fake_browser';

let browser: FakeBrowser;

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
    document.say({ type: 'request', request: { anything: [1] }, activated: false, active: false, visible: true });
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
        active: false,
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
    ['a visibility that is none', { type: 'visible', visible: 'hidden' }],
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

  it('says who came on screen or left it, by the number', async () => {
    const [document, other] = [browser.document(), browser.document()];
    document.say(request());
    other.say(request());
    await settle();
    other.say({ type: 'visible', visible: false });
    expect(browser.host.frames.at(-1)).toEqual({ type: 'visible', client: 2, visible: false });
  });

  it('of a document that comes on screen starts no Host', () => {
    browser.document().say({ type: 'visible', visible: true });
    expect(browser.hosts).toHaveLength(0);
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

  it('of a document that rests in the back/forward cache of a tab is gone with that tab, and with no other', async () => {
    const document = browser.document({ documentId: 'kept', tab: { id: 5, incognito: false } });
    document.say(request());
    await settle();
    document.say({ type: 'suspended' });
    document.port.disconnect();
    browser.userClosesTab(6);
    expect(browser.host.frames.at(-1)).toEqual({ type: 'gone', client: 1, suspended: true });
    browser.userClosesTab(5);
    expect(browser.host.frames.at(-1)).toEqual({ type: 'gone', client: 1, suspended: false });
    browser.host.say({ type: 'idle' });
    await vi.advanceTimersByTimeAsync(IDLE_GRACE);
    expect(browser.tabListeners.size).toBe(0);
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
