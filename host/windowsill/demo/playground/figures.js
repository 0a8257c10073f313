// Measures an answer as a page sees it.

import { make } from './dom.js';

const NONE = '–';

export class Figures {
  element = make('dl', { class: 'figures' });
  #values = new Map();
  #asked = 0;
  #first = null;
  #chunks = 0;
  #characters = 0;

  constructor({ streams }) {
    this.#add('first', 'First chunk', streams);
    this.#add('rate', 'Chunks per second', streams);
    this.#add('characters', 'Characters', streams);
    this.#add('time', 'Time', true);
  }

  clear() {
    for (const value of this.#values.values()) value.textContent = NONE;
  }

  /** A call begins. */
  begin() {
    this.clear();
    this.#asked = performance.now();
    this.#first = null;
    this.#chunks = 0;
    this.#characters = 0;
  }

  chunk(text) {
    const now = performance.now();
    this.#first ??= now;
    this.#chunks += 1;
    this.#say('first', `${Math.round(this.#first - this.#asked)} ms`);
    if (now > this.#first) this.#say('rate', ((this.#chunks - 1) / ((now - this.#first) / 1000)).toFixed(1));
    this.text(text);
  }

  text(text) {
    this.#characters += text.length;
    this.#say('characters', this.#characters.toLocaleString('en'));
  }

  /** The call is over. */
  end() {
    const took = performance.now() - this.#asked;
    this.#say('time', took < 1000 ? `${Math.round(took)} ms` : `${(took / 1000).toFixed(1)} s`);
  }

  #add(name, label, known) {
    if (!known) return;
    const value = make('dd', { 'data-figure': name }, NONE);
    this.#values.set(name, value);
    this.element.append(make('div', {}, make('dt', {}, label), value));
  }

  #say(name, text) {
    const value = this.#values.get(name);
    if (value) value.textContent = text;
  }
}
