/**
 * Owns `responseConstraint`: from whatever object the page gave to what the wire carries.
 *
 * Rules: a RegExp of any realm is one by its brand, and its text is what its own built-in getters say; any other object
 * is a JSON Schema. What cannot be carried is NotSupportedError. Serializing runs code of the page's.
 */

import type { ResponseConstraint } from '../protocol';
import { notSupported } from './errors';
import { each, regExpFlags, regExpSource, stringify, toWellFormed } from './primordials';

/** UTF-16 units of a schema or a pattern: constraints.py's LONGEST_SOURCE, and longer ones fit few context windows. */
const MAX_CONSTRAINT = 65_536;

/** The wire's form of a `responseConstraint`. */
export function toResponseConstraint(value: object): ResponseConstraint {
  const flags = flagsOf(value);
  if (flags === null) {
    return { type: 'json-schema', schema: bounded(toJSON(value)) };
  }
  const source = bounded(regExpSource(value as RegExp));
  if (toWellFormed(source) !== source) {
    throw notSupported('The regular expression asks for half a character.');
  }
  return { type: 'reg-exp', source, flags };
}

/** The flags of a RegExp, or null for what is none. */
function flagsOf(value: object): string | null {
  let flags = '';
  try {
    each(regExpFlags, ({ letter, isSet }) => {
      flags += isSet(value as RegExp) ? letter : ''; // The getter refuses what is not a RegExp of any realm.
    });
  } catch {
    return null;
  }
  return flags;
}

function toJSON(value: object): string {
  let text: string | undefined;
  try {
    text = stringify(value);
  } catch {
    text = undefined;
  }
  if (text === undefined) {
    throw notSupported('The response constraint cannot be serialized.');
  }
  return text;
}

function bounded(text: string): string {
  if (text.length > MAX_CONSTRAINT) {
    throw notSupported('The response constraint is too long.');
  }
  return text;
}
