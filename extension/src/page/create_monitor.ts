/**
 * Owns `CreateMonitor`: the object that a page's `monitor` callback gets, and the `downloadprogress` events at it.
 *
 * Rule: the Host decides which fractions are reported; each is fired in the task of its own wire event, so that a
 * page can abort in reaction to any of them.
 */

import { EventHandler } from './event_handler';
import { defineInterface } from './interface_object';
import { EventTarget, TypeError, dispatchEvent } from './primordials';
import { isObject } from './webidl';

const construction = Symbol('construction');

export class CreateMonitor extends EventTarget {
  readonly #ondownloadprogress = new EventHandler(this, 'downloadprogress');

  constructor(...args: readonly unknown[]) {
    if (args[0] !== construction) {
      throw new TypeError('Illegal constructor');
    }
    super();
  }

  get ondownloadprogress(): unknown {
    return CreateMonitor.#handlerOf(this).value;
  }

  set ondownloadprogress(value: unknown) {
    CreateMonitor.#handlerOf(this).value = value;
  }

  static #handlerOf(self: unknown): EventHandler {
    if (!isObject(self) || !(#ondownloadprogress in self)) {
      throw new TypeError('Illegal invocation');
    }
    return self.#ondownloadprogress;
  }
}

defineInterface(CreateMonitor, 'CreateMonitor');

export function newCreateMonitor(): CreateMonitor {
  return new CreateMonitor(construction);
}

/** Tells the page's listeners the fraction `loaded` (0 to 1) of what has to be downloaded. */
export function fireProgress(monitor: CreateMonitor, loaded: number): void {
  dispatchEvent(monitor, new ProgressEvent('downloadprogress', { lengthComputable: true, loaded, total: 1 }));
}
