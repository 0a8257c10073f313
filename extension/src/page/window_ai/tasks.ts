/**
 * Owns the older shapes of the classes that do one task: a table of what each had, and one face for all of them.
 */

import { defineClassString } from '../interface_object';
import { isObject, type Callback, type Dictionary } from '../webidl';
import { cumulative } from './cumulative';
import { languageAvailable, type Face } from './factory';
import { withMembers, withoutNulls, type OldAvailability } from './old_words';
import type { StandardClass, TaskClass } from './standard';

interface Task {
  /** The method whose stream was cumulative. */
  readonly stream?: string;
  /** Options, and the values to which the capabilities say yes. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** Methods of the capabilities that are asked about languages. */
  readonly languages: readonly string[];
  /** Options without which the class answers nothing. */
  readonly usual?: object;
}

const LENGTHS = ['short', 'medium', 'long'];
const FORMATS = ['markdown', 'plain-text'];
const LANGUAGES = ['supportsInputLanguage', 'languageAvailable'];

const TASKS: Readonly<Record<TaskClass, Task>> = {
  Summarizer: {
    stream: 'summarizeStreaming',
    values: {
      type: ['key-points', 'tldr', 'tl;dr', 'teaser', 'headline'],
      format: FORMATS,
      length: LENGTHS,
    },
    languages: LANGUAGES,
  },
  Writer: {
    stream: 'writeStreaming',
    values: { tone: ['formal', 'neutral', 'casual'], format: FORMATS, length: LENGTHS },
    languages: LANGUAGES,
  },
  Rewriter: {
    stream: 'rewriteStreaming',
    values: {
      tone: ['as-is', 'more-formal', 'more-casual'],
      format: ['as-is', ...FORMATS],
      length: ['as-is', 'shorter', 'longer'],
    },
    languages: LANGUAGES,
  },
  Proofreader: { languages: LANGUAGES },
  Translator: {
    stream: 'translateStreaming',
    languages: ['canTranslate', 'languagePairAvailable', 'languageAvailable'],
    usual: { sourceLanguage: 'en', targetLanguage: 'es' },
  },
  LanguageDetector: { languages: ['canDetect', 'languageAvailable'] },
};

interface Detected {
  readonly detectedLanguage: string;
}

export function newTaskFace(Standard: StandardClass, of: TaskClass): Face<object> {
  const task = TASKS[of];

  class AITask extends Standard {
    /** What is here has been downloaded. */
    get ready(): Promise<undefined> {
      return Promise.resolve(undefined);
    }

    /** Pages listened here for the progress of a download, which is over. */
    addEventListener(): void {
      // Nothing will happen that could be heard.
    }
  }

  const { prototype } = AITask;
  if (task.stream !== undefined) {
    replace(prototype, task.stream, (original) => (given) => cumulative(original(given) as ReadableStream<string>));
  }
  if (of === 'LanguageDetector') {
    replace(prototype, 'detect', (original) => async (given) => unnamed((await original(given)) as Detected[]));
  }
  defineClassString(prototype, `AI${of}`);
  return {
    ...(task.usual && { usual: task.usual }),
    open: (options) => ({
      options: todaysOptions(options),
      dress: (instance) => Object.setPrototypeOf(instance, prototype) as object,
    }),
    capabilities: (available) => capabilities(task, available),
  };
}

type Method = (given: readonly unknown[]) => unknown;

/** Puts a method in front of the inherited one of its name. */
function replace(prototype: object, name: string, older: (original: Method) => Method): void {
  const inherited = Reflect.get(prototype, name) as Callback;
  Reflect.set(prototype, name, function (this: unknown, ...given: readonly unknown[]) {
    return older((passed) => Reflect.apply(inherited, this, passed))(given);
  });
}

/** A language that is not known had no tag. */
function unnamed(found: readonly Detected[]): object[] {
  return found.map((each) => (each.detectedLanguage === 'und' ? { ...each, detectedLanguage: null } : each));
}

/** `tl;dr` was the name of `tldr`. */
function todaysOptions(given: unknown): unknown {
  const options = withoutNulls(given);
  const { type } = isObject(options) ? (options as Dictionary) : {};
  return type === 'tl;dr' ? withMembers(options, { type: 'tldr' }) : options;
}

/** Answers of the time were synchronous: what availability was when they were asked for, to all that is known. */
function capabilities(task: Task, available: OldAvailability): object {
  const values = Object.entries(task.values ?? {});
  const methods: Record<string, Callback> = {};
  for (const [option, known] of values) {
    methods[`supports${option.charAt(0).toUpperCase()}${option.slice(1)}`] = (value) =>
      known.includes(String(value)) ? available : 'no';
  }
  methods['createOptionsAvailable'] = (options) => {
    const given = (options ?? {}) as Readonly<Record<string, string | undefined>>;
    const isKnown = values.every(([option, known]) => known.includes(given[option] ?? known[0] ?? ''));
    return isKnown ? available : 'no';
  };
  for (const method of task.languages) {
    methods[method] = (...tags) =>
      tags.every((tag) => languageAvailable(available, tag) !== 'no') ? available : 'no';
  }
  return methods;
}
