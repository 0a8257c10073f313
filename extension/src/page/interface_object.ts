/**
 * Owns the shape of interface objects: names, class strings and property attributes as Web IDL says, whatever the
 * bundler does to names.
 *
 * Rules: an interface is a class whose methods list their required arguments only, since pages see their `length`.
 * Operations that return a promise never throw; all others do. Every document waits while interfaces are defined, and no
 * script of a page has run yet: what does that takes the shortest way.
 */

import type { Settle } from './operation';
import {
  Promise,
  TypeError,
  defineProperty,
  each,
  ownKeys,
  toStringTag,
  type WeakTable,
} from './primordials';

/** Own properties of every class and prototype, which keep their attributes. */
const OF_A_CLASS = { __proto__: null, constructor: true, length: true, name: true, prototype: true };

/** What an operation was called with: as many as the caller gave. */
export type Arguments = ArrayLike<unknown>;

/** Gives a class the name and class string of an interface, and its members the attributes that Web IDL wants. */
export function defineInterface(target: { readonly prototype: object }, name: string): void {
  defineProperty(target, 'name', { value: name, configurable: true });
  showMembers(target);
  showMembers(target.prototype);
  defineClassString(target.prototype, name);
}

/** First argument of a constructor that only we may call. */
export const CONSTRUCTION = Symbol('construction');

/** Refuses a page's call of such a constructor. */
export function requireConstruction(args: Arguments): void {
  if (args[0] !== CONSTRUCTION) {
    throw new TypeError('Illegal constructor');
  }
}

/** What stands behind a receiver, or a TypeError. */
export function receiver<T>(objects: WeakTable<object, T>, self: unknown): T {
  const behind = objects.get(self as object); // What is no object stands for nothing.
  if (!behind) {
    throw new TypeError('Illegal invocation');
  }
  return behind;
}

/** Gives an object that is the only one of its kind a class string. */
export function defineClassString<T extends object>(target: T, name: string): T {
  defineProperty(target, toStringTag, { value: name, configurable: true });
  return target;
}

/** Gives a prototype read-only attributes of these names: members of what `read` finds for a receiver. */
export function defineAttributes(
  prototype: object,
  names: readonly string[],
  read: (self: unknown) => Readonly<Record<string, unknown>>,
): void {
  each(names, (name) => {
    const getter = `get ${name}`;
    const named = {
      [getter](): unknown {
        return read(this)[name];
      },
    };
    Reflect.defineProperty(prototype, name, { get: named[getter] as () => unknown, enumerable: true, configurable: true });
  });
}

/** A promise that `start` settles; what it throws becomes a rejection. */
export function promised<T>(start: (settle: Settle<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start({ resolve, reject });
  });
}

export function requireArguments(given: Arguments, needed: number): void {
  if (given.length < needed) {
    throw new TypeError(`${needed} argument required, but only ${given.length} present.`);
  }
}

/** Makes members enumerable, which those of a class are not. */
function showMembers(holder: object): void {
  each(ownKeys(holder), (key) => {
    if (!(key in OF_A_CLASS)) {
      Reflect.defineProperty(holder, key, { enumerable: true });
    }
  });
}
