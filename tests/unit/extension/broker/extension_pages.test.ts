import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IDLE_GRACE } from '../../../../extension/src/broker/native_port';
import { STATUS_INTERVAL } from '../../../../extension/src/broker/overview';
import type { Activity, EngineStatus, StatusResult } from '../../../../extension/src/protocol';
import { FakeBrowser, request, settle } from '../support/fake_browser';

const ENTRY: Activity = {
  origin: 'https://a.test',
  sessions: 1,
  requests: 1,
  running: 0,
  waiting: 0,
  tokensPerSecond: 0,
};
const STATUS: StatusResult = {
  type: 'status',
  version: '1.2.3',
  model: 'Basil',
  problem: null,
  grants: [{ profile: 'profile', origin: 'https://a.test', state: 'allow', since: 0 }],
  activity: [ENTRY],
  engine: null,
};

let browser: FakeBrowser;

beforeEach(() => {
  vi.useFakeTimers();
  browser = new FakeBrowser();
});
afterEach(() => {
  vi.useRealTimers();
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
    expect(browser.host.frames).toContainEqual({ type: 'revoke', id: 1, origin: 'https://a.test' });
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
    expect(browser.host.frames.map(({ type }) => type).sort()).toEqual(['status', 'watch']);
  });

  it('stops an origin, and sees what is left', async () => {
    const page = browser.page();
    page.say({ type: 'stop', origin: 'https://a.test' });
    await settle();
    expect(browser.host.frames).toContainEqual({ type: 'stopOrigin', id: 1, origin: 'https://a.test' });
    browser.host.say({ type: 'done', client: 0, id: 1, result: { type: 'stop', stopped: 2 } });
    expect(browser.host.frames.at(-1)).toEqual({ type: 'status', id: 2 });
  });
});

describe('a page of the extension that looks at work', () => {
  const engine: EngineStatus = { models: [], running: 1, waiting: 0, tokensPerSecond: 20 };
  const busy: Activity = { ...ENTRY, running: 1, tokensPerSecond: 20 };

  function watches(): readonly boolean[] {
    return browser.host.frames.flatMap((frame) => (frame.type === 'watch' ? [frame.on] : []));
  }

  async function look(): Promise<ReturnType<FakeBrowser['page']>> {
    const page = browser.page();
    page.say({ type: 'refresh' });
    await settle();
    browser.host.say({ type: 'done', client: 0, id: 1, result: STATUS });
    return page;
  }

  it('is told what moves, without asking', async () => {
    const page = await look();
    browser.host.say({ type: 'live', activity: [busy], engine });
    expect(page.state?.status).toEqual({ ...STATUS, activity: [busy], engine });
    expect(browser.host.frames.filter(({ type }) => type === 'status')).toHaveLength(1);
  });

  it('has the Host told once that somebody looks, and once that nobody does any more', async () => {
    const page = await look();
    const other = browser.page();
    expect(watches()).toEqual([true]);
    page.port.disconnect();
    expect(watches()).toEqual([true]);
    other.port.disconnect();
    expect(watches()).toEqual([true, false]);
  });

  it('has the next Host told as well', async () => {
    await look();
    browser.host.port.disconnect();
    browser.document().say(request());
    await settle();
    expect(browser.hosts).toHaveLength(2);
    expect(watches()).toEqual([true]);
  });

  it('starts no Host by looking alone, and keeps none that is idle', async () => {
    const page = browser.page();
    expect(browser.hosts).toEqual([]);
    browser.document().say(request());
    await settle();
    page.say({ type: 'refresh' });
    browser.host.say({ type: 'idle' });
    await vi.advanceTimersByTimeAsync(IDLE_GRACE / 2);
    browser.host.say({ type: 'live', activity: [], engine: null });
    await vi.advanceTimersByTimeAsync(IDLE_GRACE);
    expect(browser.host.port.closed).toBe(true);
  });

  it('sees no figures of a Host that has not told its status', async () => {
    const page = browser.page();
    page.say({ type: 'refresh' });
    await settle();
    browser.host.say({ type: 'live', activity: [busy], engine });
    expect(page.state?.status).toBeNull();
  });
});
