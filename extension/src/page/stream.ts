/**
 * Owns the ReadableStream of a streaming call, and the credits that let its reader's pace reach the writer.
 *
 * Rule: chunks taken are acknowledged in groups, never one by one; the Host keeps its window of unacknowledged chunks
 * (settings.STREAM_CREDITS) larger than a group.
 */

import type { Link } from './link';
import { ReadableStream, closeStream, desiredSize, enqueue, errorStream } from './primordials';

/** Chunks acknowledged together (count): a quarter of the Host's window, so that the writer never waits for us. */
export const CREDIT_GROUP = 8;

/** Chunks (count): above any window of the Host's, so that every read is followed by a call of `pull`. */
const HIGH_WATER_MARK = 2 ** 20;

export class AnswerStream<T> {
  readonly readable: ReadableStream<T>;
  readonly #link: Link;
  readonly #id: number;
  #controller!: ReadableStreamDefaultController<T>;
  #written = 0;
  #acknowledged = 0;

  /** Of the answer to the request `id`; `cancel`: the reader walked away. */
  constructor(link: Link, id: number, cancel: () => void) {
    this.#link = link;
    this.#id = id;
    const source = {
      __proto__: null,
      start: (controller: ReadableStreamDefaultController<T>): void => {
        this.#controller = controller;
      },
      pull: (): void => {
        this.#acknowledge();
      },
      cancel,
    };
    const strategy = { __proto__: null, highWaterMark: HIGH_WATER_MARK };
    this.readable = new ReadableStream<T>(source, strategy);
  }

  write(chunk: T): void {
    this.#written += 1;
    enqueue(this.#controller, chunk);
  }

  close(): void {
    closeStream(this.#controller);
  }

  error(reason: unknown): void {
    errorStream(this.#controller, reason);
  }

  #acknowledge(): void {
    const queued = HIGH_WATER_MARK - (desiredSize(this.#controller) ?? HIGH_WATER_MARK);
    const taken = this.#written - queued - this.#acknowledged;
    if (taken >= CREDIT_GROUP) {
      this.#acknowledged += taken;
      this.#link.credit(this.#id, taken);
    }
  }
}
