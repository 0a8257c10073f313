/**
 * Owns what the older shapes need of the standard's classes: their public members, and none of how they are made.
 */

import type { AvailabilityValue } from '../../protocol';

type Given = readonly unknown[];

/** An interface object; its constructor throws for everybody. */
export interface StandardClass<I extends object = object> {
  new (): I;
  readonly prototype: I;
  create(...given: Given): Promise<I>;
  availability(...given: Given): Promise<AvailabilityValue>;
}

/** An instance of `LanguageModel`. */
export interface Session extends EventTarget {
  readonly contextUsage: number;
  readonly contextWindow: number;
  prompt(...given: Given): Promise<string>;
  promptStreaming(...given: Given): ReadableStream<string>;
  append(...given: Given): Promise<undefined>;
  measureContextUsage(...given: Given): Promise<number>;
  clone(...given: Given): Promise<Session>;
  destroy(): void;
}

/** The classes that do one task, by the names of their factories at `ai`. */
export const TASK_CLASSES = [
  ['summarizer', 'Summarizer'],
  ['writer', 'Writer'],
  ['rewriter', 'Rewriter'],
  ['proofreader', 'Proofreader'],
  ['translator', 'Translator'],
  ['languageDetector', 'LanguageDetector'],
] as const;

export type TaskClass = (typeof TASK_CLASSES)[number][1];

/** The classes that a document has. */
export interface StandardClasses extends Readonly<Partial<Record<TaskClass, StandardClass>>> {
  readonly LanguageModel: StandardClass<Session>;
}
