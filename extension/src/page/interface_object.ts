/**
 * Owns the shape of interface objects: operations, attributes, names and property attributes as Web IDL says,
 * whatever the bundler does to names.
 *
 * Rule: operations that return a promise never throw; all others do.
 */

import type { Settle } from './operation';
import {
  Promise,
  TypeError,
  defineProperty,
  each,
  entries,
  getOwnPropertyDescriptor,
  toStringTag,
} from './primordials';
import type { Callback } from './webidl';

/** What an operation does: its receiver, unchecked, and as many arguments as any of ours takes. */
type Steps<R> = (self: unknown, first: unknown, second: unknown) => R;

/** A member's property, given its name: an object literal's own members have the attributes that Web IDL wants. */
export type Member = (name: string) => PropertyDescriptor;

/** A regular operation with `length` required arguments. */
export function operation(length: number, steps: Steps<unknown>): Member {
  return (name) => {
    const holder = {
      [name](this: unknown, ...args: readonly unknown[]): unknown {
        countArguments(name, args.length, length);
        return steps(this, args[0], args[1]);
      },
    };
    return measured(holder, name, length);
  };
}

/** An operation that returns a promise: whatever `steps` throws becomes a rejection. */
export function promiseOperation(length: number, steps: Steps<Promise<unknown>>): Member {
  return (name) => {
    const holder = {
      [name](this: unknown, ...args: readonly unknown[]): Promise<unknown> {
        try {
          countArguments(name, args.length, length);
          return steps(this, args[0], args[1]);
        } catch (reason) {
          return promised(({ reject }) => {
            reject(reason);
          });
        }
      },
    };
    return measured(holder, name, length);
  };
}

/** A promise that `start` settles; what it throws becomes a rejection. */
export function promised<T>(start: (settle: Settle<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start({ resolve, reject });
  });
}

/** An attribute, read-only without `set`. */
export function attribute(get: (self: unknown) => unknown, set?: (self: unknown, value: unknown) => void): Member {
  return (name) => {
    const holder = {
      get [name](): unknown {
        return get(this);
      },
      set [name](value: unknown) {
        set?.(this, value);
      },
    };
    const property = descriptor(holder, name);
    return (set ? property : { ...property, set: undefined }) as PropertyDescriptor;
  };
}

type Members = Readonly<Record<string, Member>>;

/** Gives a class the name, class string and members of an interface. */
export function defineInterface(
  target: { readonly prototype: object },
  name: string,
  { members, statics = {} }: { readonly members: Members; readonly statics?: Members },
): void {
  defineProperty(target, 'name', { value: name, configurable: true });
  defineMembers(target, statics);
  defineObject(target.prototype, name, members);
}

/** Gives an object that is the only one of its kind a class string and members. */
export function defineObject<T extends object>(target: T, name: string, members: Members): T {
  defineProperty(target, toStringTag, { value: name, configurable: true });
  defineMembers(target, members);
  return target;
}

function defineMembers(target: object, members: Members): void {
  each(entries(members), (entry) => {
    defineProperty(target, entry[0], entry[1](entry[0]));
  });
}

function measured(holder: Readonly<Record<string, Callback>>, name: string, length: number): PropertyDescriptor {
  const property = descriptor(holder, name);
  defineProperty(property.value as Callback, 'length', { value: length, configurable: true });
  return property;
}

function descriptor(holder: object, name: string): PropertyDescriptor {
  return getOwnPropertyDescriptor(holder, name) as PropertyDescriptor;
}

function countArguments(name: string, given: number, needed: number): void {
  if (given < needed) {
    throw new TypeError(`${name}: ${needed} argument required, but only ${given} present.`);
  }
}
