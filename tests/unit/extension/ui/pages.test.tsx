// @vitest-environment happy-dom

import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ask, Decision, StatusResult } from '../../../../extension/src/protocol';
import { NO_CHOICES } from '../../../../extension/src/sites/choices';
import { AskView, DEAD_TIME } from '../../../../extension/src/ui/ask_view';
import { OptionsView } from '../../../../extension/src/ui/options_view';
import { PopupView } from '../../../../extension/src/ui/popup_view';

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
  grants: [
    { profile: 'mine', origin: 'https://a.test', state: 'allow', since: 0 },
    { profile: '*', origin: 'https://b.test', state: 'block', since: 0 },
  ],
  activity: [
    { origin: 'https://a.test', sessions: 2, requests: 3, running: 2, waiting: 1, tokensPerSecond: 27.54 },
    { origin: 'https://b.test', sessions: 1, requests: 0, running: 0, waiting: 0, tokensPerSecond: 0 },
  ],
  engine: {
    models: [{ name: 'Basil', device: 'CUDA0', memory: 3 * 2 ** 29, cacheUsed: 0.126 }],
    running: 3,
    waiting: 2,
    tokensPerSecond: 61,
  },
};

function text(): string {
  return document.body.textContent;
}

function button(selector: string): HTMLButtonElement {
  const found = document.querySelector<HTMLButtonElement>(selector);
  if (found === null) throw new Error(`no ${selector}`);
  return found;
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => {
  void act(() => { render(null, document.body); });
  vi.useRealTimers();
});

describe('the question', () => {
  const decide = vi.fn<(decision: Decision) => void>();

  function show(ask: Partial<Ask> = {}, useBrowsers: (() => Promise<unknown>) | null = null): void {
    const view = <AskView ask={{ ...ASK, ...ask }} decide={decide} useBrowsers={useBrowsers} />;
    void act(() => { render(view, document.body); });
  }

  function wait(milliseconds: number): void {
    void act(() => { vi.advanceTimersByTime(milliseconds); });
  }

  beforeEach(() => { decide.mockReset(); });

  it('shows the whole origin, isolated from the words around it', () => {
    const origin = `https://${'very-long-name.'.repeat(12)}test:8443`;
    show({ origin });
    expect(document.querySelector('h1 bdi')?.textContent).toBe(origin);
  });

  it('shows markup in an origin or a model’s name as text', () => {
    show({ model: '<img src=x>' });
    expect(document.querySelector('img[src=x]')).toBeNull();
    expect(text()).toContain('<img src=x>');
  });

  it('names the embedding site, and only when there is one', () => {
    show();
    expect(document.querySelector('.embedder')).toBeNull();
    show({ embedder: 'https://top.test' });
    expect(document.querySelector('.embedder')?.textContent).toContain('https://top.test');
  });

  it('takes no click before the dead time is over', () => {
    show();
    wait(DEAD_TIME - 1);
    button('#allow').click();
    expect(decide).not.toHaveBeenCalled();
    wait(1);
    button('#allow').click();
    expect(decide).toHaveBeenCalledExactlyOnceWith('allow');
  });

  it('is dead again after it came to the front', () => {
    show();
    wait(DEAD_TIME);
    void act(() => { window.dispatchEvent(new Event('focus')); });
    button('#once').click();
    expect(decide).not.toHaveBeenCalled();
    wait(DEAD_TIME);
    button('#once').click();
    expect(decide).toHaveBeenCalledExactlyOnceWith('once');
  });

  it('offers the browser’s own model where that is a choice, and says when it holds', async () => {
    show();
    expect(document.querySelector('#browsers')).toBeNull();
    const useBrowsers = vi.fn(() => Promise.resolve());
    show({}, useBrowsers);
    wait(DEAD_TIME);
    button('#browsers').click();
    await act(async () => { await Promise.resolve(); });
    expect(useBrowsers).toHaveBeenCalledOnce();
    expect(text()).toContain('once you reload its page');
    expect(decide).not.toHaveBeenCalled();
    button('#close').click();
    expect(decide).toHaveBeenCalledExactlyOnceWith('dismiss');
  });

  it('offers a local file no answer that would last', () => {
    show({ origin: 'file://' });
    expect(Array.from(document.querySelectorAll('.answers button'), ({ id }) => id)).toEqual(['once', 'block']);
    expect(text()).toContain('until you close or reload it');
  });

  it('is put off with Escape at any time', () => {
    show();
    window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(decide).toHaveBeenCalledExactlyOnceWith('dismiss');
  });
});

