// The part of chrome.runtime.Port that the Broker and the Relay use, so that tests can stand a pair in for it.

export interface Port {
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

/** A port that somebody opened to the Broker; the browser, not its opener, fills `sender` in. */
export interface IncomingPort extends Port {
  readonly sender?: Sender;
}

export interface Sender {
  readonly id?: string;
  readonly origin?: string;
  readonly documentId?: string;
  readonly url?: string;
  readonly tab?: { readonly id?: number | undefined; readonly incognito: boolean };
}
