/**
 * Owns one request under one signal: the page hears exactly one `done` or `failed`, at once when the signal is
 * aborted, and nothing after it; the Host is told if it has the request; `ended` hears its last word even then.
 */

import type {
  AvailabilityResult,
  DetectionResult,
  MeasureResult,
  ProofreadResult,
  Result,
  SessionResult,
  TaskResult,
  UsageResult,
  WrittenResult,
} from '../protocol';
import type { Interim, Link, Listener, Request } from './link';
import { convertMedia, type MediaPart } from './media_parts';
import { addEventListener, removeEventListener, signalReason } from './primordials';

/** The Host's answer to each request (protocol.py). */
interface Answers {
  readonly availability: AvailabilityResult;
  readonly create: SessionResult;
  readonly clone: SessionResult;
  readonly prompt: UsageResult;
  readonly append: UsageResult;
  readonly measure: MeasureResult;
  readonly taskAvailability: AvailabilityResult;
  readonly createTask: TaskResult;
  readonly runTask: WrittenResult | ProofreadResult | DetectionResult;
  readonly measureTask: MeasureResult;
}

export type Answer<R extends Request> = Answers[R['type']];

/** Where the outcome of an operation goes. */
export interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

export interface Outcome<R extends Request> {
  /** Interim events, until the page has its outcome. */
  readonly event?: (event: Interim) => void;
  readonly done: (answer: Answer<R>) => void;
  readonly failed: (reason: unknown) => void;
  /** Once: the page waits no more, whatever the Host will say. */
  readonly closed?: () => void;
  /** Once, before `done` or `failed`, or later where the page stopped waiting: the answer, or null if there was none. */
  readonly ended?: (answer: Answer<R> | null) => void;
}

export class Operation<R extends Request> implements Listener {
  readonly #link: Link;
  readonly #request: R;
  readonly #signal: AbortSignal;
  readonly #outcome: Outcome<R>;
  #open = true;
  #sent = false;

  constructor(link: Link, request: R, signal: AbortSignal, outcome: Outcome<R>) {
    this.#link = link;
    this.#request = request;
    this.#signal = signal;
    this.#outcome = outcome;
  }

  /** Converts the request's media, then calls `ready`, which may be at once. The signal is not aborted yet. */
  prepare(media: readonly MediaPart[], ready: () => void): void {
    addEventListener(this.#signal, 'abort', this.#abort);
    convertMedia(media, ready, (reason) => {
      this.failed(reason);
    });
  }

  /** Sends the request to the Host of `era` once its media are converted. */
  start(media: readonly MediaPart[], era: number): void {
    this.prepare(media, () => {
      this.send(era);
    });
  }

  /** Sends the request to the Host of `era`, unless nobody waits for it any more. */
  send(era: number): void {
    if (this.#open) {
      this.#sent = true;
      this.#link.send(this.#request, this, era);
    }
  }

  /** The reader walked away: like an abort, but the page hears nothing. */
  cancel(): void {
    this.#giveUp();
  }

  event(event: Interim): void {
    if (this.#open) {
      this.#outcome.event?.(event);
    }
  }

  done(result: Result): void {
    const answer = result as Answer<R>;
    this.#outcome.ended?.(answer);
    if (this.#close()) {
      this.#outcome.done(answer);
    }
  }

  failed(reason: unknown): void {
    if (this.#open || this.#sent) {
      this.#outcome.ended?.(null);
    }
    if (this.#close()) {
      this.#outcome.failed(reason);
    }
  }

  readonly #abort = (): void => {
    if (this.#giveUp()) {
      this.#outcome.failed(signalReason(this.#signal));
    }
  };

  /** True for the first caller. A Host that never heard of the request has no last word on it. */
  #giveUp(): boolean {
    if (!this.#close()) {
      return false;
    }
    if (this.#sent) {
      this.#link.abort(this.#request.id);
    } else {
      this.#outcome.ended?.(null);
    }
    return true;
  }

  /** True for the first caller: whoever closes tells the page. */
  #close(): boolean {
    const open = this.#open;
    this.#open = false;
    removeEventListener(this.#signal, 'abort', this.#abort);
    if (open) {
      this.#outcome.closed?.();
    }
    return open;
  }
}
