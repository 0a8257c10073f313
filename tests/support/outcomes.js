/** Evaluates calls (JavaScript expressions) one after the other: how each ended, and what it read of watched values. */
async ({ objects: makers, calls }) => {
  const objects = {};
  const end = new Error('everything was converted');
  let reads = [];

  /** The value itself where it is a primitive or the browser's own, else a stand-in that notes what is read of it. */
  const watch = (value, path = '') => {
    const isPlain = typeof value === 'function' || !(value === null || typeof value !== 'object' || isPlatform(value));
    if (!isPlain) {
      return value;
    }
    return new Proxy(value, {
      get(target, key) {
        const name = path + (typeof key === 'symbol' ? `[${key.description}]` : `.${key}`);
        reads.push(name);
        return watch(Reflect.get(target, key), name);
      },
      has: (target, key) => reads.push(`${String(key)} in ${path}`) > 0 && Reflect.has(target, key),
      ownKeys: (target) => reads.push(`keys of ${path}`) > 0 && Reflect.ownKeys(target),
      getPrototypeOf: (target) => reads.push(`prototype of ${path}`) > 0 && Reflect.getPrototypeOf(target),
    });
  };
  const isPlatform = (value) => [AbortSignal, Blob, AudioBuffer, ArrayBuffer].some((type) => value instanceof type)
    || ArrayBuffer.isView(value) || value instanceof RegExp;

  /** The class of an error of this realm, a DOMException's name, or `end`. */
  const kind = (reason) => {
    if (reason === end) {
      return 'end';
    }
    if (reason instanceof DOMException) {
      return `DOMException ${reason.name}`;
    }
    return reason instanceof Error ? reason.constructor.name : `the value ${String(reason)}`;
  };
  const returned = (value) =>
    ['number', 'string', 'function'].includes(typeof value) ? `a ${typeof value}` : String(value);
  const drained = async (stream) => {
    try {
      for await (const chunk of stream) void chunk;
      return 'streams';
    } catch (reason) {
      return `streams ${kind(reason)}`;
    }
  };

  const evaluate = async (code) => {
    let result;
    try {
      result = new Function('objects', 'end', 'watch', `'use strict'; return (${code});`)(objects, end, watch);
    } catch (reason) {
      return `throws ${kind(reason)}`;
    }
    if (result instanceof ReadableStream) {
      return drained(result);
    }
    if (!(result instanceof Promise)) {
      return `returns ${returned(result)}`;
    }
    return result.then(
      () => 'resolves',
      (reason) => `rejects ${kind(reason)}`,
    );
  };

  await new Function('objects', `return (async () => { ${makers} })();`)(objects);
  const outcomes = [];
  for (const code of calls) {
    reads = [];
    outcomes.push({ ends: await evaluate(code), reads: reads.join(" ") });
  }
  return outcomes;
}
