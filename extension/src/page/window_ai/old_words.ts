/**
 * Owns the vocabulary of the older shapes and its translation into today's (web-ai-apis 10.2 and 10.5). Pure.
 *
 * Rule: what is not of an older shape goes through as it came, so that the standard class judges it.
 */

import type { AvailabilityValue, SamplingMode } from '../../protocol';
import { SAMPLING_MODES } from '../sampling_modes';
import { isObject, type Dictionary } from '../webidl';

export type OldAvailability = 'readily' | 'after-download' | 'no';

export function oldAvailability(value: AvailabilityValue): OldAvailability {
  switch (value) {
    case 'available':
      return 'readily';
    case 'downloadable':
    case 'downloading':
      return 'after-download';
    case 'unavailable':
      return 'no';
  }
}

/** The numbers that pages of that time saw, and pass back. */
export const PARAMETERS = { defaultTopK: 3, maxTopK: 128, defaultTemperature: 1, maxTemperature: 2 };

/** The mode that comes nearest to a temperature of 0 to 2, where 1 is the usual one; one candidate leaves no choice. */
export function samplingModeOf(temperature: unknown, topK: unknown): SamplingMode | undefined {
  if (isGiven(topK) && Number(topK) === 1) {
    return SAMPLING_MODES[0];
  }
  if (!isGiven(temperature)) {
    return undefined;
  }
  const wanted = Number(temperature);
  if (!(wanted >= 0)) {
    throw new TypeError('temperature is not a number from 0 on.');
  }
  const share = Math.min(wanted / PARAMETERS.maxTemperature, 1);
  return SAMPLING_MODES[Math.round(share * (SAMPLING_MODES.length - 1))];
}

/** Null was absent, in all generations. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The same options, in which what is null is absent. */
export function withoutNulls(options: unknown): unknown {
  if (!isObject(options)) {
    return options;
  }
  const nulls = Object.entries(options).filter(([, value]) => value === null);
  return nulls.length === 0 ? options : withMembers(options, Object.fromEntries(nulls.map(([name]) => [name, undefined])));
}

/** The same options with some members replaced; what is no dictionary stays as it is. */
export function withMembers(options: unknown, members: object): unknown {
  if (options === undefined || options === null) {
    return members;
  }
  return isObject(options) ? Object.setPrototypeOf(members, options) : options;
}

/** An input: a single message, and messages and parts in their older forms. */
export function todaysInput(input: unknown): unknown {
  if (!isObject(input)) {
    return input;
  }
  return isIterable(input) ? Array.from(input, todaysMessage) : [todaysMessage(input)];
}

/** Options of a call: `responseJSONSchema` was the name of `responseConstraint`. */
export function todaysCallOptions(options: unknown): unknown {
  const given = withoutNulls(options);
  const { responseJSONSchema } = isObject(given) ? (given as Dictionary) : {};
  return responseJSONSchema === undefined ? given : withMembers(given, { responseConstraint: responseJSONSchema });
}

/** `systemPrompt` stood for a leading system message. */
export function todaysMessages(systemPrompt: unknown, messages: unknown): unknown {
  const translated = isObject(messages) && isIterable(messages) ? Array.from(messages, todaysMessage) : messages;
  if (systemPrompt === undefined) {
    return translated;
  }
  const system = { role: 'system', content: systemPrompt };
  return translated === undefined ? [system] : [system, ...(translated as Iterable<unknown>)];
}

function todaysMessage(message: unknown): unknown {
  if (!isObject(message)) {
    return message;
  }
  const { type, content } = message as Dictionary;
  if (type !== undefined) {
    return withMembers(message, { content: [{ type, value: content }] });
  }
  return isObject(content) && isIterable(content)
    ? withMembers(message, { content: Array.from(content, todaysPart) })
    : message;
}

/** What a part carried was called `content`. */
function todaysPart(part: unknown): unknown {
  const { value, content } = isObject(part) ? (part as Dictionary) : {};
  return value === undefined && content !== undefined ? withMembers(part, { value: content }) : part;
}

function isIterable(value: object): value is Iterable<unknown> {
  return typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
}
