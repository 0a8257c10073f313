// Numbers for documents. The browser's documentId is the identity; the number is what the Host hears.
// A document that comes back from the back/forward cache gets its number again, and so finds its sessions.

import type { Client } from '../protocol';

/** Documents in the back/forward cache that are remembered (count); Chromium keeps a few per tab. */
export const MAX_SUSPENDED = 1024;

export class Clients {
  #last: Client = 0;
  readonly #suspended = new Map<string, Client>();

  /** The number of a document whose port opened. */
  arrive(documentId: string): Client {
    const known = this.#suspended.get(documentId);
    this.#suspended.delete(documentId);
    return known ?? ++this.#last;
  }

  /** The document may return. */
  suspend(documentId: string, client: Client): void {
    this.#suspended.set(documentId, client);
    if (this.#suspended.size <= MAX_SUSPENDED) return;
    const [oldest] = this.#suspended.keys();
    if (oldest !== undefined) this.#suspended.delete(oldest);
  }

  /** The Host's sessions are gone, so no number is worth keeping. */
  forget(): void {
    this.#suspended.clear();
  }
}
