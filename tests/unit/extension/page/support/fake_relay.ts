// The other end of the Page's port: what the Page said, in order, and answers to it. Uses captured built-ins like the
// Page, so that a test may patch the real ones.

import './dom';
import type { ErrorInfo, PageRequest, Result } from '../../../../../extension/src/protocol';
import type { PageEvent, RelayMessage } from '../../../../../extension/src/page/link';
import { addEventListener, messageData, postMessage, startPort } from '../../../../../extension/src/page/primordials';

type OfType<T extends PageRequest['type']> = Extract<PageRequest, { readonly type: T }>;

type WithoutCount<T> = T extends RelayMessage ? Omit<T, 'taken'> : never;

const MARK = 'mark';

export class FakeRelay {
  /** For the Page. */
  readonly pagePort: MessagePort;
  readonly #port: MessagePort;
  readonly #heard: unknown[] = [];
  #taken = 0;
  #wake: (() => void) | null = null;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.pagePort = port1;
    this.#port = port2;
    addEventListener(port2, 'message', (event) => {
      this.#heard.push(messageData(event as MessageEvent<unknown>));
      this.#wake?.();
    });
    startPort(port2);
  }

  /** The next message that the test has not taken yet; it has to be of this type. */
  async hear<T extends PageRequest['type']>(type: T): Promise<OfType<T>> {
    const message = (await this.#next()) as PageRequest;
    if (message.type !== type) {
      throw new Error(`expected ${type}, heard ${JSON.stringify(message)}`);
    }
    return message as OfType<T>;
  }

  /** All that the Page has posted until now and the test has not taken yet. */
  async hearAll(): Promise<readonly PageRequest[]> {
    postMessage(this.pagePort, MARK);
    const messages: PageRequest[] = [];
    for (let message = await this.#next(); message !== MARK; message = await this.#next()) {
      messages.push(message as PageRequest);
    }
    return messages;
  }

  /** A road that is lost or idle took with it all that the Page has posted, unless `taken` says less. */
  say(message: RelayMessage | WithoutCount<RelayMessage>): void {
    postMessage(this.#port, { taken: Infinity, ...message });
  }

  event(event: PageEvent): void {
    this.say({ type: 'event', event });
  }

  done(id: number, result: Result): void {
    this.event({ type: 'done', id, result });
  }

  error(id: number, error: ErrorInfo): void {
    this.event({ type: 'error', id, error });
  }

  chunks(id: number, ...texts: readonly string[]): void {
    for (const text of texts) {
      this.event({ type: 'chunk', id, text });
    }
  }

  close(): void {
    this.#port.close();
  }

  async #next(): Promise<unknown> {
    while (this.#heard.length === this.#taken) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#taken += 1;
    return this.#heard[this.#taken - 1];
  }
}
