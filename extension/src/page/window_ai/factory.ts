/**
 * Owns the factories `ai.languageModel`, `ai.summarizer` and so on: today's static members and `capabilities()`, over
 * any class of the standard. What a class looked like in its older shape is its face.
 */

import type { AvailabilityValue } from '../../protocol';
import { oldAvailability, type OldAvailability } from './old_words';
import type { StandardClass } from './standard';

type Given = readonly unknown[];

/** One call of `create()`. */
export interface Opening<I> {
  /** In today's words. */
  readonly options: unknown;
  /** Gives what was created the older members as well. */
  readonly dress: (instance: I) => I;
}

export interface Face<I extends object> {
  readonly open: (options: unknown) => Opening<I>;
  /** Options that `capabilities()` asks about. */
  readonly usual?: object;
  readonly capabilities: (available: OldAvailability) => object;
}

export interface Factory<I extends object> {
  create(...given: Given): Promise<I>;
  availability(...given: Given): Promise<AvailabilityValue>;
  capabilities(): Promise<{ readonly available: OldAvailability }>;
}

export function newFactory<I extends object>(standard: StandardClass<I>, face: Face<I>): Factory<I> {
  return {
    async create(...given) {
      const { options, dress } = face.open(given[0]);
      return dress(await standard.create(...atMost(given, options)));
    },
    async availability(...given) {
      return standard.availability(...atMost(given, face.open(given[0]).options));
    },
    async capabilities() {
      const available = oldAvailability(await standard.availability(...(face.usual ? [face.usual] : [])));
      return { available, ...face.capabilities(available) };
    },
  };
}

/** Options only where some were given: a class may miss them. */
function atMost(given: Given, options: unknown): Given {
  return given.length > 0 ? [options] : [];
}

/** What `capabilities()` says at once of a language, of which no model tells more than availability did. */
export function languageAvailable(available: OldAvailability, tag: unknown): OldAvailability {
  return /^[a-z]{2}(-|$)/i.test(String(tag)) ? available : 'no';
}
