/**
 * Owns the built-ins that Page code uses while page scripts run, captured when the script is injected.
 *
 * Rules: code that runs after injection takes built-ins from here, never from a global or a prototype that a page can
 * patch, where traffic or a session's state is at stake; it walks lists with `each` (array iteration can be patched)
 * and grows only lists made by `newList`. What a page does to its own arguments is its own affair, and so are the
 * classes of objects made for it alone (DOMException, ProgressEvent): every document pays for each class named here,
 * because the browser builds an interface object when it is first touched.
 */

const { apply, defineProperty: define, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } = Reflect;

const {
  AbortController,
  Event,
  EventTarget,
  FinalizationRegistry,
  Map,
  Promise,
  ReadableStream,
  String,
  TypeError,
  WeakMap,
} = globalThis;

type Callable = (...args: readonly unknown[]) => unknown;
type Method<T, K extends keyof T> = T[K] extends (...args: infer A) => infer R ? (self: T, ...args: A) => R : never;

/** The method `name` of `prototype` as a function of its receiver. */
function method<T extends object, K extends keyof T>(prototype: T, name: K): Method<T, K> {
  const original = prototype[name] as Callable;
  return ((self: T, ...args: readonly unknown[]) => apply(original, self, args)) as Method<T, K>;
}

/** The getter of the attribute `name` of `prototype` as a function of its receiver. */
function getter<T extends object, K extends keyof T>(prototype: T, name: K): (self: T) => T[K] {
  const get = getOwnPropertyDescriptor(prototype, name)?.get as Callable;
  return (self) => apply(get, self, []) as T[K];
}

/** Defines a property. Nothing that a page adds to `Object.prototype` becomes part of the description. */
function defineProperty(target: object, key: PropertyKey, description: PropertyDescriptor): void {
  setPrototypeOf(description, null);
  define(target, key, description);
}

/** A list without a prototype: no setter or method of a page's making is ever reached through it. */
function newList<T>(): T[] {
  const list: T[] = [];
  setPrototypeOf(list, null);
  return list;
}

/** Array iteration without an iterator. */
function each<T>(list: readonly T[], visit: (item: T, index: number) => void): void {
  for (let index = 0; index < list.length; index += 1) {
    visit(list[index] as T, index);
  }
}

/** An object with nothing but the methods of `prototype` that are named: a prototype that pages cannot patch. */
function only<T extends object, K extends string & keyof T>(prototype: T, names: readonly K[]): Pick<T, K> {
  const kept = { __proto__: null } as unknown as Pick<T, K>;
  each(names, (name) => {
    kept[name] = prototype[name];
  });
  return kept;
}

const tablePrototype = only(Map.prototype, ['get', 'set', 'delete', 'clear', 'forEach']);

export type Table<K, V> = Pick<Map<K, V>, keyof typeof tablePrototype>;

/** A Map with captured methods. */
function newTable<K, V>(): Table<K, V> {
  const table = new Map<K, V>();
  setPrototypeOf(table, tablePrototype);
  return table;
}

const weakTablePrototype = only(WeakMap.prototype, ['get', 'set']);

export type WeakTable<K extends WeakKey, V> = Pick<WeakMap<K, V>, keyof typeof weakTablePrototype>;

/** A WeakMap with captured methods. */
function newWeakTable<K extends WeakKey, V>(): WeakTable<K, V> {
  const table = new WeakMap<K, V>();
  setPrototypeOf(table, weakTablePrototype);
  return table;
}

const iteratorSymbol: typeof Symbol.iterator = Symbol.iterator;
const toStringTag: typeof Symbol.toStringTag = Symbol.toStringTag;

const addEventListener = method(EventTarget.prototype, 'addEventListener');
const dispatchEvent = method(EventTarget.prototype, 'dispatchEvent');
const removeEventListener = method(EventTarget.prototype, 'removeEventListener');

const messageData = getter(MessageEvent.prototype as MessageEvent<unknown>, 'data');
const postMessage = method(MessagePort.prototype, 'postMessage') as (port: MessagePort, message: unknown) => void;
const startPort = method(MessagePort.prototype, 'start');

