/**
 * Owns `CreateMonitor`: the object that a page's `monitor` callback gets, and the `downloadprogress` events at it.
 *
 * Rule: the Host decides which fractions are reported; each is fired in the task of its own wire event, so that a
 * page can abort in reaction to any of them.
 */

import { EventHandler } from './event_handler';
import { CONSTRUCTION, defineInterface, receiver, requireConstruction } from './interface_object';
import { EventTarget, dispatchEvent, newWeakTable } from './primordials';

const handlers = newWeakTable<object, EventHandler>();

export class CreateMonitor extends EventTarget {
  constructor(...args: readonly unknown[]) {
    requireConstruction(args);
    super();
    handlers.set(this, new EventHandler(this, 'downloadprogress'));
  }

  get ondownloadprogress(): unknown {
    return receiver(handlers, this).value;
  }

  set ondownloadprogress(value: unknown) {
    receiver(handlers, this).value = value;
  }
}

defineInterface(CreateMonitor, 'CreateMonitor');

export function newCreateMonitor(): CreateMonitor {
  return new CreateMonitor(CONSTRUCTION);
}

/** Tells the page's listeners the fraction `loaded` (0 to 1) of what has to be downloaded. */
export function fireProgress(monitor: CreateMonitor, loaded: number): void {
  dispatchEvent(monitor, new ProgressEvent('downloadprogress', { lengthComputable: true, loaded, total: 1 }));
}
