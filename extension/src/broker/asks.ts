// The open questions and their windows. A question has at most one window; closing it means "not now".
// A question whose window is missed, or could not be opened, stays reachable from the toolbar button.

import type { Ask, Decision, Id } from '../protocol';

/** The browser's side of it. */
export interface AskWindows {
  /** Opens a window for the question; its number. */
  open(ask: Ask): Promise<number>;
  focus(window: number): Promise<void>;
  close(window: number): Promise<void>;
  /** Says on the toolbar button how many questions are open. */
  count(asks: number): void;
}

export interface AskListener {
  decided(ask: Id, decision: Decision): void;
  changed(): void;
}

interface OpenAsk {
  readonly ask: Ask;
  window: number | null;
}

export class Asks {
  readonly #windows: AskWindows;
  readonly #listener: AskListener;
  readonly #open = new Map<Id, OpenAsk>();

  constructor(windows: AskWindows, listener: AskListener) {
    this.#windows = windows;
    this.#listener = listener;
  }

  get open(): readonly Ask[] {
    return Array.from(this.#open.values(), ({ ask }) => ask);
  }

  async raise(ask: Ask): Promise<void> {
    const open: OpenAsk = { ask, window: null };
    this.#open.set(ask.ask, open);
    this.#changed();
    await this.#openWindow(open);
  }

  /** Brings the question's window to the front, or opens another where it is lost. */
  async show(id: Id): Promise<void> {
    const open = this.#open.get(id);
    if (open === undefined) return;
    if (open.window !== null) {
      try {
        await this.#windows.focus(open.window);
        return;
      } catch (error) {
        console.warn('the window of a question is lost', error);
      }
    }
    await this.#openWindow(open);
  }

  async decide(id: Id, decision: Decision): Promise<void> {
    if (!this.#open.has(id)) return;
    this.#listener.decided(id, decision);
    await this.end(id);
  }

  /** The question needs no answer any more. */
  async end(id: Id): Promise<void> {
    const open = this.#open.get(id);
    if (open === undefined) return;
    this.#open.delete(id);
    this.#changed();
    if (open.window !== null) await this.#close(open.window);
  }

  async endAll(): Promise<void> {
    await Promise.all(Array.from(this.#open.keys(), (id) => this.end(id)));
  }

  async windowClosed(window: number): Promise<void> {
    for (const [id, open] of this.#open) {
      if (open.window !== window) continue;
      open.window = null;
      await this.decide(id, 'dismiss');
    }
  }

  async #openWindow(open: OpenAsk): Promise<void> {
    let window: number;
    try {
      window = await this.#windows.open(open.ask);
    } catch (error) {
      console.warn('no window for a question; it waits behind the toolbar button', error);
      return;
    }
    if (this.#open.get(open.ask.ask) === open) open.window = window;
    else await this.#close(window);
  }

  async #close(window: number): Promise<void> {
    try {
      await this.#windows.close(window);
    } catch (error) {
      console.warn('the window of a question is closed already', error);
    }
  }

  #changed(): void {
    this.#windows.count(this.#open.size);
    this.#listener.changed();
  }
}
