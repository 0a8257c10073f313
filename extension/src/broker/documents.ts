// The documents that hold a port to the Broker: who they are, and which port an event goes to.
// Identity comes from the browser (`port.sender`), never from a message, and never from `sender.url`: a sandboxed
// frame's URL names a site that it does not speak for. Its origin is 'null', which the Host refuses.

import type { Chunk, Client, Done, Error as Failure, HostHears, Overflow, Progress, ToolCalls } from '../protocol';
import { Clients } from './clients';
import type { IncomingPort } from './port';
import { readRelay, type Facts, type LostReason, type RelayHears, type RelaySays } from './relay_messages';

/** What the Host says to one document. */
export type DocumentEvent = Chunk | Done | Failure | Overflow | Progress | ToolCalls;

/** The road to the Host, as seen from here. */
export interface Road {
  /** Sends, and connects first if need be. */
  send(frame: HostHears): void;
  /** Sends if there is a connection to send on. */
  notify(frame: HostHears): void;
}

/** Tells which tab was closed. The same listener again is kept once. */
export interface TabRemoved {
  addListener(listener: (tab: number) => void): void;
  removeListener(listener: (tab: number) => void): void;
}

interface OpenDocument {
  readonly id: string;
  readonly client: Client;
  readonly origin: string;
  readonly tab: number | null;
  readonly incognito: boolean;
  readonly port: IncomingPort;
  facts: Facts | null;
  suspended: boolean;
}

export class Documents {
  readonly #road: Road;
  readonly #tabRemoved: TabRemoved;
  readonly #clients = new Clients();
  readonly #open = new Map<Client, OpenDocument>();

  constructor(road: Road, tabRemoved: TabRemoved) {
    this.#road = road;
    this.#tabRemoved = tabRemoved;
  }

  accept(port: IncomingPort): void {
    const { documentId, origin, tab } = port.sender ?? {};
    if (documentId === undefined || origin === undefined) {
      port.disconnect();
      return;
    }
    const document: OpenDocument = {
      id: documentId,
      client: this.#clients.arrive(documentId),
      origin,
      tab: tab?.id ?? null,
      incognito: tab?.incognito ?? true, // Without a tab nobody knows, and what is private must leave no trace.
      port,
      facts: null,
      suspended: false,
    };
    this.#open.set(document.client, document);
    port.onMessage.addListener((message) => {
      if (this.#open.get(document.client) !== document) return;
      const said = readRelay(message);
      if (said === null) this.cut(document.client);
      else this.#hear(document, said);
    });
    port.onDisconnect.addListener(() => {
      this.#leave(document);
    });
  }

  /** Hands an event to its document, without the number: it would tell pages how many others there are. */
  deliver({ client, ...event }: DocumentEvent): void {
    this.#tell(client, { type: 'event', event });
  }

  /** Everything that any document had is gone; the ports stay usable. */
  lost(reason: LostReason): void {
    this.#forget();
    for (const client of this.#open.keys()) this.#tell(client, { type: 'lost', reason });
  }

  /** Nothing is in use: lets go of every port, since even a silent one keeps this worker alive. */
  idle(): void {
    this.#forget();
    for (const { client, port } of this.#open.values()) {
      this.#tell(client, { type: 'idle' });
      port.disconnect();
    }
    this.#open.clear();
  }

  /** Lets go of one document that says what no Relay or Page of ours says. */
  cut(client: Client): void {
    const document = this.#open.get(client);
    if (document === undefined) return;
    document.port.disconnect();
    this.#leave(document);
  }

  #hear(document: OpenDocument, said: RelaySays): void {
    switch (said.type) {
      case 'facts':
        document.facts = said;
        return;
      case 'visible':
        this.#road.notify({ type: 'visible', client: document.client, visible: said.visible });
        return;
      case 'suspended':
        document.suspended = true;
        return;
      case 'request':
        if (document.facts === null) {
          this.cut(document.client);
          return;
        }
        this.#road.send({
          type: 'page',
          client: document.client,
          origin: document.origin,
          incognito: document.incognito,
          request: said.request,
          allowed: document.facts.allowed,
          activated: said.activated,
          active: said.active,
          visible: said.visible,
          embedder: document.facts.embedder,
        });
    }
  }

  #leave(document: OpenDocument): void {
    if (this.#open.get(document.client) !== document) return;
    this.#open.delete(document.client);
    if (document.suspended) {
      this.#clients.suspend(document.id, document.client, document.tab);
      this.#tabRemoved.addListener(this.#tabClosed);
    }
    this.#road.notify({ type: 'gone', client: document.client, suspended: document.suspended });
  }

  /** What the tab's back/forward cache held is gone with it, and has no port whose end would say so. */
  readonly #tabClosed = (tab: number): void => {
    for (const client of this.#clients.closeTab(tab)) this.#road.notify({ type: 'gone', client, suspended: false });
  };

  /** Listening on would wake the worker for every tab that is closed. */
  #forget(): void {
    this.#clients.forget();
    this.#tabRemoved.removeListener(this.#tabClosed);
  }

  #tell(client: Client, message: RelayHears): void {
    this.#open.get(client)?.port.postMessage(message);
  }
}
