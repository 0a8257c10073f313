/**
 * Owns the class whose objects stand for sessions at the page. Each interface that has sessions gets a class of its
 * own from here and adds its members.
 *
 * Rules: a session that the page dropped without `destroy()` is given up; members work on no other class's objects.
 */

import { EventHandler, eventHandlerAttribute } from './event_handler';
import { operation, promiseOperation, promised, type Member } from './interface_object';
import { toCallSignal } from './options';
import { Event, EventTarget, FinalizationRegistry, TypeError, dispatchEvent, each, register } from './primordials';
import { Session, type Caller } from './session';
import { isObject } from './webidl';

export interface SessionClass<E extends string> {
  /** A class as pages see it: nothing on it yet. */
  readonly target: new (session: Session) => EventTarget;
  /** The session of a receiver, or a TypeError. */
  readonly sessionOf: (self: unknown) => Session;
  /** Where what a request causes is told. */
  readonly caller: (self: unknown) => Caller;
  /** The event handler attribute for one of the events. */
  readonly handler: (event: E) => Member;
  readonly clone: Member;
  readonly destroy: Member;
}

/** A new class; `events` are the names, in their order, of what an object hears when its context overflows. */
export function newSessionClass<E extends string>(events: readonly E[]): SessionClass<E> {
  const dropped = new FinalizationRegistry<Session>((session) => {
    session.destroy();
  });
  let objectOf!: (self: unknown) => SessionObject;
  let sessionOf!: (self: unknown) => Session;
  let handlerOf!: (self: unknown, event: E) => EventHandler;

  class SessionObject extends EventTarget {
    readonly #session: Session;
    readonly #handlers = { __proto__: null } as unknown as Record<E, EventHandler>;

    constructor(...args: readonly unknown[]) {
      const session = args[0];
      if (!Session.is(session)) {
        throw new TypeError('Illegal constructor');
      }
      super();
      this.#session = session;
      each(events, (event) => {
        this.#handlers[event] = new EventHandler(this, event);
      });
      register(dropped, this, session);
    }

    static {
      objectOf = (self) => {
        if (!isObject(self) || !(#session in self)) {
          throw new TypeError('Illegal invocation');
        }
        return self;
      };
      sessionOf = (self) => objectOf(self).#session;
      handlerOf = (self, event) => objectOf(self).#handlers[event];
    }
  }

  const caller = (self: unknown): Caller => ({
    overflowed(): void {
      const object = objectOf(self);
      each(events, (event) => dispatchEvent(object, new Event(event)));
    },
  });
  return {
    target: SessionObject,
    sessionOf,
    caller,
    handler: (event) => eventHandlerAttribute((self) => handlerOf(self, event)),
    clone: promiseOperation(0, (self, options) => {
      const session = sessionOf(self);
      const signal = toCallSignal(options);
      return promised<EventTarget>(({ resolve, reject }) => {
        const wrap = (cloned: Session): void => {
          resolve(new SessionObject(cloned));
        };
        session.clone(signal, caller(self), { resolve: wrap, reject });
      });
    }),
    destroy: operation(0, (self) => {
      sessionOf(self).destroy();
    }),
  };
}
