// Two joined ends of a runtime port. What one end posts, the other hears at once; closing one end tells the other.

import type { IncomingPort, Sender } from '../../../../extension/src/broker/port';

export class FakePort implements IncomingPort {
  readonly sender?: Sender;
  readonly posted: unknown[] = [];
  closed = false;
  /** Runs before a message leaves this end, and may throw. */
  onPost: ((message: unknown) => void) | null = null;
  #other: FakePort | null = null;
  readonly #messageListeners: ((message: unknown) => void)[] = [];
  readonly #closeListeners: (() => void)[] = [];

  readonly onMessage = { addListener: (listener: (message: unknown) => void): void => void this.#messageListeners.push(listener) };
  readonly onDisconnect = { addListener: (listener: () => void): void => void this.#closeListeners.push(listener) };

  constructor(sender?: Sender) {
    if (sender !== undefined) this.sender = sender;
  }

  /** Two ends; the browser tells the second who opened the first. */
  static pair(sender?: Sender): [near: FakePort, far: FakePort] {
    const near = new FakePort();
    const far = new FakePort(sender);
    near.#other = far;
    far.#other = near;
    return [near, far];
  }

  postMessage(message: unknown): void {
    if (this.closed) throw new Error('Attempting to use a disconnected port object');
    this.onPost?.(message);
    this.posted.push(message);
    if (this.#other === null) return;
    for (const listener of this.#other.#messageListeners) listener(message);
  }

  disconnect(): void {
    if (this.closed) return;
    this.closed = true;
    const other = this.#other;
    if (other === null || other.closed) return;
    other.closed = true;
    for (const listener of other.#closeListeners) listener();
  }
}
