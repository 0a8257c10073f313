/** Owns which session an object stands for at the page, and what it hears when that session's context overflows. */

import { EventHandler } from './event_handler';
import { receiver } from './interface_object';
import { PageObjects } from './page_objects';
import { Event, dispatchEvent, each, newWeakTable } from './primordials';
import type { Caller, Session } from './session';

type Handlers<E extends string> = Record<E, EventHandler>;

export class SessionObjects<E extends string> extends PageObjects<Session> {
  readonly #events: readonly E[];
  /** By the object: they hold it, and a session must not. */
  readonly #handlers = newWeakTable<object, Handlers<E>>();

  /** `events`: the names, in their order, of what an object hears when its context overflows. */
  constructor(events: readonly E[]) {
    super();
    this.#events = events;
  }

  override adopt(object: EventTarget, session: Session): void {
    const handlers = { __proto__: null } as unknown as Handlers<E>;
    each(this.#events, (event) => {
      handlers[event] = new EventHandler(object, event);
    });
    this.#handlers.set(object, handlers);
    super.adopt(object, session);
  }

  /** The receiver's handler of one of the events, or a TypeError. */
  handlerOf(self: unknown, event: E): EventHandler {
    return receiver(this.#handlers, self)[event];
  }

  /** Where what a request causes is told. */
  caller(object: unknown): Caller {
    return {
      overflowed: () => {
        each(this.#events, (event) => dispatchEvent(object as EventTarget, new Event(event)));
      },
    };
  }
}
