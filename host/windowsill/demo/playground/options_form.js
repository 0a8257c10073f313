// The form for an interface's options, made out of the table; it tells what is not the default anyway.

import { make } from './dom.js';
import { KINDS } from './option_kinds.js';

export class OptionsForm {
  element;
  #create;
  #call;
  #streams = null;
  /** The control of a name; not by a property, as a form's elements have a `length` of their own. */
  #control = (name) => this.element.elements.namedItem(name);

  constructor({ name, create, call, streams }) {
    this.#create = create;
    this.#call = call;
    this.element = make('form', { class: 'fields', 'aria-label': `Options of ${name}` });
    const field = (option) => KINDS[option.kind].field(option, `${name}-${option.name}`);
    this.element.append(legend(`${name}.create()`), ...create.map(field));
    if (streams || call.length > 0) this.element.append(legend('each call'), ...call.map(field));
    if (streams) {
      this.#streams = make('input', { checked: true, name: 'stream', type: 'checkbox' });
      this.element.append(make('label', { class: 'flag' }, this.#streams, 'streaming'));
    }
    this.element.addEventListener('submit', (event) => { event.preventDefault(); });
  }

  /** Whether answers are to come as they are written. */
  get streams() {
    return this.#streams?.checked ?? false;
  }

  /** Options for create() and for a call. Throws SyntaxError for a constraint that is neither JSON nor an expression. */
  read() {
    const read = (options) => Object.assign({}, ...options.map((option) => KINDS[option.kind].read(this.#control, option)));
    return { create: read(this.#create), call: read(this.#call) };
  }

  /** Choose these values. */
  write(options) {
    for (const [name, value] of Object.entries(options)) {
      const control = this.#control(name);
      control[control.type === 'checkbox' ? 'checked' : 'value'] = value;
    }
  }
}

function legend(text) {
  return make('p', { class: 'legend' }, make('code', {}, text));
}
