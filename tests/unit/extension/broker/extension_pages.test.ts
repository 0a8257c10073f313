import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STATUS_INTERVAL } from '../../../../extension/src/broker/overview';
import type { StatusResult } from '../../../../extension/src/protocol';
import { FakeBrowser, request, settle } from '../support/fake_browser';

const STATUS: StatusResult = {
  type: 'status',
  version: '1.2.3',
  model: 'Basil',
  problem: null,
  grants: [{ profile: 'profile', origin: 'https://a.test', state: 'allow', since: 0 }],
  activity: [{ origin: 'https://a.test', sessions: 1, requests: 1 }],
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
