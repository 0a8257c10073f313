// Measures an input, and shows how much of what one call takes it is.

import { make } from './dom.js';

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export class Meter {
  #bar = make('span', { 'aria-hidden': 'true', class: 'bar' });
  #text = make('span');
  element = make('div', { class: 'meter' }, this.#bar, this.#text);

  constructor() {
    this.unknown();
  }

  /** `measure` is the row of the table that says how; `made` measures. Rejects as that does. */
  async measure({ what, measured, used, quota }, made, input, options) {
    const usage = used(made) + (input === '' ? 0 : await measured(made, input, options));
    this.#show(what, usage, quota(made));
  }

  unknown() {
    this.#draw(0, false, 'Usage is known once it has run');
  }

  #show(what, usage, quota) {
    if (!Number.isFinite(quota)) {
      this.#draw(0, false, `${what}: no quota`);
      return;
    }
    const text = `${what}: ${number.format(usage)} of ${number.format(quota)}`;
    this.#draw(Math.min(usage / quota, 1), usage > quota, usage > quota ? `${text}, too long` : text);
  }

  #draw(share, over, text) {
    this.#bar.hidden = share === 0;
    this.#bar.style.setProperty('--share', share);
    this.element.classList.toggle('over', over);
    this.#text.textContent = text;
  }
}
