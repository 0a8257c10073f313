// Shows what availability() says of an interface with the chosen options.

import { make } from './dom.js';

const WORDS = {
  available: 'ready',
  downloadable: 'asks first',
  downloading: 'downloading',
  unavailable: 'unavailable',
};

export class Availability {
  element = make('span', { class: 'badge' }, 'looking…');
  #looks = 0;

  get value() {
    return this.element.dataset.value;
  }

  /** Ask anew; an answer that another question has overtaken is not shown. Rejects as availability() does. */
  async look(name, options) {
    this.#looks += 1;
    const look = this.#looks;
    const value = name in globalThis ? await globalThis[name].availability(options) : 'unavailable';
    if (look !== this.#looks) return;
    this.element.dataset.value = value;
    this.element.textContent = WORDS[value];
    this.element.title = `availability(): ${value}`;
  }
}
