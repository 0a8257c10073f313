// A page's line to the Broker. An open one keeps the worker alive, so a page that nobody sees should close its own.

import type { UiHears, UiSays, UiState } from '../broker/ui_messages';

export class BrokerLink {
  readonly #heard: (state: UiState) => void;
  readonly #lost: () => void;
  #port: chrome.runtime.Port | null = null;

  /** `lost`: the worker is gone, and with it everything that was open. */
  constructor(heard: (state: UiState) => void, lost: () => void) {
    this.#heard = heard;
    this.#lost = lost;
  }

  say(message: UiSays): void {
    this.open().postMessage(message);
  }

  open(): chrome.runtime.Port {
    if (this.#port !== null) return this.#port;
    const port = chrome.runtime.connect();
    this.#port = port;
    port.onMessage.addListener(({ state }: UiHears) => { this.#heard(state); });
    port.onDisconnect.addListener(() => {
      this.#port = null;
      this.#lost();
    });
    return port;
  }

  close(): void {
    this.#port?.disconnect();
    this.#port = null;
  }
}
