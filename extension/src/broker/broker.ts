// Broker: joins documents, the Host, the questions and the extension's own pages. It knows who is asking.
// It keeps no grant and reads no request. All its state is gone with the worker: ports close, and both ends notice.

import type { HostHears } from '../protocol';
import { Asks, type AskWindows } from './asks';
import { Documents, type TabRemoved } from './documents';
import { NativePort, type HostConnector, type HostEvent, type HostProblem } from './native_port';
import { Overview } from './overview';
import type { IncomingPort } from './port';
import type { LostReason } from './relay_messages';

export interface Browser extends HostConnector {
  readonly windows: AskWindows;
  readonly tabRemoved: TabRemoved;
  /** This extension's id and the origin of its own pages. */
  readonly id: string;
  readonly origin: string;
  hasPrivateWindow(): Promise<boolean>;
}

export class Broker {
  readonly #browser: Browser;
  readonly #host: NativePort;
  readonly #documents: Documents;
  readonly #asks: Asks;
  readonly #overview: Overview;

  constructor(browser: Browser) {
    this.#browser = browser;
    this.#host = new NativePort(browser, {
      heard: (event) => { this.#hear(event); },
      lost: (problem) => { this.#lose(problem); },
      idle: () => {
        this.#documents.idle();
        this.#overview.ended(false);
      },
      refused: (frame) => {
        if (frame.type === 'page') this.#documents.cut(frame.client);
      },
      changed: () => { this.#overview.changed(); },
    });
    const send = (frame: HostHears): void => { this.#host.send(frame); };
    const notify = (frame: HostHears): void => { this.#host.notify(frame); };
    const worked = (frame: HostHears): void => {
      send(frame);
      this.#overview.worked();
    };
    this.#documents = new Documents({ send: worked, notify }, browser.tabRemoved);
    this.#asks = new Asks(browser.windows, {
      decided: (ask, decision) => { notify({ type: 'decide', ask, decision }); },
      changed: () => { this.#overview.changed(); },
    });
    this.#overview = new Overview({
      host: () => this.#host.state,
      asks: () => this.#asks.open,
      send,
      notify,
      asked: (said) => {
        void (said.type === 'decide' ? this.#asks.decide(said.ask, said.decision) : this.#asks.show(said.ask));
      },
    });
  }

  /** Takes a port that a Relay or one of the extension's own pages opened. */
  connected(port: IncomingPort): void {
    if (port.sender?.id !== this.#browser.id) port.disconnect();
    else if (port.sender.origin === this.#browser.origin) this.#overview.accept(port);
    else this.#documents.accept(port);
  }

  windowClosed(window: number): void {
    void this.#asks.windowClosed(window);
    void this.#privateEnded();
  }

  /** Whether the window that closed was private cannot be asked any more, only whether one is left. */
  async #privateEnded(): Promise<void> {
    if (!(await this.#browser.hasPrivateWindow())) this.#host.notify({ type: 'privateEnded' });
  }

  #hear(event: HostEvent): void {
    switch (event.type) {
      case 'progress':
      case 'chunk':
      case 'toolCalls':
      case 'overflow':
        this.#documents.deliver(event);
        return;
      case 'done':
      case 'error':
        if (event.client === 0) {
          this.#overview.answered(event);
        } else {
          this.#documents.deliver(event);
          this.#overview.worked();
        }
        return;
      case 'ask':
        void this.#asks.raise(event);
        return;
      case 'askEnded':
        void this.#asks.end(event.ask);
        this.#overview.worked();
        return;
      case 'live':
        this.#overview.moved(event);
        return;
      case 'protocolError':
        console.error('the Host refused a frame:', event.message);
    }
  }

  #lose(problem: HostProblem): void {
    const reason: LostReason = problem === 'missing' || problem === 'forbidden' ? 'host-missing' : 'host-gone';
    void this.#asks.endAll();
    this.#documents.lost(reason);
    this.#overview.ended(true);
  }
}
