// Input and output beside each other, for the interfaces that make one thing of another.

import { button, make } from './dom.js';

export class TextStage {
  element;
  input;
  #result;
  #input = '';

  constructor({ name, input, result }) {
    const id = `${name}-input`;
    this.#result = result();
    this.input = make('textarea', { dir: 'auto', id, name: 'input', spellcheck: String(name !== 'Proofreader') });
    this.element = make(
      'div',
      { class: 'sides' },
      make('div', { class: 'side' }, make('div', { class: 'head' }, make('label', { for: id }, input)), this.input),
      make(
        'div',
        { class: 'side' },
        make('div', { class: 'head' }, make('span', { id: `${name}-output` }, 'Result'), this.#views()),
        make(
          'div',
          { 'aria-labelledby': `${name}-output`, 'aria-live': 'polite', class: 'output', role: 'region', tabindex: '0' },
          this.#result.element,
        ),
      ),
    );
  }

  /** What a call would be made with. */
  get asked() {
    return this.input.value;
  }

  /** A call on `input` begins; true, as any input may be sent. */
  begin(input, { create }) {
    this.#input = input;
    this.#result.begin(create);
    this.#output.setAttribute('aria-busy', 'true');
    return true;
  }

  add(chunk) {
    this.#result.add(chunk);
    this.#output.scrollTop = this.#output.scrollHeight;
  }

  whole(result) {
    this.#result.whole(result, this.#input);
  }

  end() {
    this.#output.setAttribute('aria-busy', 'false');
  }

  get #output() {
    return this.#result.element.parentElement;
  }

  #views() {
    const views = make('div', { class: 'views', role: 'group', 'aria-label': 'How the result is shown' });
    for (const [index, name] of this.#result.views.entries()) {
      const view = button(name, 'quiet', () => {
        for (const each of views.children) each.setAttribute('aria-pressed', each === view);
        this.#result.view(name);
      });
      view.setAttribute('aria-pressed', index === 0);
      views.append(view);
    }
    return views;
  }
}
