/**
 * Owns a limit on the tokens of an answer, which the standard does not have: the text is measured as it comes.
 */

/** Tokens that a text takes. */
export type Measure = (text: string) => Promise<number>;

export class TokenLimit {
  readonly #measure: Measure;
  readonly #tokens: number;
  #text = '';
  #reached = false;

  constructor(measure: Measure, tokens: number) {
    this.#measure = measure;
    this.#tokens = tokens;
  }

  get reached(): boolean {
    return this.#reached;
  }

  /** As much of the next piece as keeps the whole text within the limit. */
  async admit(piece: string): Promise<string> {
    if (await this.#fits(piece)) {
      this.#text += piece;
      return piece;
    }
    this.#reached = true;
    const points = Array.from(piece);
    let fits = 0;
    let over = points.length;
    while (over - fits > 1) {
      const middle = (fits + over) >> 1;
      if (await this.#fits(points.slice(0, middle).join(''))) {
        fits = middle;
      } else {
        over = middle;
      }
    }
    return points.slice(0, fits).join('');
  }

  async #fits(piece: string): Promise<boolean> {
    return (await this.#measure(this.#text + piece)) <= this.#tokens;
  }
}
