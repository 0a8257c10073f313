// Numbers for documents. The browser's documentId is the identity; the number is what the Host hears.
// A document that comes back from the back/forward cache gets its number again, and so finds its sessions. It cannot
// come back once its tab is closed.

import type { Client } from '../protocol';

/** Documents in the back/forward cache that are remembered (count); Chromium keeps a few per tab. */
export const MAX_SUSPENDED = 1024;

interface Suspended {
  readonly client: Client;
  readonly tab: number | null;
}

export class Clients {
  #last: Client = 0;
  readonly #suspended = new Map<string, Suspended>();

  /** The number of a document whose port opened. */
  arrive(documentId: string): Client {
    const known = this.#suspended.get(documentId);
    this.#suspended.delete(documentId);
    return known?.client ?? ++this.#last;
  }

  /** The document may return to its tab; null: nobody knows which. */
  suspend(documentId: string, client: Client, tab: number | null): void {
    this.#suspended.set(documentId, { client, tab });
    if (this.#suspended.size <= MAX_SUSPENDED) return;
    const [oldest] = this.#suspended.keys();
    if (oldest !== undefined) this.#suspended.delete(oldest);
  }

  /** The numbers of the documents that can never return, as their tab is closed. */
  closeTab(tab: number): Client[] {
    const closed = Array.from(this.#suspended).filter(([, suspended]) => suspended.tab === tab);
    for (const [documentId] of closed) this.#suspended.delete(documentId);
    return closed.map(([, { client }]) => client);
  }

  /** The Host's sessions are gone, so no number is worth keeping. */
  forget(): void {
    this.#suspended.clear();
  }
}
