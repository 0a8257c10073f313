import { beforeEach, describe, expect, it, vi } from 'vitest';
import { choose, readChoices, refreshChoices, watchChoices } from '../../../../extension/src/sites/site_choices';
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

  it('end with what was seen of that model last, however long the browser took to tell, and wait for neither', async () => {
    const tell = new Promise<(availability: string) => void>((asked) => {
      vi.stubGlobal('LanguageModel', { availability: () => new Promise<string>((resolve) => { asked(resolve); }) });
    });
    const first = refreshChoices();
    const tellFirst = await tell;
    vi.stubGlobal('LanguageModel', { availability: () => Promise.resolve('available') });
    const second = refreshChoices();
    await choose(A, { ai: 'off' });
    tellFirst('unavailable');
    await Promise.all([first, second]);
    expect(ids()).toEqual(['ai-off', 'browsers-own']);
  });

  it('are told with every change', async () => {
    const told: unknown[] = [];
    watchChoices((choices) => told.push(choices));
    await choose(A, { ai: 'off' });
    await chrome.storage.local.set({ other: 1 });
    expect(told).toEqual([{ hasOwn: false, sites: { [A]: { ai: 'off' } } }]);
  });
});
