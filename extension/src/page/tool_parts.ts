/**
 * Owns tools in messages: calls that were made and what came of them, from a page's objects to the wire.
 *
 * Rules: a page's objects are read while they are converted, and judged later; calls are the assistant's, outcomes the
 * user's; a session takes only what it was created for; what JSON cannot say is a DataError.
 */

import type { Expected, MessageType, Role, ToolCall, ToolResponse } from '../protocol';
import { domException, notSupported } from './errors';
import { TypeError, classString, each, stringify, toWellFormed } from './primordials';
import { toToolValue, type ResultContent } from './tool_values';
import { isObject, toDOMString } from './webidl';

/** Characters of a call's id and of a tool's name (protocol.py). */
export const MAX_NAME = 255;

/** Objects that JSON says, by their class strings. */
const SAID_BY_JSON = {
  __proto__: null,
  '[object Object]': true,
  '[object Array]': true,
  '[object Boolean]': true,
  '[object Date]': true,
  '[object Number]': true,
  '[object String]': true,
};

type ToolType = Extract<MessageType, 'tool-call' | 'tool-response'>;

export function isToolType(type: MessageType): type is ToolType {
  return type === 'tool-call' || type === 'tool-response';
}

/** What a page's call or outcome says, its objects read; null where they hold what JSON cannot say. */
export type ToolContent =
  | { readonly brand: 'call'; readonly callId: string; readonly name: string; readonly json: string | null }
  | {
      readonly brand: 'outcome';
      readonly callId: string;
      readonly name: string;
      readonly text: string | null;
      readonly failed: boolean;
      readonly hasMedia: boolean;
    };

/** Reads an object of one of the tools' interfaces; null for all others. */
export function toToolContent(object: object): ToolContent | null {
  const value = toToolValue(object);
  switch (value?.brand) {
    case undefined:
      return null;
    case 'call':
      return { brand: 'call', callId: value.callId, name: value.name, json: toJSON(value.arguments) };
    case 'success':
      return { brand: 'outcome', callId: value.callId, name: value.name, failed: false, ...toResult(value.result) };
    case 'error': {
      const { callId, name, errorMessage } = value;
      return { brand: 'outcome', callId, name, text: toWellFormed(errorMessage), failed: true, hasMedia: false };
    }
  }
}

/** The wire's part for a part of `type` with that value, in a message of `role`. */
export function toolPart(
  type: ToolType,
  value: string | { readonly brand: string },
  role: Role,
  inputs: readonly Expected[],
): ToolCall | ToolResponse {
  if (role !== (type === 'tool-call' ? 'assistant' : 'user')) {
    throw new TypeError(`A ${type} part is not for messages of the ${role}.`);
  }
  requireExpected(type, inputs);
  if (!isToolContent(value) || (value.brand === 'call') !== (type === 'tool-call')) {
    throw new TypeError(`The value of a ${type} part is none.`);
  }
  const { callId, name } = value;
  requireName(callId);
  requireName(name);
  return value.brand === 'call'
    ? { type: 'tool-call', callId, name, arguments: argumentsOf(value.json) }
    : { type: 'tool-response', callId, name, content: contentOf(value), failed: value.failed };
}

function isToolContent(value: string | { readonly brand: string }): value is ToolContent {
  return typeof value !== 'string' && (value.brand === 'call' || value.brand === 'outcome');
}

/** Of inputs that are no text. */
export function requireExpected(type: MessageType, inputs: readonly Expected[]): void {
  if (!isExpected(type, inputs)) {
    throw notSupported('The session was not created for inputs of this type.');
  }
}

/** Whether a session was created for the type. */
export function isExpected(type: MessageType, expected: readonly Expected[]): boolean {
  let found = false as boolean;
  each(expected, ({ kind }) => {
    found ||= kind === type;
  });
  return found;
}

function requireName(name: string): void {
  if (name === '' || name.length > MAX_NAME || toWellFormed(name) !== name) {
    throw dataError('A callId or a name is empty, too long, or not well-formed.');
  }
}

function argumentsOf(json: string | null): string {
  if (json?.[0] !== '{') {
    throw dataError('The arguments are not an object, or cannot be serialized.');
  }
  return json;
}

function contentOf({ text, hasMedia }: Extract<ToolContent, { readonly brand: 'outcome' }>): string {
  if (hasMedia) {
    throw notSupported('Tools can give text and objects only.');
  }
  if (text === null) {
    throw dataError('The result cannot be serialized.');
  }
  return text;
}

/** What a tool gave, its pieces on lines of their own. */
function toResult(result: readonly ResultContent[]): { readonly text: string | null; readonly hasMedia: boolean } {
  let text = '' as string | null;
  let hasMedia = false;
  each(result, ({ type, value }, index) => {
    hasMedia ||= type === 'image' || type === 'audio';
    const piece = type === 'text' ? toWellFormed(toDOMString(value)) : toJSON(value);
    text = text === null || piece === null ? null : text + (index > 0 ? '\n' : '') + piece;
  });
  return { text, hasMedia };
}

function toJSON(value: unknown): string | null {
  try {
    const json = stringify(value, sayable);
    return json === undefined ? null : toWellFormed(json);
  } catch {
    return null; // A cycle, a BigInt, what `sayable` refuses, a getter that throws: one reason is as good as another.
  }
}

/** For each value inside: itself, unless JSON would leave it out or say something else in its place. */
function sayable(_key: string, value: unknown): unknown {
  if (typeof value === 'symbol' || (isObject(value) && !(classString(value) in SAID_BY_JSON))) {
    throw new TypeError('The value is nothing that JSON says.');
  }
  return value;
}

function dataError(message: string): DOMException {
  return domException('DataError', message);
}
