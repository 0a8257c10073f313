/**
 * Owns the Page's end of the road: the private port to Relay, request numbers, and the table of requests under way.
 *
 * Rules: every request sent ends in exactly one `done` or `failed`, whatever happens to the road; an id is used once
 * in a document; the port is not touched before the first request. The types below are the whole of what Page and
 * Relay say to each other, beside `PageRequest`, which goes up as it is, and `WANT_WINDOW_AI`.
 */

import type {
  Abort,
  Chunk,
  Credit,
  Destroy,
  Done,
  Error as Failure,
  Overflow,
  PageRequest,
  Progress,
  Result,
  ToolCalls,
  ToolResponse,
  ToolResults,
} from '../protocol';
import { WANT_WINDOW_AI } from '../window_ai_script';
import { domException, fromWire } from './errors';
import { addEventListener, messageData, newTable, postMessage, startPort } from './primordials';

type ForPage<T> = T extends { readonly client: unknown } ? Omit<T, 'client'> : never;

/** What happened to one request, without the Broker's number for this document. */
export type PageEvent = ForPage<Progress | Chunk | ToolCalls | Overflow | Done | Failure>;

/** Why requests under way were lost. Sessions outlive `suspended` only; nothing comes back after `extension-gone`. */
export type LostReason = 'host-gone' | 'host-missing' | 'suspended' | 'extension-gone';

/**
 * Relay to Page. `idle`: the Broker closed the road as nothing was in use; what it had not read is sent again.
 * `taken`: the messages of this Page (count) that had entered that road; later ones go by the next. `window-ai`: the script
 * that the Page wanted has run, or cannot.
 */
export type RelayMessage =
  | { readonly type: 'event'; readonly event: PageEvent }
  | { readonly type: 'lost'; readonly reason: LostReason; readonly taken: number }
  | { readonly type: 'idle'; readonly taken: number }
  | { readonly type: 'window-ai' };

export type Notice = Abort | Credit | Destroy | ToolResults;
export type Request = Exclude<PageRequest, Notice>;

/** What a request may hear before its end. */
export type Interim = ForPage<Progress | Chunk | ToolCalls | Overflow>;

/** Hears one request: any number of events, then `done` or `failed`, once. */
export interface Listener {
  event(event: Interim): void;
  done(result: Result): void;
  failed(error: DOMException): void;
}

interface Entry {
  readonly request: Request;
  readonly listener: Listener;
  /** Its place among the messages that the Page posted, from 1. */
  place: number;
  heard: boolean;
  wanted: boolean;
}

export class Link {
  readonly #port: MessagePort;
  readonly #entries = newTable<number, Entry>();
  #lastId = 0;
  #posted = 0;
  #era = 0;
  #listening = false;
  #windowAIEnded: (() => void) | null = null;
  #severed = false;

  constructor(port: MessagePort) {
    this.#port = port;
  }

  /** Number of the Host that is at the road's other end: sessions of an earlier one are gone. */
  get era(): number {
    return this.#era;
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Sends a request that needs the Host of `era`; fails it at once where that Host is gone. */
  send(request: Request, listener: Listener, era: number): void {
    if (this.#severed || era !== this.#era) {
      listener.failed(lost());
      return;
    }
    this.#listen();
    const entry = { request, listener, place: this.#posted + 1, heard: false, wanted: true };
    this.#entries.set(request.id, entry);
    this.#post(request);
  }

  /** Tells the Host that the request is not wanted any more; its listener still hears how it ended. */
  abort(id: number): void {
    const entry = this.#entries.get(id);
    if (entry) {
      entry.wanted = false;
      this.#post({ type: 'abort', id });
    }
  }

  /** Whether the request `id` is under way and its page still waits for it. */
  wants(id: number): boolean {
    return this.#entries.get(id)?.wanted ?? false;
  }

  /** Tells what the tools gave that the prompt `id` waits for. */
  answerTools(id: number, responses: readonly ToolResponse[]): void {
    if (this.wants(id)) {
      this.#post({ type: 'toolResults', id, responses });
    }
  }

  /** Grants the writer of the streaming request `id` as many chunks more. */
  credit(id: number, chunks: number): void {
    if (this.#entries.get(id)) {
      this.#post({ type: 'credit', id, chunks });
    }
  }

  /** Gives up a session of the Host of `era`; one that is gone has nothing left to give up. */
  destroy(session: number, era: number): void {
    if (!this.#severed && era === this.#era) {
      this.#post({ type: 'destroy', session });
    }
  }

  /** Has the script behind `window.ai` run in this document; `ended` hears that it has, or that it cannot. */
  loadWindowAI(ended: () => void): void {
    this.#windowAIEnded = ended;
    this.#listen();
    postMessage(this.#port, WANT_WINDOW_AI);
  }

  #post(message: PageRequest): void {
    postMessage(this.#port, message);
    this.#posted += 1;
  }

  #listen(): void {
    if (!this.#listening) {
      this.#listening = true;
      addEventListener(this.#port, 'message', (event) => {
        this.#receive(messageData(event as MessageEvent<unknown>) as RelayMessage);
      });
      startPort(this.#port);
    }
  }

  #receive(message: RelayMessage): void {
    switch (message.type) {
      case 'event':
        this.#deliver(message.event);
        break;
      case 'idle':
        this.#sendAgain(message.taken);
        break;
      case 'lost':
        this.#lose(message.reason, message.taken);
        break;
      case 'window-ai':
        this.#windowAIEnded?.();
        break;
    }
  }

  #deliver(event: PageEvent): void {
    const entry = this.#entries.get(event.id);
    if (!entry) {
      this.#disown(event); // Was under way when the road was lost, and has failed already.
      return;
    }
    entry.heard = true;
    if (event.type === 'done') {
      this.#entries.delete(event.id);
      entry.listener.done(event.result);
    } else if (event.type === 'error') {
      this.#entries.delete(event.id);
      entry.listener.failed(fromWire(event.error));
    } else {
      entry.listener.event(event);
    }
  }

  /** What was opened for nobody must not stay open. */
  #disown(event: PageEvent): void {
    if (event.type === 'done' && (event.result.type === 'session' || event.result.type === 'task')) {
      this.destroy(event.id, this.#era);
    }
  }

  #sendAgain(taken: number): void {
    this.#entries.forEach((entry, id) => {
      if (entry.heard || entry.place > taken) {
        return;
      }
      if (entry.wanted) {
        entry.place = this.#posted + 1;
        this.#post(entry.request);
      } else {
        this.#entries.delete(id);
        entry.listener.failed(domException('AbortError', 'The request was aborted.'));
      }
    });
  }

  #lose(reason: LostReason, taken: number): void {
    if (reason !== 'suspended') {
      this.#era += 1;
    }
    this.#severed ||= reason === 'extension-gone';
    const entries = newTable<number, Entry>();
    this.#entries.forEach((entry, id) => {
      if (entry.place <= taken) {
        entries.set(id, entry);
      }
    });
    entries.forEach((_, id) => this.#entries.delete(id));
    entries.forEach((entry) => {
      entry.listener.failed(lost());
    });
  }
}

/** What pages hear when the road is gone. */
export function lost(): DOMException {
  return domException('UnknownError', 'The connection to the model was lost.');
}
