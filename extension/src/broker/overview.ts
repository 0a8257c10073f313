// What the extension's own pages see: the Host's state, the open questions and the Host's last status.
// The status is asked for anew after whatever may have changed it, while a page of ours looks, and never on a clock;
// what moves in between, the Host tells by itself as long as one does.

import type { Ask, Done, Error as Failure, HostHears, Id, Live, Result, StatusResult } from '../protocol';
import type { HostState } from './native_port';
import type { Port } from './port';
import { readUi, type UiHears, type UiSays, type UiState } from './ui_messages';

/** Milliseconds between two requests for the status: more often nobody can read it. */
export const STATUS_INTERVAL = 250;

export interface OverviewSource {
  host(): HostState;
  asks(): readonly Ask[];
  /** Starts the Host if it is not running. */
  send(frame: HostHears): void;
  /** For a Host that runs only. */
  notify(frame: HostHears): void;
  /** A page of ours wants something done about a question. */
  asked(said: Extract<UiSays, { type: 'decide' | 'show' }>): void;
}

export class Overview {
  readonly #source: OverviewSource;
  readonly #ports = new Set<Port>();
  #status: StatusResult | null = null;
  #lastId: Id = 0;
  #asked: Id | null = null;
  #stale = false;
  #watching = false;
  #pause: ReturnType<typeof setTimeout> | null = null;

  constructor(source: OverviewSource) {
    this.#source = source;
  }

  /** Takes the port of one of the extension's own pages; the caller has made sure of that. */
  accept(port: Port): void {
    this.#ports.add(port);
    port.onDisconnect.addListener(() => { this.#leave(port); });
    port.onMessage.addListener((message) => {
      const said = readUi(message);
      if (said !== null) {
        this.#hear(said);
        return;
      }
      this.#leave(port);
      port.disconnect();
    });
    port.postMessage(this.#state());
    this.#watch();
  }

  /** The Host's state or the questions changed. */
  changed(): void {
    const state = this.#state();
    for (const port of this.#ports) port.postMessage(state);
    this.#watch();
  }

  /** The Host tells by itself what moved. */
  moved({ activity, engine }: Live): void {
    if (this.#status === null) return;
    this.#status = { ...this.#status, activity, engine };
    this.changed();
  }

  /** Work began or ended: the status is out of date. */
  worked(): void {
    if (this.#ports.size === 0) return;
    this.#stale = true;
    if (this.#asked === null && this.#pause === null) this.#ask();
  }

  answered(answer: Done | Failure): void {
    if (answer.id === this.#asked) this.#asked = null;
    if (answer.type === 'done') this.#take(answer.result);
    else console.error('the Host refused its own pages', answer.error);
    if (this.#stale && this.#asked === null && this.#pause === null) this.#ask();
  }

  /** The connection ended; `forget` where what the Host said holds no more. */
  ended(forget: boolean): void {
    this.#asked = null;
    this.#stale = false;
    if (forget) this.#status = null;
    else if (this.#status !== null) this.#status = { ...this.#status, activity: [], engine: null };
    this.changed();
  }

  #take(result: Result): void {
    if (result.type === 'status') {
      this.#status = result;
      this.changed();
    } else if (result.type === 'revoke' || result.type === 'stop') {
      this.worked();
    }
  }

  #hear(said: UiSays): void {
    switch (said.type) {
      case 'refresh':
        if (this.#asked === null) this.#ask();
        return;
      case 'revoke':
        this.#source.send({ type: 'revoke', id: ++this.#lastId, origin: said.origin });
        return;
      case 'stop':
        this.#source.send({ type: 'stopOrigin', id: ++this.#lastId, origin: said.origin });
        return;
      case 'decide':
      case 'show':
        this.#source.asked(said);
    }
  }

  #leave(port: Port): void {
    this.#ports.delete(port);
    this.#watch();
  }

  /** Tells a Host that runs whether somebody looks, where it does not know. */
  #watch(): void {
    const open = this.#source.host().state === 'open';
    const wanted = open && this.#ports.size > 0;
    if (wanted === this.#watching) return;
    this.#watching = wanted;
    if (open) this.#source.notify({ type: 'watch', on: wanted });
  }

  #ask(): void {
    this.#stale = false;
    this.#asked = ++this.#lastId;
    this.#pause ??= setTimeout(() => {
      this.#pause = null;
      if (this.#stale && this.#asked === null) this.#ask();
    }, STATUS_INTERVAL);
    this.#source.send({ type: 'status', id: this.#asked });
  }

  #state(): UiHears {
    const state: UiState = { host: this.#source.host(), asks: this.#source.asks(), status: this.#status };
    return { type: 'state', state };
  }
}
