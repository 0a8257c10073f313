// Shows a proofreader's corrections in their place in the input, or the text that results from them.

import { make } from './dom.js';

export class Corrections {
  element = make('div', { class: 'corrections' });
  views = ['Corrections', 'Corrected text'];
  #input = '';
  #result = null;
  #corrected = false;

  constructor() {
    // A tip can be sent away without moving the pointer or the focus; whatever moves next may bring one back.
    this.element.addEventListener('keydown', ({ key }) => { this.element.classList.toggle('untipped', key === 'Escape'); });
    this.element.addEventListener('pointermove', () => { this.element.classList.remove('untipped'); });
  }

  begin() {
    this.#result = null;
    this.#draw();
  }

  whole(result, input) {
    this.#input = input;
    this.#result = result;
    this.#draw();
  }

  view(name) {
    this.#corrected = name === 'Corrected text';
    this.#draw();
  }

  #draw() {
    this.element.replaceChildren(...(this.#result === null ? [] : this.#shown(this.#result)));
  }

  #shown({ correctedInput, corrections = [] }) {
    const count = corrections.length === 1 ? '1 correction' : `${corrections.length} corrections`;
    const text = this.#corrected ? [correctedInput] : marked(this.#input, corrections);
    return [
      make('p', { class: 'count' }, corrections.length === 0 ? 'Nothing to correct.' : count),
      make('div', { class: 'written', dir: 'auto' }, ...text),
    ];
  }
}

/** `input` with a mark in the place of each correction; what does not lie behind the one before is left out. */
export function marked(input, corrections) {
  const parts = [];
  let at = 0;
  for (const [index, correction] of corrections.entries()) {
    const { startIndex, endIndex } = correction;
    if (startIndex < at || endIndex < startIndex || endIndex > input.length) continue;
    parts.push(input.slice(at, startIndex), mark(input.slice(startIndex, endIndex), correction, `correction-${index}`));
    at = endIndex;
  }
  return [...parts, input.slice(at)];
}

function mark(faulty, { correction, types = [], explanation }, id) {
  const tip = make('span', { class: 'tip', id, role: 'tooltip' });
  if (types.length > 0) tip.append(make('strong', {}, types.join(', ')));
  if (explanation !== undefined) tip.append(make('span', { dir: 'auto' }, explanation));
  if (!tip.hasChildNodes()) tip.append(faulty === '' ? 'inserted' : correction === '' ? 'removed' : 'replaced');
  return make(
    'mark',
    { 'aria-describedby': id, 'data-type': types[0], style: `--tip: --${id}`, tabindex: '0' },
    ...(faulty === '' ? [] : [make('del', {}, faulty)]),
    ...(correction === '' ? [] : [make('ins', {}, correction)]),
    tip,
  );
}
