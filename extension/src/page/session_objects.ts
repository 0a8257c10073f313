/**
 * Owns which session an object stands for at the page. Each interface that has sessions keeps its objects apart from
 * all others, so that its members work on no other class's objects.
 *
 * Rule: a session whose object the page dropped without `destroy()` is given up.
 */

import { EventHandler } from './event_handler';
import { Event, FinalizationRegistry, TypeError, dispatchEvent, each, newWeakTable, register } from './primordials';
import { Session, type Caller } from './session';
import { isObject } from './webidl';

interface Entry<E extends string> {
  readonly session: Session;
  readonly handlers: Readonly<Record<E, EventHandler>>;
}

/** The session that an interface's constructor was called with: pages have none to call it with. */
export function constructedWith(args: readonly unknown[]): Session {
  const session = args[0];
  if (!Session.is(session)) {
    throw new TypeError('Illegal constructor');
  }
  return session;
}

export class SessionObjects<E extends string> {
  readonly #events: readonly E[];
  readonly #entries = newWeakTable<object, Entry<E>>();
  readonly #dropped = new FinalizationRegistry<Session>((session) => {
    session.destroy();
  });

  /** `events`: the names, in their order, of what an object hears when its context overflows. */
  constructor(events: readonly E[]) {
    this.#events = events;
  }

  adopt(object: EventTarget, session: Session): void {
    const handlers = { __proto__: null } as unknown as Record<E, EventHandler>;
    each(this.#events, (event) => {
      handlers[event] = new EventHandler(object, event);
    });
    this.#entries.set(object, { session, handlers });
    register(this.#dropped, object, session);
  }

  /** The session of a receiver, or a TypeError. */
  sessionOf(self: unknown): Session {
    return this.#entryOf(self).session;
  }

  /** The receiver's handler of one of the events, or a TypeError. */
  handlerOf(self: unknown, event: E): EventHandler {
    return this.#entryOf(self).handlers[event];
  }

  /** Where what a request causes is told. */
  caller(object: unknown): Caller {
    return {
      overflowed: () => {
        each(this.#events, (event) => dispatchEvent(object as EventTarget, new Event(event)));
      },
    };
  }

  #entryOf(self: unknown): Entry<E> {
    const entry = isObject(self) ? this.#entries.get(self) : undefined;
    if (!entry) {
      throw new TypeError('Illegal invocation');
    }
    return entry;
  }
}
