/**
 * Owns the search for stop sequences in text that comes in pieces. Pure.
 */

export class StopSequences {
  readonly #sequences: readonly string[];
  #held = '';
  #met = false;

  /** `sequences`: not empty strings. */
  constructor(sequences: readonly string[]) {
    this.#sequences = sequences;
  }

  /** One of them came: nothing of the text counts from there on. */
  get met(): boolean {
    return this.#met;
  }

  /** The text that is known to stand before any of them; what may be the beginning of one is held back. */
  push(piece: string): string {
    if (this.#met) {
      return '';
    }
    const text = this.#held + piece;
    const found = this.#sequences.map((sequence) => text.indexOf(sequence)).filter((index) => index >= 0);
    this.#met = found.length > 0;
    const end = this.#met ? Math.min(...found) : text.length - this.#beginning(text);
    this.#held = this.#met ? '' : text.slice(end);
    return text.slice(0, end);
  }

  /** What was held back, when no more text comes. */
  rest(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }

  /** Length of the longest end of the text with which a sequence begins. */
  #beginning(text: string): number {
    const lengths = this.#sequences.map((sequence) => {
      let length = Math.min(sequence.length - 1, text.length);
      while (!text.endsWith(sequence.slice(0, length))) {
        length -= 1;
      }
      return length;
    });
    return Math.max(0, ...lengths);
  }
}
