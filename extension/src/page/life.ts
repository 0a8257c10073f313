/**
 * Owns how what stands behind a page's object ends: by `destroy()`, or by the signal given to `create()`, whenever that
 * fires; and that its calls end with it, for the same reason (web-ai-apis 2.4).
 */

import { domException } from './errors';
import {
  AbortController,
  abort,
  addEventListener,
  controllerSignal,
  removeEventListener,
  signalAborted,
  signalReason,
} from './primordials';
import { combine, throwIfAborted } from './signals';

export class Life {
  readonly #release: () => void;
  readonly #destruction = new AbortController();
  #creation: AbortSignal | null = null;
  #isDestroyed = false;

  /** `release` is called once, at the end. */
  constructor(release: () => void) {
    this.#release = release;
  }

  /** Ended by `destroy()`, not by a signal. */
  get isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  /** The signal given to `create()`. */
  tieTo(creation: AbortSignal): void {
    this.#creation = creation;
    addEventListener(creation, 'abort', this.#end);
  }

  /** The combined signal of a call; throws the reason of one that is aborted already. */
  callSignal(signal: AbortSignal | null): AbortSignal {
    const combined = combine(controllerSignal(this.#destruction), signal);
    throwIfAborted(combined);
    return combined;
  }

  destroy(): void {
    if (!signalAborted(controllerSignal(this.#destruction))) {
      this.#end();
    }
  }

  /** The creator's signal goes first, also where a listener of the page's calls `destroy()` before ours is called. */
  readonly #end = (): void => {
    const creation = this.#creation;
    if (creation) {
      removeEventListener(creation, 'abort', this.#end);
    }
    const isAborted = creation && signalAborted(creation);
    this.#isDestroyed = !isAborted;
    abort(this.#destruction, isAborted ? signalReason(creation) : domException('AbortError', 'The session was destroyed.'));
    this.#release();
  };
}
