/**
 * Owns what tells the interfaces of tasks from each other: names, options and members, as their IDL has them.
 *
 * Rule: options stand in the order of their conversion, by the standard's names.
 */

import type {
  Interface,
  LanguageDetectorOptions,
  ProofreaderOptions,
  RewriterOptions,
  SummarizerOptions,
  TaskOptions,
  TranslatorOptions,
  WriterOptions,
} from '../../protocol';
import type { TaskClass } from '../window_ai/standard';

/** What an option is: a value of an enumeration whose first is the default, or one of the types named. */
export type OptionType<V = unknown> = readonly V[] | 'boolean' | 'language' | 'languages' | 'required language';

type OptionTypes<O> = { readonly [K in Exclude<keyof O, 'type'> as K extends 'kind' ? 'type' : K]-?: OptionType<O[K]> };

export interface Task<O extends TaskOptions = TaskOptions> {
  readonly name: TaskClass;
  readonly interface: Interface & O['type'];
  /** What an object of the interface is for; with `Streaming` behind it, the same for streams. */
  readonly method: string;
  readonly streams?: true;
  /** It has neither `measureInputUsage()` nor `inputQuota`. */
  readonly isUnmeasured?: true;
  /** It takes `sharedContext` when it is created, and `context` with each call. */
  readonly takesContext?: true;
  /** Arguments that `create()` and `availability()` need (count). */
  readonly needs?: 1;
  readonly options: Readonly<Record<string, OptionType>>;
}

function task<O extends TaskOptions>(row: Task<O> & { readonly options: OptionTypes<O> }): Task<O> {
  return row;
}

/** What the three writing interfaces have in common. */
const WRITING = { streams: true, takesContext: true } as const;
const LANGUAGES = { expectedContextLanguages: 'languages', expectedInputLanguages: 'languages' } as const;
const NEW_TEXT = {
  ...LANGUAGES,
  format: ['markdown', 'plain-text'],
  length: ['short', 'medium', 'long'],
  outputLanguage: 'language',
} as const;

export const TASKS: readonly Task[] = [
  task<SummarizerOptions>({
    ...WRITING,
    name: 'Summarizer',
    interface: 'summarizer',
    method: 'summarize',
    options: {
      ...NEW_TEXT,
      preference: ['auto', 'speed', 'capability'],
      type: ['key-points', 'tldr', 'teaser', 'headline'],
    },
  }),
  task<WriterOptions>({
    ...WRITING,
    name: 'Writer',
    interface: 'writer',
    method: 'write',
    options: {
      ...NEW_TEXT,
      tone: ['neutral', 'formal', 'casual'],
    },
  }),
  task<RewriterOptions>({
    ...WRITING,
    name: 'Rewriter',
    interface: 'rewriter',
    method: 'rewrite',
    options: {
      ...LANGUAGES,
      format: ['as-is', 'plain-text', 'markdown'],
      length: ['as-is', 'shorter', 'longer'],
      outputLanguage: 'language',
      tone: ['as-is', 'more-formal', 'more-casual'],
    },
  }),
  task<ProofreaderOptions>({
    name: 'Proofreader',
    interface: 'proofreader',
    method: 'proofread',
    isUnmeasured: true,
    options: {
      correctionExplanationLanguage: 'language',
      expectedInputLanguages: 'languages',
      includeCorrectionExplanations: 'boolean',
      includeCorrectionTypes: 'boolean',
    },
  }),
  task<TranslatorOptions>({
    name: 'Translator',
    interface: 'translator',
    method: 'translate',
    streams: true,
    needs: 1,
    options: { sourceLanguage: 'required language', targetLanguage: 'required language' },
  }),
  task<LanguageDetectorOptions>({
    name: 'LanguageDetector',
    interface: 'language-detector',
    method: 'detect',
    options: { expectedInputLanguages: 'languages' },
  }),
];

/** An option's name on the wire, where `type` tells the interfaces from each other. */
export function wireName(option: string): string {
  return option === 'type' ? 'kind' : option;
}
