// What a page shows of the Broker: every state that it tells, and none before the first and after the worker's end.

import type { UiSays, UiState } from '../broker/ui_messages';
import { BrokerLink } from './broker_link';

export class LiveState {
  readonly #link: BrokerLink;
  readonly #draw: (state: UiState | null) => void;
  #state: UiState | null = null;

  /** `lost`: the worker is gone after it had spoken; what is shown is drawn already. */
  constructor(draw: (state: UiState | null) => void, lost: () => void) {
    this.#draw = draw;
    this.#link = new BrokerLink(
      (state) => { this.#show(state); },
      () => {
        if (this.#state === null) return; // A worker that never spoke will not the next time either.
        this.#show(null);
        lost();
      },
    );
  }

  redraw(): void {
    this.#draw(this.#state);
  }

  say(message: UiSays): void {
    this.#link.say(message);
  }

  /** Lets the worker rest; the next thing said reaches it again. */
  close(): void {
    this.#link.close();
  }

  #show(state: UiState | null): void {
    this.#state = state;
    this.redraw();
  }
}
