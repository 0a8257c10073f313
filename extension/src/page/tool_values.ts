/**
 * Owns the interface objects of a tool's call and of its outcome, which stand in messages, and calls in answers.
 *
 * Rule: they hold what the page gave; whether a model can be told of it shows when they are part of a message.
 */

import { defineAttributes, defineInterface, receiver, requireArguments } from './interface_object';
import { TypeError, defineProperty, each, newWeakTable } from './primordials';
import { required, toDOMString, toDictionary, toEnum, toSequence, type Dictionary } from './webidl';

const RESULT_TYPES = ['text', 'image', 'audio', 'object'] as const;

/** One piece of what a tool gave. */
export interface ResultContent {
  readonly type: (typeof RESULT_TYPES)[number];
  readonly value: unknown;
}

interface Names {
  readonly callId: string;
  readonly name: string;
}

/** What stands behind an object of one of the interfaces. */
export type ToolValue =
  | (Names & { readonly brand: 'call'; readonly arguments: unknown })
  | (Names & { readonly brand: 'success'; readonly result: readonly ResultContent[] })
  | (Names & { readonly brand: 'error'; readonly errorMessage: string });

const values = newWeakTable<object, ToolValue>();

/** What stands behind the object, or null if it is of none of the interfaces. */
export function toToolValue(object: object): ToolValue | null {
  return values.get(object) ?? null;
}

export class LanguageModelToolCall {
  declare readonly callId: string;
  declare readonly name: string;
  declare readonly arguments: unknown;

  constructor(_init: unknown) {
    const init = toInit(arguments);
    const given = init['arguments'];
    values.set(this, { brand: 'call', arguments: given === undefined ? {} : given, ...toNames(init) });
  }
}

export class LanguageModelToolSuccess {
  declare readonly callId: string;
  declare readonly name: string;
  declare readonly result: readonly ResultContent[];

  constructor(_init: unknown) {
    const init = toInit(arguments);
    const names = toNames(init);
    const result = toSequence(required(init['result'], 'result'), 'result', toResultContent);
    values.set(this, { brand: 'success', result: pageList(result), ...names });
  }
}

export class LanguageModelToolError {
  declare readonly callId: string;
  declare readonly name: string;
  declare readonly errorMessage: string;

  constructor(_init: unknown) {
    const init = toInit(arguments);
    const callId = toCallId(init);
    const errorMessage = toDOMString(required(init['errorMessage'], 'errorMessage'));
    const name = toDOMString(required(init['name'], 'name'));
    values.set(this, { brand: 'error', callId, name, errorMessage });
  }
}

define(LanguageModelToolCall, 'LanguageModelToolCall', 'call', ['callId', 'name', 'arguments']);
define(LanguageModelToolSuccess, 'LanguageModelToolSuccess', 'success', ['callId', 'name', 'result']);
define(LanguageModelToolError, 'LanguageModelToolError', 'error', ['callId', 'name', 'errorMessage']);

function define(
  target: { readonly prototype: object },
  name: string,
  brand: ToolValue['brand'],
  attributes: readonly string[],
): void {
  defineAttributes(target.prototype, attributes, (self) => behind(self, brand));
  defineInterface(target, name);
}

function behind(self: unknown, brand: ToolValue['brand']): Readonly<Record<string, unknown>> {
  const value = receiver(values, self);
  if (value.brand !== brand) {
    throw new TypeError('Illegal invocation');
  }
  return value as typeof value & Readonly<Record<string, unknown>>;
}

function toInit(args: ArrayLike<unknown>): Dictionary {
  requireArguments(args, 1);
  return toDictionary(args[0], 'init');
}

function toNames(init: Dictionary): Names {
  return { callId: toCallId(init), name: toDOMString(required(init['name'], 'name')) };
}

/** Earlier versions of Chromium spell it `callID`. */
function toCallId(init: Dictionary): string {
  const callId = init['callId'];
  return toDOMString(required(callId === undefined ? init['callID'] : callId, 'callId'));
}

function toResultContent(value: unknown): ResultContent {
  const content = toDictionary(value, 'result');
  const type = toEnum(required(content['type'], 'type'), RESULT_TYPES, 'type');
  return { type, value: required(content['value'], 'value') };
}

/** An array as pages know it. Its places are defined, as a page may have setters on the prototype. */
export function pageList<T>(items: readonly T[]): T[] {
  const list: T[] = [];
  each(items, (value, index) => {
    defineProperty(list, index, { value, writable: true, enumerable: true, configurable: true });
  });
  return list;
}
