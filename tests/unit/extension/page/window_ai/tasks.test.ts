// The classes of single tasks in their older shape, with classes of this test's making.

import '../support/dom';
import { describe, expect, test, vi } from 'vitest';
import { newGenerations } from '../../../../../extension/src/page/window_ai/generations';
import type { StandardClass, StandardClasses, TaskClass } from '../../../../../extension/src/page/window_ai/standard';
import { newTodaysAI, newWindowAI } from '../../../../../extension/src/page/window_ai/window_ai';
import { drain } from '../support/page';

interface Options {
  readonly type?: string;
  readonly sourceLanguage?: string;
}

class Standard {
  options: Options | undefined;

  static create(options?: Options): Promise<Standard> {
    const made = new this();
    made.options = options;
    return Promise.resolve(made);
  }

  static availability(options?: Options): Promise<string> {
    return Promise.resolve(options?.type === 'tldr' ? 'available' : 'downloadable');
  }
}

class Summarizer extends Standard {
  summarize(text: string): Promise<string> {
    return Promise.resolve(`short ${text}`);
  }

  summarizeStreaming(text: string): ReadableStream<string> {
    return new ReadableStream({
      start(controller) {
        controller.enqueue('short ');
        controller.enqueue(text);
        controller.close();
      },
    });
  }
}

class Translator extends Standard {
  static override availability(options?: Options): Promise<string> {
    if (options?.sourceLanguage === undefined) return Promise.reject(new TypeError('sourceLanguage is required.'));
    return Promise.resolve('available');
  }
}

class LanguageDetector extends Standard {
  detect(): Promise<object[]> {
    return Promise.resolve([
      { detectedLanguage: 'de', confidence: 0.9 },
      { detectedLanguage: 'und', confidence: 0.1 },
    ]);
  }
}

interface Factory<I> {
  create(options?: object): Promise<I>;
  availability(options?: object): Promise<string>;
  capabilities(): Promise<Readonly<Record<string, ((...values: readonly unknown[]) => string) | undefined>>>;
}

interface OldSummarizer extends Summarizer {
  readonly ready: Promise<unknown>;
  addEventListener(type: string, listener: () => void): void;
}

interface AI {
  readonly summarizer?: Factory<OldSummarizer>;
  readonly writer?: Factory<object>;
  readonly translator?: Factory<object>;
  readonly languageDetector?: Factory<LanguageDetector>;
}

const LanguageModel = Standard as unknown as StandardClasses['LanguageModel'];

function classes(made: Partial<Record<TaskClass, object>>): StandardClasses {
  return { LanguageModel, ...(made as Partial<Record<TaskClass, StandardClass>>) };
}

function ai(made: Partial<Record<TaskClass, object>>): Required<AI> {
  return newWindowAI(classes(made), () => Promise.resolve(newGenerations)) as Required<AI>;
}

describe('ai.summarizer and its kind', () => {
  test('are there where the standard class is, and only there', () => {
    expect(Object.keys(ai({}))).not.toContain('summarizer');
    expect('summarizer' in ai({ Summarizer })).toBe(true);
    expect('writer' in ai({ Summarizer })).toBe(false);
  });

  test('make instances of the standard class, ready at once', async () => {
    const { summarizer } = ai({ Summarizer });
    const made = await summarizer.create({ type: 'headline' });
    expect(made).toBeInstanceOf(Summarizer);
    expect(made.options).toEqual({ type: 'headline' });
    expect(Object.prototype.toString.call(made)).toBe('[object AISummarizer]');
    made.addEventListener('downloadprogress', vi.fn());
    expect(await made.ready).toBeUndefined();
    expect(await made.summarize('text')).toBe('short text');
  });

  test('stream the whole text so far', async () => {
    const made = await ai({ Summarizer }).summarizer.create();
    expect(await drain(made.summarizeStreaming('text'))).toEqual({ chunks: ['short ', 'short text'] });
  });

  test('take tl;dr for tldr', async () => {
    const { summarizer } = ai({ Summarizer });
    expect((await summarizer.create({ type: 'tl;dr' })).options?.type).toBe('tldr');
    expect(await summarizer.availability({ type: 'tl;dr' })).toBe('available');
  });

  test('answer what they support at once, in the old words', async () => {
    const capabilities = await ai({ Summarizer }).summarizer.capabilities();
    expect(capabilities['available']).toBe('after-download');
    expect(capabilities['supportsType']?.('tl;dr')).toBe('after-download');
    expect(capabilities['supportsFormat']?.('rhyme')).toBe('no');
    expect(capabilities['supportsInputLanguage']?.('en')).toBe('after-download');
    expect(capabilities['createOptionsAvailable']?.({ type: 'headline' })).toBe('after-download');
    expect(capabilities['createOptionsAvailable']?.({ type: 'headline', length: 'endless' })).toBe('no');
    expect(capabilities['supportsTone']).toBeUndefined();
  });

  test('ask a class that needs options about usual ones', async () => {
    const capabilities = await ai({ Translator }).translator.capabilities();
    expect(capabilities['available']).toBe('readily');
    expect(capabilities['languagePairAvailable']?.('en', 'ja')).toBe('readily');
    expect(capabilities['canTranslate']?.('en', 'unk')).toBe('no');
  });

  test('name no language that is not known', async () => {
    const detector = await ai({ LanguageDetector }).languageDetector.create();
    expect(await detector.detect()).toEqual([
      { detectedLanguage: 'de', confidence: 0.9 },
      { detectedLanguage: null, confidence: 0.1 },
    ]);
  });
});

describe('ai in today’s semantics only', () => {
  test('is the standard’s classes by their old names', () => {
    const today = newTodaysAI(classes({ Summarizer }));
    expect(Object.entries(today)).toEqual([
      ['languageModel', LanguageModel],
      ['summarizer', Summarizer],
    ]);
    expect(Object.prototype.toString.call(today)).toBe('[object AI]');
  });
});
