// Says plainly what went wrong: in the error's own words, and what its name, one of the standard's, means to somebody who
// tries an interface.

import { make } from './dom.js';

const MEANINGS = {
  InvalidStateError: 'The object or its document is no longer in use.',
  NetworkError: 'The model could not be downloaded.',
  NotAllowedError: 'You or this page’s policy said no, or nobody has clicked on the page yet.',
  NotReadableError: 'The answer was held back.',
  NotSupportedError: 'No model here serves these options, or these languages.',
  OperationError: 'The model could not be made ready.',
  QuotaExceededError: 'The input is longer than what one call takes.',
  RangeError: 'An option has a value that does not exist, such as a misspelt language.',
  SyntaxError: 'What was typed cannot be read, or the model could not keep to it.',
  TypeError: 'An option has a value that the interface does not take.',
  UnknownError: 'It failed behind the page; trying again may help.',
};

export class Fault {
  element = make('div', { class: 'fault', hidden: true, role: 'alert' });

  clear() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }

  error({ message, name, quota, requested }) {
    const size = Number.isFinite(quota) && Number.isFinite(requested) ? ` (${requested} of at most ${quota})` : '';
    this.say(`${name}: ${message}${size}`, MEANINGS[name]);
  }

  say(what, meaning) {
    this.element.replaceChildren(make('strong', {}, what), ...(meaning === undefined ? [] : [' ', meaning]));
    this.element.hidden = false;
  }
}
