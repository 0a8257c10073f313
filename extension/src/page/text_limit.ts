/** Owns how much text one call may hold, whatever the model. */

import { quotaExceeded } from './errors';

/** UTF-16 units of one call's text. More fits no context window, and as JSON it would not fit the Host's frame. */
export const MAX_TEXT = 2 ** 21;

/** `quota`: what the object takes (tokens), null before that is known. Counted in UTF-16 units: a text has seldom more
 * tokens, and what a page cuts by that measure fits at the next try. */
export function tooLarge(size: number, quota: number | null): DOMException {
  const message = 'The input is larger than any context window.';
  return quotaExceeded(message, quota === null ? {} : { quota, requested: size > quota ? size : quota + 1 });
}
