import { describe, expect, test } from 'vitest';
import type { TaskClass } from '../../../../../extension/src/page/window_ai/standard';
import { Page, reasonOf } from '../support/page';

const LANGUAGES = ['expectedContextLanguages', 'expectedInputLanguages', 'outputLanguage'];
const MEASURED = ['inputQuota', 'measureInputUsage'];

/** Each interface: its method, whether it streams, its other members. */
const INTERFACES: readonly (readonly [TaskClass, string, boolean, readonly string[]])[] = [
  [
    'Summarizer',
    'summarize',
    true,
    [...LANGUAGES, ...MEASURED, 'format', 'length', 'preference', 'sharedContext', 'type'],
  ],
  ['Writer', 'write', true, [...LANGUAGES, ...MEASURED, 'format', 'length', 'sharedContext', 'tone']],
  ['Rewriter', 'rewrite', true, [...LANGUAGES, ...MEASURED, 'format', 'length', 'sharedContext', 'tone']],
  [
    'Proofreader',
    'proofread',
    false,
    [
      'correctionExplanationLanguage',
      'expectedInputLanguages',
      'includeCorrectionExplanations',
      'includeCorrectionTypes',
    ],
  ],
  ['Translator', 'translate', true, [...MEASURED, 'sourceLanguage', 'targetLanguage']],
  ['LanguageDetector', 'detect', false, [...MEASURED, 'expectedInputLanguages']],
];

const PAIR = { sourceLanguage: 'en', targetLanguage: 'es' };

describe.each(INTERFACES)('%s', (name, method, streams, others) => {
  const methods = [method, ...(streams ? [`${method}Streaming`] : [])];

  test('has exactly the members of the IDL', () => {
    const Class = new Page().tasks[name];
    expect(Class.name).toBe(name);
    expect(Object.keys(Class).sort()).toEqual(['availability', 'create']);
    expect(Object.keys(Class.prototype).sort()).toEqual([...methods, ...others, 'destroy'].sort());
  });

  test('cannot be constructed, called or extended to an object', () => {
    const Class = new Page().tasks[name];
    const called = Class as unknown as () => void;
    expect(() => new Class()).toThrow(TypeError);
    expect(called).toThrow(TypeError);
    expect(() => new (class extends Class {})()).toThrow(TypeError);
  });

  test('makes objects of its class that have no properties of their own', async () => {
    const page = new Page();
    const { object } = await page.task(name, PAIR);
    expect(object).toBeInstanceOf(page.tasks[name]);
    expect(Object.prototype.toString.call(object)).toBe(`[object ${name}]`);
    expect(Reflect.ownKeys(object)).toEqual([]);
  });

  test('has methods of their required arguments, which reject or throw on other objects', async () => {
    const { prototype } = new Page().tasks[name];
    for (const [index, key] of methods.entries()) {
      const operation = prototype[key] as (...given: readonly unknown[]) => Promise<unknown>;
      expect([operation.name, operation.length, 'prototype' in operation]).toEqual([key, 1, false]);
      if (index === 0) {
        expect(await reasonOf(operation.call({}, 'x'))).toBeInstanceOf(TypeError);
      } else {
        expect(() => operation.call({}, 'x')).toThrow(TypeError);
      }
    }
    expect(() => {
      prototype.destroy.call({});
    }).toThrow(TypeError);
  });

  test('works on no object of another of these interfaces', async () => {
    const page = new Page();
    const other = name === 'Writer' ? 'Rewriter' : 'Writer';
    const { object } = await page.task(other);
    const operation = page.tasks[name].prototype[method] as (given: unknown) => Promise<unknown>;
    expect(await reasonOf(operation.call(object, 'x'))).toBeInstanceOf(TypeError);
  });

  test('needs options for create() and availability() only where some are required', async () => {
    const Class = new Page().tasks[name];
    const needed = name === 'Translator' ? 1 : 0;
    expect([Class.create.length, Class.availability.length]).toEqual([needed, needed]);
    if (needed > 0) {
      expect(await reasonOf(Class.create())).toBeInstanceOf(TypeError);
      expect(await reasonOf(Class.availability({ sourceLanguage: 'en' }))).toBeInstanceOf(TypeError);
    }
  });
});
