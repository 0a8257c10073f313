import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ask } from '../../../../extension/src/protocol';
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

let browser: FakeBrowser;

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeBrowser();
});
afterEach(() => {
  vi.useRealTimers();
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
