// The table of interfaces: what each is called, which options it takes, and how its results are shown. Names, values and
// defaults are the standard's; what is made of them (forms, calls, code) lies elsewhere, once for all of them.

import { Corrections } from './corrections.js';
import { Detections } from './detections.js';
import { Prose } from './prose.js';

const choice = (name, standard, ...values) => ({ kind: 'choice', name, standard, values });
const text = (name, hint) => ({ kind: 'text', name, hint });
const flag = (name) => ({ kind: 'flag', name });
const languages = (name) => ({ kind: 'languages', name });
const language = (name, hint) => ({ kind: 'language', name, hint });

/** What the three writing interfaces have in common. */
const WRITING = [
  text('sharedContext', 'what is true of all inputs, such as where they come from'),
  languages('expectedInputLanguages'),
  languages('expectedContextLanguages'),
  language('outputLanguage', 'that of the input'),
];
const CONTEXT = text('context', 'what is true of this input alone');

const INPUT_QUOTA = {
  what: 'Input',
  measured: (made, input, options) => made.measureInputUsage(input, options),
  used: () => 0,
  quota: (made) => made.inputQuota,
};
/** By the names of today, or by those of browsers from before 2026. */
const CONTEXT_WINDOW = {
  what: 'Context',
  measured: (session, ...input) => (session.measureContextUsage ?? session.measureInputUsage).apply(session, input),
  used: (session) => session.contextUsage ?? session.inputUsage,
  quota: (session) => session.contextWindow ?? session.inputQuota,
};
const appended = (result) => [`document.body.append(${result});`];

/** `use` writes what code does with a whole result; `result` makes what shows one; `measure` is null where nothing can. */
export const INTERFACES = [
  {
    name: 'LanguageModel',
    variable: 'session',
    method: 'prompt',
    streams: true,
    measure: CONTEXT_WINDOW,
    about: 'Answers prompts, and remembers what was said in its session.',
    input: 'Your message',
    run: 'Send',
    create: [
      { kind: 'system', name: 'initialPrompts', hint: 'a system message: who answers, and how' },
      choice(
        'samplingMode',
        'balanced',
        'most-predictable',
        'predictable',
        'slightly-predictable',
        'balanced',
        'slightly-creative',
        'creative',
        'most-creative',
      ),
      { kind: 'expected', name: 'expectedInputs' },
      { kind: 'expected', name: 'expectedOutputs' },
    ],
    call: [
      { kind: 'constraint', name: 'responseConstraint', hint: 'a JSON Schema, or a /regular expression/' },
      flag('omitResponseConstraintInput'),
    ],
    use: appended,
  },
  {
    name: 'Summarizer',
    variable: 'summarizer',
    method: 'summarize',
    streams: true,
    measure: INPUT_QUOTA,
    about: 'Says briefly what a text says.',
    input: 'Text to summarize',
    run: 'Summarize',
    create: [
      choice('type', 'key-points', 'key-points', 'tldr', 'teaser', 'headline'),
      choice('format', 'markdown', 'markdown', 'plain-text'),
      choice('length', 'short', 'short', 'medium', 'long'),
      choice('preference', 'auto', 'auto', 'speed', 'capability'),
      ...WRITING,
    ],
    call: [CONTEXT],
    use: appended,
    result: () => new Prose({ rendered: true }),
  },
  {
    name: 'Writer',
    variable: 'writer',
    method: 'write',
    streams: true,
    measure: INPUT_QUOTA,
    about: 'Writes a text from a description of it.',
    input: 'What to write',
    run: 'Write',
    create: [
      choice('tone', 'neutral', 'formal', 'neutral', 'casual'),
      choice('format', 'markdown', 'markdown', 'plain-text'),
      choice('length', 'short', 'short', 'medium', 'long'),
      ...WRITING,
    ],
    call: [CONTEXT],
    use: appended,
    result: () => new Prose({ rendered: true }),
  },
  {
    name: 'Rewriter',
    variable: 'rewriter',
    method: 'rewrite',
    streams: true,
    measure: INPUT_QUOTA,
    about: 'Says the same in another tone, format or length.',
    input: 'Text to rewrite',
    run: 'Rewrite',
    create: [
      choice('tone', 'as-is', 'as-is', 'more-formal', 'more-casual'),
      choice('format', 'as-is', 'as-is', 'markdown', 'plain-text'),
      choice('length', 'as-is', 'as-is', 'shorter', 'longer'),
      ...WRITING,
    ],
    call: [CONTEXT],
    use: appended,
    result: () => new Prose({ rendered: true }),
  },
  {
    name: 'Proofreader',
    variable: 'proofreader',
    method: 'proofread',
    streams: false,
    measure: null,
    about: 'Corrects a text, and says what was wrong with it.',
    input: 'Text to correct',
    run: 'Proofread',
    create: [
      flag('includeCorrectionTypes'),
      flag('includeCorrectionExplanations'),
      languages('expectedInputLanguages'),
      language('correctionExplanationLanguage', 'that of the input'),
    ],
    call: [],
    use: (result) => [
      `const { correctedInput, corrections } = ${result};`,
      'document.body.append(correctedInput);',
      'console.log(corrections);',
    ],
    result: () => new Corrections(),
  },
  {
    name: 'Translator',
    variable: 'translator',
    method: 'translate',
    streams: true,
    measure: INPUT_QUOTA,
    about: 'Says the same in another language.',
    input: 'Text to translate',
    run: 'Translate',
    create: [{ kind: 'pair', name: 'sourceLanguage', standard: 'en', other: { name: 'targetLanguage', standard: 'de' } }],
    call: [],
    use: appended,
    result: () => new Prose({ rendered: false }),
  },
  {
    name: 'LanguageDetector',
    variable: 'detector',
    method: 'detect',
    streams: false,
    measure: INPUT_QUOTA,
    about: 'Tells which language a text is in, and how sure that is.',
    input: 'Text in any language',
    run: 'Detect',
    create: [languages('expectedInputLanguages')],
    call: [],
    use: (result) => [
      `for (const { detectedLanguage, confidence } of ${result}) {`,
      '  document.body.append(`${detectedLanguage}: ${confidence} `);',
      '}',
    ],
    result: () => new Detections(),
  },
];
