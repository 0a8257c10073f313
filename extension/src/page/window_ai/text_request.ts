/**
 * Owns what pages may ask of the 2023 extension's `generateText`: conversion of input and options. Pure.
 *
 * Rules: an input that is none is an Error, options that cannot be honoured are a TypeError; `model` is a wish, since the
 * model is the user's choice; what is null is absent.
 */

import type { Role, SamplingMode } from '../../protocol';
import { isObject, toCallback, type Callback, type Dictionary } from '../webidl';
import { samplingModeOf } from './old_words';

/** Outputs of one call (count): each takes a session of its own. */
const MAX_OUTPUTS = 8;

export interface TextMessage {
  readonly role: Role;
  readonly content: string;
}

export interface TextInput {
  readonly messages: readonly TextMessage[];
  /** A conversation was given, and the output continues it. */
  readonly isChat: boolean;
}

export interface TextOptions {
  readonly samplingMode: SamplingMode | undefined;
  readonly outputs: number;
  /** Of each output. */
  readonly maxTokens: number | null;
  readonly stopSequences: readonly string[];
  readonly onStreamResult: Callback | null;
}

/** Throws an Error. */
export function toTextInput(value: unknown): TextInput {
  const { prompt, messages } = (isObject(value) ? value : {}) as Dictionary;
  return messages === undefined || messages === null
    ? { messages: [{ role: 'user', content: toText(prompt) }], isChat: false }
    : { messages: toMessages(messages), isChat: true };
}

/** Throws a TypeError for what cannot be honoured. */
export function toTextOptions(value: unknown): TextOptions {
  const options = (isObject(value) ? value : {}) as Dictionary;
  const outputs = toCount(options['numOutputs'] ?? 1, 'numOutputs');
  const maxTokens = options['maxTokens'] ?? null;
  const listener = options['onStreamResult'] ?? null;
  const onStreamResult = listener === null ? null : toCallback(listener, 'onStreamResult');
  if (outputs > MAX_OUTPUTS) {
    throw new TypeError('numOutputs is too large.');
  }
  if (onStreamResult && outputs > 1) {
    throw new TypeError('The parts of several outputs could not be told apart.');
  }
  return {
    samplingMode: samplingModeOf(options['temperature'], undefined),
    outputs,
    maxTokens: maxTokens === null ? null : toCount(maxTokens, 'maxTokens'),
    stopSequences: toStopSequences(options['stopSequences'] ?? []),
    onStreamResult,
  };
}

/** System messages could stand anywhere, and today one stands first. */
function toMessages(value: unknown): TextMessage[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new Error('Invalid input');
  }
  const messages = value.map(toMessage);
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const said = messages.filter(({ role }) => role !== 'system');
  return system.length === 0 ? said : [{ role: 'system', content: system.join('\n\n') }, ...said];
}

function toMessage(value: unknown): TextMessage {
  const { role, content } = (isObject(value) ? value : {}) as Dictionary;
  if (role !== 'system' && role !== 'user' && role !== 'assistant') {
    throw new Error('Invalid input');
  }
  return { role, content: toText(content) };
}

function toText(value: unknown): string {
  if (typeof value !== 'string') {
    throw new Error('Invalid input');
  }
  return value;
}

/** Rounded up: settings of pages are texts, and shares of something. */
function toCount(value: unknown, what: string): number {
  const count = Math.ceil(Number(value));
  if (!(count >= 1)) {
    throw new TypeError(`${what} is not a number above 0.`);
  }
  return count;
}

function toStopSequences(value: unknown): readonly string[] {
  if (!Array.isArray(value) || !value.every((sequence) => typeof sequence === 'string' && sequence !== '')) {
    throw new TypeError('stopSequences is not a list of strings.');
  }
  return value as string[];
}
