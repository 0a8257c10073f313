/**
 * Owns how one session's requests go up: once their media are converted, and in the order of the calls.
 *
 * Rule: a call goes after all before it went or ended, however long one of them takes to be ready; where all are
 * ready at once, each goes at once.
 */

import type { Interim, Link, Request } from './link';
import type { MediaPart } from './media_parts';
import { Operation, type Answer, type Outcome } from './operation';
import { newTable, signalAborted } from './primordials';
import type { Caller } from './session';

export class SessionCalls {
  readonly #link: Link;
  readonly #era: number;
  /** Calls that have not gone, by their place; null until one is ready. */
  readonly #waiting = newTable<number, (() => void) | null>();
  #first = 1;
  #last = 0;

  /** For a session of the Host of `era`. */
  constructor(link: Link, era: number) {
    this.#link = link;
    this.#era = era;
  }

  /** Starts a request that waits for no other. */
  start<R extends Request>(request: R, media: readonly MediaPart[], signal: AbortSignal, outcome: Outcome<R>): void {
    new Operation(this.#link, request, signal, outcome).start(media, this.#era);
  }

  /** Starts a request in its turn. */
  enqueue<R extends Request>(
    request: R,
    media: readonly MediaPart[],
    signal: AbortSignal,
    outcome: Outcome<R>,
  ): Operation<R> {
    this.#last += 1;
    const place = this.#last;
    this.#waiting.set(place, null);
    const ended = (answer: Answer<R> | null): void => {
      outcome.ended?.(answer);
      this.#ready(place, () => undefined); // Where it has not gone yet, nobody waits behind it any more.
    };
    const operation = new Operation(this.#link, request, signal, { ...outcome, ended });
    operation.prepare(media, () => {
      this.#ready(place, () => {
        operation.send(this.#era);
      });
    });
    return operation;
  }

  #ready(place: number, go: () => void): void {
    if (this.#waiting.get(place) === undefined) {
      return;
    }
    this.#waiting.set(place, go);
    for (let next = this.#waiting.get(this.#first); next; next = this.#waiting.get(this.#first)) {
      this.#waiting.delete(this.#first);
      this.#first += 1;
      next();
    }
  }
}

/** Hears overflows, and keeps the caller alive meanwhile. */
export function overflows(caller: Caller): (interim: Interim) => void {
  return (interim) => {
    if (interim.type === 'overflow') {
      caller.overflowed();
    }
  };
}

/** For `ended` of a request that opens a session: one that nobody waits for any more is given up. */
export function giveUpUnwanted(link: Link, id: number, signal: AbortSignal): (answer: object | null) => void {
  const { era } = link;
  return (answer) => {
    if (answer && signalAborted(signal)) {
      link.destroy(id, era);
    }
  };
}
