import { describe, expect, test } from 'vitest';
import { Page, reasonOf } from './support/page';

describe('the interface object', () => {
  test('cannot be constructed or called', () => {
    const { LanguageModel } = new Page();
    expect(() => new LanguageModel()).toThrow(TypeError);
    const called = LanguageModel as unknown as () => void;
    expect(called).toThrow(TypeError);
  });

  test('inherits from EventTarget and has its class string', async () => {
    const page = new Page();
    const { session } = await page.session();
    expect(Object.getPrototypeOf(page.LanguageModel)).toBe(EventTarget);
    expect(session).toBeInstanceOf(page.LanguageModel);
    expect(session).toBeInstanceOf(EventTarget);
    expect(Object.prototype.toString.call(session)).toBe('[object LanguageModel]');
  });

  test.each([
    ['prompt', 1],
    ['promptStreaming', 1],
    ['append', 1],
    ['measureContextUsage', 1],
    ['measureInputUsage', 1],
    ['clone', 0],
    ['destroy', 0],
  ])('%s is a writable, enumerable, configurable method of %d required arguments', (name, length) => {
    const { prototype } = new Page().LanguageModel;
    const property = Object.getOwnPropertyDescriptor(prototype, name);
    expect(property).toMatchObject({ writable: true, enumerable: true, configurable: true });
    const method = property?.value as (...args: unknown[]) => unknown;
    expect([method.name, method.length, 'prototype' in method]).toEqual([name, length, false]);
  });

  test.each(['create', 'availability'])('%s is a static method without required arguments', (name) => {
    const property = Object.getOwnPropertyDescriptor(new Page().LanguageModel, name);
    expect(property).toMatchObject({ writable: true, enumerable: true, configurable: true });
    const method = property?.value as (...args: unknown[]) => unknown;
    expect([method.name, method.length]).toEqual([name, 0]);
  });

  test.each(['contextUsage', 'contextWindow', 'samplingMode', 'inputUsage', 'inputQuota'])(
    '%s is a read-only accessor of the prototype that refuses other objects',
    (name) => {
      const { prototype } = new Page().LanguageModel;
      const property = Object.getOwnPropertyDescriptor(prototype, name);
      expect(property).toMatchObject({ set: undefined, enumerable: true, configurable: true });
      expect(property?.get?.name).toBe(`get ${name}`);
      expect(() => Reflect.get(prototype, name, {}) as unknown).toThrow(TypeError);
    },
  );

  test('has exactly the members of the IDL and the aliases', () => {
    const { LanguageModel } = new Page();
    expect(Object.keys(LanguageModel).sort()).toEqual(['availability', 'create']);
    expect(Object.keys(LanguageModel.prototype).sort()).toEqual([
      'append',
      'clone',
      'contextUsage',
      'contextWindow',
      'destroy',
      'inputQuota',
      'inputUsage',
      'measureContextUsage',
      'measureInputUsage',
      'oncontextoverflow',
      'onquotaoverflow',
      'prompt',
      'promptStreaming',
      'samplingMode',
    ]);
  });

  test('a promise operation on another object rejects and a streaming one throws', async () => {
    const { prototype } = new Page().LanguageModel;
    expect(await reasonOf(prototype.prompt.call({}, 'x'))).toBeInstanceOf(TypeError);
    expect(await reasonOf(prototype.clone.call(undefined))).toBeInstanceOf(TypeError);
    expect(() => prototype.promptStreaming.call({}, 'x')).toThrow(TypeError);
  });

  test('a missing argument is a TypeError', async () => {
    const { session } = await new Page().session();
    expect(await reasonOf(session.prompt())).toBeInstanceOf(TypeError);
    expect(await reasonOf(session.append())).toBeInstanceOf(TypeError);
    expect(() => session.promptStreaming()).toThrow(TypeError);
  });
});
