/**
 * Owns the interface objects of a tool's call and of its outcome, which stand in messages, and calls in answers.
 *
 * Rule: they hold what the page gave; whether a model can be told of it shows when they are part of a message.
 */

import { defineInterface, requireArguments } from './interface_object';
import { TypeError, defineProperty, each, newWeakTable } from './primordials';
import { isObject, required, toDOMString, toDictionary, toEnum, toSequence, type Dictionary } from './webidl';

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

type Behind<B extends ToolValue['brand']> = Extract<ToolValue, { readonly brand: B }>;

const values = newWeakTable<object, ToolValue>();

/** What stands behind the object, or null if it is of none of the interfaces. */
export function toToolValue(object: object): ToolValue | null {
  return values.get(object) ?? null;
}

export class LanguageModelToolCall {
  constructor(_init: unknown) {
    const init = toInit(arguments);
    const given = init['arguments'];
    values.set(this, { brand: 'call', arguments: given === undefined ? {} : given, ...toNames(init) });
  }

  get callId(): string {
    return behind(this, 'call').callId;
  }

  get name(): string {
    return behind(this, 'call').name;
  }

  get arguments(): unknown {
    return behind(this, 'call').arguments;
  }
}

export class LanguageModelToolSuccess {
  constructor(_init: unknown) {
    const init = toInit(arguments);
    const names = toNames(init);
    const result = toSequence(required(init['result'], 'result'), 'result', toResultContent);
    values.set(this, { brand: 'success', result: pageList(result), ...names });
  }

  get callId(): string {
    return behind(this, 'success').callId;
  }

  get name(): string {
    return behind(this, 'success').name;
  }

  get result(): readonly ResultContent[] {
    return behind(this, 'success').result;
  }
}

export class LanguageModelToolError {
  constructor(_init: unknown) {
    const init = toInit(arguments);
    const callId = toCallId(init);
    const errorMessage = toDOMString(required(init['errorMessage'], 'errorMessage'));
    const name = toDOMString(required(init['name'], 'name'));
    values.set(this, { brand: 'error', callId, name, errorMessage });
  }

  get callId(): string {
    return behind(this, 'error').callId;
  }

  get name(): string {
    return behind(this, 'error').name;
  }

  get errorMessage(): string {
    return behind(this, 'error').errorMessage;
  }
}

defineInterface(LanguageModelToolCall, 'LanguageModelToolCall');
defineInterface(LanguageModelToolSuccess, 'LanguageModelToolSuccess');
defineInterface(LanguageModelToolError, 'LanguageModelToolError');

function behind<B extends ToolValue['brand']>(self: unknown, brand: B): Behind<B> {
  const value = isObject(self) ? values.get(self) : undefined;
  if (value?.brand !== brand) {
    throw new TypeError('Illegal invocation');
  }
  return value as Behind<B>;
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
