import './support/dom';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exposeInterfaces, type Interfaces } from '../../../../extension/src/page/exposure';
import { saySiteShape } from '../../../../extension/src/site_shape';

function interfaces(): Interfaces {
  return { LanguageModel: vi.fn(), CreateMonitor: vi.fn() } as unknown as Interfaces;
}

interface Window extends Partial<Interfaces> {
  readonly ai?: {
    readonly languageModel: unknown;
    readonly generateText?: unknown;
    readonly summarizer?: unknown;
    readonly translator?: unknown;
  };
}

const view = globalThis as Window;

const load = vi.fn();

beforeEach(() => {
  const target = new EventTarget();
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target));
  vi.stubGlobal('dispatchEvent', target.dispatchEvent.bind(target));
});

afterEach(() => {
  for (const name of ['LanguageModel', 'CreateMonitor', 'Summarizer', 'Translator', 'ai']) {
    Reflect.deleteProperty(globalThis, name);
  }
});

describe('a site’s shape', () => {
  test('without a choice is ours, with window.ai of all generations', () => {
    const ours = interfaces();
    exposeInterfaces(ours, load);
    expect(view.LanguageModel).toBe(ours.LanguageModel);
    expect(view.ai?.generateText).toBeTypeOf('function');
  });

  test('with today’s semantics only has the standard classes at window.ai', () => {
    const ours = interfaces();
    exposeInterfaces(ours, load);
    saySiteShape('ai-today');
    expect(Object.entries(view.ai ?? {})).toEqual([['languageModel', ours.LanguageModel]]);
  });

  test('without window.ai has no such property', () => {
    exposeInterfaces(interfaces(), load);
    saySiteShape('ai-off');
    expect('ai' in globalThis).toBe(false);
  });

  test('with the browser’s own has its classes, and window.ai over them', () => {
    const browsers = interfaces();
    Object.assign(globalThis, browsers);
    exposeInterfaces(interfaces(), load);
    expect(view.LanguageModel).not.toBe(browsers.LanguageModel);
    saySiteShape('ai-today');
    saySiteShape('browsers-own');
    expect(view.LanguageModel).toBe(browsers.LanguageModel);
    expect(view.CreateMonitor).toBe(browsers.CreateMonitor);
    expect(view.ai?.languageModel).toBe(browsers.LanguageModel);
  });

  test('with the browser’s own leaves no class of ours that the browser lacks', () => {
    Object.assign(globalThis, { LanguageModel: interfaces().LanguageModel });
    exposeInterfaces(interfaces(), load);
    saySiteShape('ai-off');
    saySiteShape('browsers-own');
    expect('CreateMonitor' in globalThis).toBe(false);
    expect('ai' in globalThis).toBe(false);
  });

  test('stays ours where the browser has none of its own', () => {
    const ours = interfaces();
    exposeInterfaces(ours, load);
    saySiteShape('browsers-own');
    expect(view.LanguageModel).toBe(ours.LanguageModel);
  });

  test('has our classes for tasks at window.ai, or the browser’s own with them', () => {
    const browsers = { ...interfaces(), Summarizer: vi.fn() };
    Object.assign(globalThis, browsers);
    const ours = { ...interfaces(), Summarizer: vi.fn(), Translator: vi.fn() } as unknown as Interfaces;
    exposeInterfaces(ours, load);
    expect(view.ai).toMatchObject({ summarizer: { create: expect.any(Function) as unknown } });
    saySiteShape('ai-today');
    expect(view.ai).toMatchObject({ summarizer: ours.Summarizer, translator: ours.Translator });
    saySiteShape('browsers-own');
    expect(view.Summarizer).toBe(browsers.Summarizer);
    expect(view.ai?.summarizer).toBe(browsers.Summarizer);
    expect('Translator' in globalThis).toBe(false);
    expect(view.ai?.translator).toBeUndefined();
  });

  test('makes window.ai when it is looked at, and once', () => {
    exposeInterfaces(interfaces(), load);
    expect(Object.getOwnPropertyDescriptor(globalThis, 'ai')).toMatchObject({ get: expect.any(Function) as unknown });
    expect(view.ai).toBe(view.ai);
  });

  test.each(['before', 'after'])('leaves window.ai to the page, which may replace it %s a look at it', (when) => {
    exposeInterfaces(interfaces(), load);
    if (when === 'after') {
      expect(view.ai).toBeDefined();
    }
    const mine = { languageModel: null };
    Object.assign(globalThis, { ai: mine });
    expect(view.ai).toBe(mine);
  });
});