describe('the popup', () => {
  const show = vi.fn();
  const revoke = vi.fn();
  const stop = vi.fn();

  function draw(origin: string | null, status = STATUS): void {
    const state = { host: { state: 'open', version: '1.2.3' }, asks: [ASK], status } as const;
    const view = (
      <PopupView
        state={state}
        origin={origin}
        choices={null}
        browser="chromium"
        show={show}
        revoke={revoke}
        stop={stop}
        settings={vi.fn()}
      />
    );
    void act(() => { render(view, document.body); });
  }

  it('leads to a waiting question', () => {
    draw(null);
    button('.waiting button').click();
    expect(show).toHaveBeenCalledWith(ASK);
  });

  it('forgets this site’s answer', () => {
    draw('https://a.test');
    expect(text()).toContain('Allowed');
    button('#forget').click();
    expect(revoke).toHaveBeenCalledWith('https://a.test');
  });

  it('cannot forget an answer for all browsers', () => {
    draw('https://b.test');
    expect(text()).toContain('Blocked');
    expect(document.querySelector('#forget')).toBeNull();
  });

  it('shows who is using the model, and how fast', () => {
    draw(null);
    expect(Array.from(document.querySelectorAll('.activity li .who'), (entry) => entry.textContent)).toEqual([
      'https://a.test2 sessions · 3 answers under way2 running · 1 waiting · 27.5 tokens/s',
      'https://b.test1 session',
    ]);
    const dots = Array.from(document.querySelectorAll('.activity .dot'), (dot) => dot.className);
    expect(dots).toEqual(['dot good live', 'dot']);
  });

  it('counts what runs only where it is not what was asked for', () => {
    const activity = [
      { origin: 'https://a.test', sessions: 1, requests: 1, running: 1, waiting: 0, tokensPerSecond: 9 },
      { origin: 'https://b.test', sessions: 0, requests: 0, running: 1, waiting: 0, tokensPerSecond: 9 },
    ];
    draw(null, { ...STATUS, activity });
    expect(Array.from(document.querySelectorAll('.activity .figures'), (line) => line.textContent)).toEqual([
      '9.0 tokens/s',
      '1 running · 9.0 tokens/s',
    ]);
  });

  it('shows what the model takes, and that others use it too, without their names', () => {
    draw(null);
    expect(document.querySelector('.loaded')?.textContent).toBe('Basil · CUDA0, 1.5 GB of memory, 13 % of its cache in use');
    expect(document.querySelector('.elsewhere')?.textContent).toBe('2 more answers for other browsers or profiles');
  });

  it('shows neither without an Engine', () => {
    draw(null, { ...STATUS, activity: [], engine: null });
    expect(text()).toContain('No site is using the model.');
    expect(document.querySelector('.loaded, .elsewhere, .activity li')).toBeNull();
  });

  it('stops a site that has something under way, and offers it for no other', () => {
    draw(null);
    const buttons = Array.from(document.querySelectorAll<HTMLButtonElement>('.activity button'));
    expect(buttons.map((entry) => entry.getAttribute('aria-label'))).toEqual(['Stop the answers for https://a.test']);
    buttons[0]?.click();
    expect(stop).toHaveBeenCalledExactlyOnceWith('https://a.test');
  });
});

describe('the options page', () => {
  const copy = vi.fn(() => Promise.resolve());
  const revoke = vi.fn();
  const stop = vi.fn();

  const reset = vi.fn();

  function draw(status: StatusResult | null, missing = false, choices = NO_CHOICES): void {
    const host = missing ? ({ state: 'failed', problem: 'missing' } as const) : ({ state: 'open', version: '1.2.3' } as const);
    const view = (
      <OptionsView
        state={{ host, asks: [], status }}
        choices={choices}
        browser="chromium"
        version="1.2.4"
        check={vi.fn()}
        copy={copy}
        revoke={revoke}
        reset={reset}
        stop={stop}
      />
    );
    void act(() => { render(view, document.body); });
  }

  it('stops a site that is using the model', () => {
    draw(STATUS);
    button('.activity button').click();
    expect(stop).toHaveBeenCalledExactlyOnceWith('https://a.test');
  });

  it('says nothing of use before the Host has spoken', () => {
    draw(null);
    expect(text()).not.toContain('In use now');
  });

  it('gives the exact command when the Host is missing, and copies it', async () => {
    copy.mockResolvedValue();
    draw(null, true);
    expect(document.querySelector('code')?.textContent).toBe('windowsill install --browser chromium');
    button('.command button').click();
    await act(async () => { await Promise.resolve(); });
    expect(copy).toHaveBeenCalledWith('windowsill install --browser chromium');
    expect(button('.command button').textContent).toBe('Copied');
  });

  it('shows the versions and the model', () => {
    draw(STATUS);
    expect(Array.from(document.querySelectorAll('.facts dd'), (entry) => entry.textContent)).toEqual(['1.2.4', '1.2.3', 'Basil']);
  });

  it('lists the answers and forgets this profile’s only', () => {
    draw(STATUS);
    const forget = Array.from(document.querySelectorAll<HTMLButtonElement>('.sites button'));
    expect(forget.map((entry) => entry.getAttribute('aria-label'))).toEqual(['Forget the answer for https://a.test']);
    forget[0]?.click();
    expect(revoke).toHaveBeenCalledWith('https://a.test');
  });

  it('lists what was chosen for sites, and takes it back', () => {
    draw(STATUS);
    expect(text()).not.toContain('Choices for sites');
    draw(STATUS, false, { hasOwn: true, sites: { 'https://b.test': { ai: 'off' }, 'https://a.test': { answerer: 'ours' } } });
    expect(Array.from(document.querySelectorAll('.chosen li > div'), (entry) => entry.textContent)).toEqual([
      'https://a.testAnswers come from: Windowsill',
      'https://b.testwindow.ai: Off',
    ]);
    button('.chosen li:last-child button').click();
    expect(reset).toHaveBeenCalledExactlyOnceWith('https://b.test');
  });
});
