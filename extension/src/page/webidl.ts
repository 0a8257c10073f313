/**
 * Owns the conversion of JavaScript values to Web IDL types.
 *
 * Rules: a conversion reads each member of the caller's object once, in the order that Web IDL gives, and throws a
 * TypeError of this realm, or QuotaExceededError for a sequence without end. `what` names the value in messages.
 */

import { quotaExceeded } from './errors';
import { String, TypeError, apply, each, iteratorSymbol, newList, signalAborted } from './primordials';

/** Items of one sequence (count): far above any list that can be served, and little enough to end one without end. */
const MAX_ITEMS = 65_536;

export type Dictionary = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A dictionary: `undefined` and `null` are an empty one. */
export function toDictionary(value: unknown, what: string): Dictionary {
  if (value === undefined || value === null) {
    return { __proto__: null };
  }
  if (!isObject(value)) {
    throw new TypeError(`${what} is not an object.`);
  }
  return value as Dictionary;
}

/** A member that must be there. */
export function required(value: unknown, what: string): unknown {
  if (value === undefined) {
    throw new TypeError(`${what} is required.`);
  }
  return value;
}

export function toDOMString(value: unknown): string {
  if (typeof value === 'symbol') {
    throw new TypeError('A symbol is not a string.');
  }
  return String(value);
}

export function toEnum<T extends string>(value: unknown, values: readonly T[], what: string): T {
  const text = toDOMString(value);
  let found = null as T | null;
  each(values, (candidate) => {
    if (candidate === text) {
      found = candidate;
    }
  });
  if (found === null) {
    throw new TypeError(`${what} is not a valid enum value.`);
  }
  return found;
}

export type IteratorMethod = (this: object) => Iterator<unknown>;

/** The method that makes an object iterable, or null. */
export function iteratorMethod(value: object, what: string): IteratorMethod | null {
  const method: unknown = (value as Record<symbol, unknown>)[iteratorSymbol];
  if (method === undefined || method === null) {
    return null;
  }
  if (typeof method !== 'function') {
    throw notSequence(what);
  }
  return method as IteratorMethod;
}

/** A sequence from an iterable whose iterator method was read already. */
export function toSequenceBy<T>(value: object, method: IteratorMethod, what: string, item: (value: unknown) => T): T[] {
  const items = newList<T>();
  const iterator: unknown = apply(method, value, []);
  if (!isObject(iterator)) {
    throw notSequence(what);
  }
  const { next } = iterator as { readonly next: Callback };
  for (;;) {
    const result: unknown = apply(next, iterator, []);
    if (!isObject(result)) {
      throw notSequence(what);
    }
    if ((result as IteratorResult<unknown>).done) {
      return items;
    }
    if (items.length === MAX_ITEMS) {
      throw quotaExceeded(`${what} has more items than can be served.`, {});
    }
    items[items.length] = item((result as IteratorResult<unknown>).value);
  }
}

/** A sequence: any iterable object, so not a string. */
export function toSequence<T>(value: unknown, what: string, item: (value: unknown) => T): T[] {
  const method = isObject(value) ? iteratorMethod(value, what) : null;
  if (!isObject(value) || !method) {
    throw notSequence(what);
  }
  return toSequenceBy(value, method, what, item);
}

function notSequence(what: string): TypeError {
  return new TypeError(`${what} is not a sequence.`);
}

export type Callback = (...args: readonly unknown[]) => unknown;

export function toCallback(value: unknown, what: string): Callback {
  if (typeof value !== 'function') {
    throw new TypeError(`${what} is not a function.`);
  }
  return value as Callback;
}

/** The `signal` member of an options dictionary. */
export function toSignal(options: Dictionary): AbortSignal | null {
  const value = options['signal'];
  if (value === undefined) {
    return null;
  }
  try {
    signalAborted(value as AbortSignal); // The getter refuses what is not an AbortSignal of any realm.
  } catch {
    throw new TypeError('signal is not an AbortSignal.');
  }
  return value as AbortSignal;
}
