// Shows the code for what the page does, with its keywords and strings coloured where the browser can colour ranges.
// A long input is cut in what is shown; what is copied has all of it.

import { button, make } from './dom.js';
import { snippet } from './snippet.js';

const SHOWN = 60; // characters of an input
const COLOURED = /(?<string>'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|(?<keyword>\b(?:await|const|for|of|true|false)\b)/g;

export class CodeCard {
  #code = make('code');
  #copy = button('Copy', 'quiet', () => { void this.#copied(); });
  #note = make('p', { class: 'hint', hidden: true }, 'The input is cut here; the copy has all of it.');
  #whole = () => '';
  element = make(
    'section',
    { 'aria-label': 'Code', class: 'card code' },
    make('div', { class: 'row' }, make('h3', {}, 'The same in your page'), this.#copy),
    make('pre', { tabindex: '0' }, this.#code),
    this.#note,
  );

  /** `options` as OptionsForm reads them. */
  show(task, options, input, streams) {
    const cut = [...input.slice(0, 2 * SHOWN)].slice(0, SHOWN).join('');
    this.#whole = () => snippet(task, options, input, streams);
    this.#note.hidden = cut === input;
    this.#code.textContent = snippet(task, options, cut === input ? input : `${cut}…`, streams);
    this.#copy.textContent = 'Copy';
    colour(this.#code);
  }

  async #copied() {
    try {
      await navigator.clipboard.writeText(this.#whole());
      this.#copy.textContent = 'Copied';
    } catch (error) {
      this.#copy.textContent = `Not copied: ${error.name}`;
    }
  }
}

const ranges = new WeakMap();

/** Has the ranges of `code` coloured anew; theme and style sheet say how. */
function colour(code) {
  if (!('highlights' in CSS)) return;
  for (const [kind, range] of ranges.get(code) ?? []) CSS.highlights.get(kind)?.delete(range);
  const [text] = code.childNodes;
  const found = [...text.data.matchAll(COLOURED)].map((match) => {
    const range = new StaticRange({
      startContainer: text,
      startOffset: match.index,
      endContainer: text,
      endOffset: match.index + match[0].length,
    });
    return [match.groups.string === undefined ? 'keyword' : 'string', range];
  });
  for (const [kind, range] of found) {
    if (!CSS.highlights.has(kind)) CSS.highlights.set(kind, new Highlight());
    CSS.highlights.get(kind).add(range);
  }
  ranges.set(code, found);
}
