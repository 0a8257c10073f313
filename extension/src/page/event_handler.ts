/**
 * Owns event handler attributes (`onsomething`), as HTML describes them: one listener, registered when the attribute
 * first holds an object and taken out when it holds none.
 */

import { addEventListener, apply, removeEventListener } from './primordials';
import { isObject, type Callback } from './webidl';

export class EventHandler {
  readonly #target: EventTarget;
  readonly #type: string;
  #value: object | null = null;

  constructor(target: EventTarget, type: string) {
    this.#target = target;
    this.#type = type;
  }

  get value(): object | null {
    return this.#value;
  }

  set value(value: unknown) {
    const before = this.#value;
    this.#value = isObject(value) ? value : null;
    if (this.#value && !before) {
      addEventListener(this.#target, this.#type, this.#call);
    } else if (!this.#value && before) {
      removeEventListener(this.#target, this.#type, this.#call);
    }
  }

  readonly #call = (event: Event): void => {
    if (typeof this.#value === 'function' && apply(this.#value as Callback, this.#target, [event]) === false) {
      event.preventDefault();
    }
  };
}
