// Shows a text that a model wrote, as it comes: its Markdown laid out, or as it was written.

import { make } from './dom.js';
import { rendered } from './markdown.js';

export class Prose {
  element = make('div', { class: 'prose' });
  views = [];
  #plain = false;
  #text = '';
  #written = false;

  /** `rendered`: whether the interface writes Markdown. */
  constructor({ rendered: isMarkdown }) {
    this.views = isMarkdown ? ['Formatted', 'As written'] : [];
    this.#written = !isMarkdown;
  }

  /** What comes next was asked for with these options. */
  begin({ format }) {
    this.#plain = format === 'plain-text';
    this.whole('');
  }

  add(chunk) {
    this.whole(this.#text + chunk);
  }

  whole(text) {
    this.#text = text;
    this.#draw();
  }

  view(name) {
    this.#written = name === 'As written';
    this.#draw();
  }

  #draw() {
    const asText = this.#plain || this.#written;
    this.element.classList.toggle('written', asText);
    this.element.dir = asText ? 'auto' : '';
    this.element.replaceChildren(asText ? this.#text : rendered(this.#text));
  }
}
