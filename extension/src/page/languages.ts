/**
 * Owns the canonical form of language tags (web-ai-apis 2.7).
 *
 * Rule: a tag that is none is a RangeError; what the Host would not read is a NotSupportedError.
 */

import { notSupported } from './errors';
import { each, getCanonicalLocales, newList, newTable } from './primordials';

/** Entries of one list (count): protocol.py's MAX_LIST_ITEMS, of which no list of use is near. */
export const MAX_LANGUAGES = 4096;

/** Characters of one language tag, as in protocol.py. */
const MAX_TAG = 255;

/** The canonical tag. */
export function canonicalLanguage(given: string): string {
  const tag = getCanonicalLocales(given)[0] ?? given;
  if (tag.length > MAX_TAG) {
    throw notSupported('A language tag is longer than those of any language.');
  }
  return tag;
}

/** Canonical tags in their order, each once. */
export function canonicalLanguages(given: readonly string[]): string[] {
  const canonical = newList<string>();
  const seen = newTable<string, true>();
  each(given, (item) => {
    const tag = canonicalLanguage(item);
    if (!seen.get(tag)) {
      seen.set(tag, true);
      canonical[canonical.length] = tag;
    }
  });
  if (canonical.length > MAX_LANGUAGES) {
    throw notSupported('More languages are expected than there are.');
  }
  return canonical;
}
