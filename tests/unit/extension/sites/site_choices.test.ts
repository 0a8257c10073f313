import { beforeEach, describe, expect, it, vi } from 'vitest';
import { choose, readChoices, refreshChoices } from '../../../../extension/src/sites/site_choices';
import { FakeChrome, FakeLocks } from '../support/fake_chrome';

const A = 'https://a.test';

let browser: FakeChrome;

function ids(): string[] {
  return browser.scripts.map(({ id }) => id);
}

beforeEach(() => {
  browser = new FakeChrome();
  vi.stubGlobal('chrome', browser);
  vi.stubGlobal('navigator', { locks: new FakeLocks() });
});

describe('the kept choices', () => {
  it('are none at first', async () => {
    expect(await readChoices()).toEqual({ hasOwn: false, sites: {} });
  });

  it('hold in the browser as soon as they are made, and can be taken back', async () => {
    await choose(A, { ai: 'off' });
    expect(browser.scripts).toMatchObject([
      { id: 'ai-off', matches: [`${A}/*`], js: ['ai-off.js'], runAt: 'document_start', world: 'MAIN', allFrames: true },
    ]);
    expect((await readChoices()).sites).toEqual({ [A]: { ai: 'off' } });
    await choose(A, { ai: 'on' });
    expect(ids()).toEqual([]);
  });

  it('are registered anew after the browser forgot them', async () => {
    await choose(A, { ai: 'today' });
    browser.scripts = [];
    await refreshChoices();
    expect(ids()).toEqual(['ai-today']);
  });

  it('survive being changed twice at once', async () => {
    await Promise.all([choose(A, { ai: 'off' }), choose('https://b.test', { ai: 'today' })]);
    expect(ids()).toEqual(['ai-today', 'ai-off']);
  });

  it.each([
    ['available', ['browsers-own']],
    ['downloadable', ['browsers-own']],
    ['unavailable', []],
  ])('know a browser’s own model that is %s', async (availability, scripts) => {
    vi.stubGlobal('LanguageModel', { availability: () => Promise.resolve(availability) });
    await refreshChoices();
    expect(ids()).toEqual(scripts);
  });
});
