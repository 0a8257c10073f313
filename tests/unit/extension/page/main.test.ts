import './support/dom';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { HAND_OVER } from '../../../../extension/src/hand_over';

const EXPOSED = [
  'CreateMonitor',
  'LanguageDetector',
  'LanguageModel',
  'LanguageModelToolCall',
  'LanguageModelToolError',
  'LanguageModelToolSuccess',
  'Proofreader',
  'Rewriter',
  'Summarizer',
  'Translator',
  'Writer',
  'ai',
];

function names(): Set<string> {
  return new Set(Object.getOwnPropertyNames(globalThis));
}

/** Ports that the script hands over while it runs. */
async function inject(): Promise<MessagePort[]> {
  const handedOver: MessagePort[] = [];
  const take = (event: Event): void => {
    handedOver.push(...(event as MessageEvent).ports);
  };
  addEventListener(HAND_OVER, take);
  await import('../../../../extension/src/page/main');
  removeEventListener(HAND_OVER, take);
  onTestFinished(() => {
    for (const port of handedOver) {
      port.close();
    }
  });
  return handedOver;
}

describe('the injected script', () => {
  beforeEach(() => {
    vi.resetModules();
  });

  afterEach(() => {
    for (const name of EXPOSED) {
      Reflect.deleteProperty(globalThis, name);
    }
  });

  test('leaves the interfaces and ai on the window, and nothing else', async () => {
    const before = names();
    await inject();
    const added = [...names()].filter((name) => !before.has(name));
    expect(added.sort()).toEqual(EXPOSED);
    for (const name of added.filter((name) => name !== 'ai')) {
      expect(Object.getOwnPropertyDescriptor(globalThis, name)).toMatchObject({
        writable: true,
        configurable: true,
        enumerable: false,
      });
    }
  });

  test('hands over one port and says nothing on it', async () => {
    const ports = await inject();
    expect(ports).toHaveLength(1);
    const [port] = ports;
    const said: unknown[] = [];
    const first = new Promise<void>((resolve) => {
      port?.addEventListener('message', (event) => {
        said.push(event.data);
        resolve();
      });
    });
    port?.start();
    const model = Reflect.get(globalThis, 'LanguageModel') as { availability(): Promise<string> };
    void model.availability();
    await first;
    expect(said).toMatchObject([{ type: 'availability', id: 1 }]);
  });

  test('does nothing where the context is not secure', async () => {
    vi.stubGlobal('isSecureContext', false);
    const before = names();
    expect(await inject()).toEqual([]);
    expect(names()).toEqual(before);
  });

  test('a document without a window is not fully active', async () => {
    await inject();
    const model = Reflect.get(globalThis, 'LanguageModel') as { availability(): Promise<string> };
    Reflect.set(document, 'view', null);
    onTestFinished(() => {
      Reflect.set(document, 'view', globalThis);
    });
    await expect(model.availability()).rejects.toMatchObject({ name: 'InvalidStateError' });
  });

  test('leaves a property that cannot be redefined as it is', async () => {
    const expectedLast = Object.freeze({ mine: true });
    Object.defineProperty(globalThis, 'CreateMonitor', { value: expectedLast, configurable: false });
    await inject();
    expect(Reflect.get(globalThis, 'CreateMonitor')).toBe(expectedLast);
    expect(Reflect.has(globalThis, 'LanguageModel')).toBe(true);
  });
});
