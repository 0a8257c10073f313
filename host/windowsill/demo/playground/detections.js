// Shows the languages that a text may be in, with a bar for how sure each is.

import { make } from './dom.js';
import { languageName } from './languages.js';

const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

export class Detections {
  element = make('ol', { class: 'detections' });
  views = [];

  begin() {
    this.element.replaceChildren();
  }

  whole(detections) {
    this.element.replaceChildren(...detections.map(row));
  }
}

function row({ detectedLanguage, confidence }) {
  return make(
    'li',
    { 'data-language': detectedLanguage },
    make('span', { class: 'name' }, languageName(detectedLanguage), ' ', make('code', {}, detectedLanguage)),
    make('span', { class: 'percent' }, percent.format(confidence)),
    make('span', { 'aria-hidden': 'true', class: 'bar', style: `--share: ${confidence}` }),
  );
}
