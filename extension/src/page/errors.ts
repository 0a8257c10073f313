/**
 * Owns the making of the exceptions that pages see: from the Page's own findings and from the wire's error information.
 *
 * Rules: every DOMException is of this document's realm; nothing reads an error's text.
 */

import type { ErrorInfo, ErrorName } from '../protocol';
import { abortedSignal, defineProperty, getPrototypeOf, signalReason } from './primordials';

interface QuotaExceededErrorOptions {
  readonly quota?: number;
  readonly requested?: number;
}

type QuotaExceededErrorClass = new (message: string, options: QuotaExceededErrorOptions) => DOMException;

/** A DOMException of this realm. `DataError` is made in the Page only and never crosses the wire. */
export function domException(name: ErrorName | 'DataError', message: string): DOMException {
  // Not by way of `globalThis`: once a frame shows another document, that is the other's window.
  const Exception = typeof DOMException === 'function' ? DOMException : unnamedClass();
  return new Exception(message, name);
}

/** What can be said, but not be served. */
export function notSupported(message: string): DOMException {
  return domException('NotSupportedError', message);
}

/** A realm whose document is gone has no DOMException by name where nobody named it before, but makes them still. */
function unnamedClass(): typeof DOMException {
  const made = signalReason(abortedSignal()) as DOMException;
  return (getPrototypeOf(made) as DOMException).constructor as typeof DOMException;
}

/** The browser's QuotaExceededError, or (before Chromium 138) a DOMException of that name with the same attributes. */
export function quotaExceeded(message: string, numbers: QuotaExceededErrorOptions): DOMException {
  const { QuotaExceededError } = globalThis as { readonly QuotaExceededError?: QuotaExceededErrorClass };
  if (QuotaExceededError) {
    return new QuotaExceededError(message, numbers);
  }
  const error = domException('QuotaExceededError', message);
  defineProperty(error, 'quota', { value: numbers.quota ?? null });
  defineProperty(error, 'requested', { value: numbers.requested ?? null });
  return error;
}

/** The exception that error information from the Host describes. */
export function fromWire(info: ErrorInfo): DOMException {
  if (info.name !== 'QuotaExceededError') {
    return domException(info.name, info.message);
  }
  const { quota, requested } = info;
  return quotaExceeded(info.message, quota === undefined || requested === undefined ? {} : { quota, requested });
}
