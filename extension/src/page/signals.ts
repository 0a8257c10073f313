/**
 * Owns the combining of abort signals. Only signals made here are listened to: a page can stop an event on its own
 * signal from reaching us, but not the dependency of one signal on another.
 */

import { anySignalOf, defineProperty, iteratorSymbol, newList, signalAborted, signalReason } from './primordials';

/** A new signal, aborted as soon as one of the given is, with its reason; the first one goes first. */
export function combine(first: AbortSignal | null, second: AbortSignal | null = null): AbortSignal {
  const signals = newList<AbortSignal>();
  if (first) {
    signals[0] = first;
  }
  if (second) {
    signals[signals.length] = second;
  }
  defineProperty(signals, iteratorSymbol, { value: () => iterate(signals) });
  return anySignalOf(signals);
}

/** The list's own iterator: the inherited one can be patched. */
function iterate(signals: readonly AbortSignal[]): object {
  let index = 0;
  return {
    next(): { readonly done: boolean; readonly value: AbortSignal | undefined } {
      const value = signals[index];
      index += 1;
      return { done: value === undefined, value };
    },
  };
}

/** Throws the signal's reason, itself and unwrapped, if it is aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signalAborted(signal)) {
    throw signalReason(signal);
  }
}
