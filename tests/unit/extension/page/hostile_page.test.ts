// A page that patches built-ins after injection, so that it sees every use of them and may lie.

import { describe, expect, onTestFinished, test } from 'vitest';
import { Page } from './support/page';

const SECRET = 'the secret text';

/** Replaces an own property for the rest of the test. */
function patch(target: object, key: PropertyKey, change: (before: PropertyDescriptor) => PropertyDescriptor): void {
  const before = Object.getOwnPropertyDescriptor(target, key);
  if (!before) {
    throw new Error(`nothing to patch at ${String(key)}`);
  }
  Object.defineProperty(target, key, change(before));
  onTestFinished(() => {
    Object.defineProperty(target, key, before);
  });
}

/** Lets every use through and notes the name of those that touch the secret. */
function spyOn(target: object, key: PropertyKey, seen: Set<string>): void {
  patch(target, key, (before) => {
    const wrap = (original: unknown): ((...args: unknown[]) => unknown) => {
      const call = original as (...args: unknown[]) => unknown;
      return function spy(this: unknown, ...args: unknown[]): unknown {
        const result = Reflect.apply(call, this, args);
        if (JSON.stringify([this, result, args]).includes(SECRET)) {
          seen.add(String(key));
        }
        return result;
      };
    };
    const part = 'value' in before ? 'value' : 'get';
    return { ...before, [part]: wrap(Reflect.get(before, part)) };
  });
}

function spyOnTheRoad(): Set<string> {
  const seen = new Set<string>();
  spyOn(MessagePort.prototype, 'postMessage', seen);
  spyOn(MessageEvent.prototype, 'data', seen);
  spyOn(ReadableStreamDefaultController.prototype, 'enqueue', seen);
  spyOn(String.prototype, 'toWellFormed', seen);
  spyOn(Map.prototype, 'get', seen);
  spyOn(Map.prototype, 'set', seen);
  return seen;
}

describe('a page that patches built-ins', () => {
  test('sees nothing of a prompt and its answer, and the honest page gets both', async () => {
    const page = new Page();
    const { session } = await page.session();
    const seen = spyOnTheRoad();
    const reader = session.promptStreaming(SECRET).getReader();
    const { id, input } = await page.relay.hear('prompt');
    expect(input).toMatchObject([{ content: [{ value: SECRET }] }]);
    page.relay.chunks(id, SECRET);
    expect(await reader.read()).toEqual({ done: false, value: SECRET });
    expect([...seen]).toEqual([]);
  });

  test('would see traffic that went through the patched built-ins', async () => {
    const { port1, port2 } = new MessageChannel();
    const seen = spyOnTheRoad();
    const arrived = new Promise<MessageEvent>((resolve) => {
      port2.onmessage = resolve;
    });
    port1.postMessage({ text: SECRET });
    expect((await arrived).data).toEqual({ text: SECRET });
    port1.close();
    expect([...seen].sort()).toEqual(['data', 'postMessage']);
  });

  test('cannot forge an answer', async () => {
    const page = new Page();
    const { session } = await page.session();
    const answer = session.prompt('hi');
    const { id } = await page.relay.hear('prompt');
    const forged = { type: 'event', event: { type: 'chunk', id, text: 'forged' } };
    patch(MessageEvent.prototype, 'data', (before) => ({ ...before, get: () => forged }));
    page.relay.chunks(id, 'honest');
    page.relay.done(id, { type: 'usage', contextUsage: 1 });
    expect(await answer).toBe('honest');
  });

  test('cannot reach the lists of messages through setters on shared prototypes', async () => {
    const page = new Page();
    const { session } = await page.session();
    const caught: unknown[] = [];
    Object.defineProperty(Array.prototype, '0', { set: (value) => caught.push(value), configurable: true });
    try {
      void session.prompt(SECRET);
    } finally {
      Reflect.deleteProperty(Array.prototype, '0');
    }
    expect((await page.relay.hear('prompt')).input).toMatchObject([{ content: [{ value: SECRET }] }]);
    expect(caught).toEqual([]);
  });

  test('cannot break calls by patching array iteration', async () => {
    const page = new Page();
    const { session } = await page.session();
    const iterate = Reflect.get(Array.prototype, Symbol.iterator);
    let answer: Promise<string>;
    Reflect.set(Array.prototype, Symbol.iterator, () => {
      throw new Error('patched');
    });
    try {
      answer = session.prompt('hi', { signal: new AbortController().signal });
    } finally {
      Reflect.set(Array.prototype, Symbol.iterator, iterate);
    }
    page.relay.done((await page.relay.hear('prompt')).id, { type: 'usage', contextUsage: 1 });
    expect(await answer).toBe('');
  });
});
