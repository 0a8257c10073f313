// What a page finds before the script behind `window.ai` has come.

import '../support/dom';
import { describe, expect, test, vi } from 'vitest';
import { newGenerations, type NewGenerations } from '../../../../../extension/src/page/window_ai/generations';
import type { StandardClasses } from '../../../../../extension/src/page/window_ai/standard';
import { newWindowAI } from '../../../../../extension/src/page/window_ai/window_ai';
import { reasonOf } from '../support/page';

const classes = {
  LanguageModel: Object.assign(vi.fn(), { availability: () => Promise.resolve('available') }),
  Summarizer: vi.fn(),
} as unknown as StandardClasses;

interface AI {
  readonly languageModel: { availability(): Promise<string>; params(): Promise<object> };
  getCurrentModel(): Promise<string>;
}

function methods(of: object): string[] {
  return Object.entries(of).filter(([, value]) => typeof value === 'function').map(([name]) => name).sort();
}

describe('window.ai', () => {
  test('has every member that the script makes, and its name', () => {
    const ai = newWindowAI(classes, vi.fn());
    const { own, factories } = newGenerations(new EventTarget(), classes, []);
    expect(methods(ai)).toEqual([...methods(own), 'addEventListener'].sort());
    for (const [name, made] of Object.entries(factories)) {
      const factory = Reflect.get(ai, name) as object;
      expect(methods(factory)).toEqual(methods(made));
      expect(methods(factory).map((method) => (Reflect.get(factory, method) as CallableFunction).name)).toEqual(methods(factory));
    }
  });

  test('has the script run at the first call, and once', async () => {
    const load = vi.fn(() => Promise.resolve(newGenerations));
    const ai = newWindowAI(classes, load) as AI;
    expect(load).not.toHaveBeenCalled();
    expect(await Promise.all([ai.getCurrentModel(), ai.languageModel.availability()])).toEqual(['local', 'available']);
    expect(load).toHaveBeenCalledOnce();
  });

  test('rejects where the script cannot run, and tries anew at the next call', async () => {
    const reason = new DOMException('', 'UnknownError');
    const load = vi.fn<() => Promise<NewGenerations>>().mockRejectedValueOnce(reason).mockResolvedValue(newGenerations);
    const ai = newWindowAI(classes, load) as AI;
    expect(await reasonOf(ai.languageModel.availability())).toBe(reason);
    expect(await ai.languageModel.availability()).toBe('available');
  });
});