const abort = method(AbortController.prototype, 'abort');
const controllerSignal = getter(AbortController.prototype, 'signal');
const signalAborted = getter(AbortSignal.prototype, 'aborted');
const signalReason = getter(AbortSignal.prototype, 'reason') as (signal: AbortSignal) => unknown;
const abortedSignal = AbortSignal.abort.bind(AbortSignal) as () => AbortSignal;
const anySignalOf = AbortSignal.any.bind(AbortSignal) as (signals: readonly AbortSignal[]) => AbortSignal;

type Controller = ReadableStreamDefaultController<unknown>;
const controllerPrototype: Controller = ReadableStreamDefaultController.prototype as Controller;
const closeStream = method(controllerPrototype, 'close');
const desiredSize = getter(controllerPrototype, 'desiredSize');
const enqueue = method(controllerPrototype, 'enqueue');
const errorStream = method(controllerPrototype, 'error');

const register = method(FinalizationRegistry.prototype as FinalizationRegistry<unknown>, 'register');
const indexOf = method(String.prototype, 'indexOf');
const slice = method(String.prototype, 'slice');
const toWellFormed = method(String.prototype, 'toWellFormed') as (text: string) => string;
const isView = ArrayBuffer.isView.bind(ArrayBuffer);
const getCanonicalLocales = Intl.getCanonicalLocales.bind(Intl);

const stringify = JSON.stringify as (
  value: unknown,
  replacer?: (key: string, value: unknown) => unknown,
) => string | undefined;
const parse = JSON.parse as (text: string) => unknown;
const { then: promiseThen } = Promise.prototype as unknown as Readonly<Record<'then', Callable>>;

/** `then`, not by its own name: a module that exports that is itself taken for a promise. */
function settled<T, U>(promise: Promise<T>, fulfilled: (value: T) => U, rejected?: (reason: unknown) => U): Promise<U> {
  return apply(promiseThen, promise, [fulfilled, rejected]) as Promise<U>;
}

/** Makes an object constant, and returns it. */
const freeze: <T extends object>(value: T) => Readonly<T> = Object.freeze;

const isList: (value: unknown) => boolean = Array.isArray.bind(Array);

/** What `Object.prototype.toString` calls an object: `[object Array]`. */
const classString: (value: object) => string = method(Object.prototype, 'toString');

const regExpSource = getter(RegExp.prototype, 'source');

interface RegExpFlag {
  readonly letter: string;
  readonly isSet: (value: RegExp) => boolean;
}

function regExpFlag(letter: string, name: keyof RegExp): RegExpFlag {
  return { letter, isSet: getter(RegExp.prototype, name) as RegExpFlag['isSet'] };
}

/** In the order in which `flags` names them. That attribute itself would look at the object's own properties. */
const regExpFlags: readonly RegExpFlag[] = [
  regExpFlag('d', 'hasIndices'),
  regExpFlag('g', 'global'),
  regExpFlag('i', 'ignoreCase'),
  regExpFlag('m', 'multiline'),
  regExpFlag('s', 'dotAll'),
  regExpFlag('u', 'unicode'),
  regExpFlag('v', 'unicodeSets'),
  regExpFlag('y', 'sticky'),
];

const fullyActiveView = getter(Document.prototype, 'defaultView');

export {
  AbortController,
  Event,
  EventTarget,
  FinalizationRegistry,
  Promise,
  ReadableStream,
  String,
  TypeError,
  abort,
  abortedSignal,
  addEventListener,
  anySignalOf,
  apply,
  classString,
  closeStream,
  controllerSignal,
  defineProperty,
  desiredSize,
  dispatchEvent,
  each,
  enqueue,
  errorStream,
  freeze,
  fullyActiveView,
  getCanonicalLocales,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  indexOf,
  isList,
  isView,
  iteratorSymbol,
  messageData,
  newList,
  newTable,
  newWeakTable,
  ownKeys,
  parse,
  postMessage,
  regExpFlags,
  regExpSource,
  register,
  removeEventListener,
  settled,
  signalAborted,
  signalReason,
  slice,
  startPort,
  stringify,
  toStringTag,
  toWellFormed,
};
