/**
 * Owns the interface object `LanguageModel`: its members as the IDL lists them, each converting its arguments and
 * handing over to the session. The algorithms are in `creation` and `session`.
 *
 * The aliases `measureInputUsage`, `inputUsage`, `inputQuota` and `onquotaoverflow` stay because libraries read them.
 */

import { availability, create } from './creation';
import { EventHandler, eventHandlerAttribute } from './event_handler';
import { attribute, defineInterface, operation, promiseOperation, promised } from './interface_object';
import { toPrompt } from './messages';
import { toCallSignal, toCoreOptions, toCreateOptions, toPromptOptions } from './options';
import { Event, EventTarget, FinalizationRegistry, TypeError, dispatchEvent, register } from './primordials';
import { Session, type Caller, type Frame } from './session';
import { isObject } from './webidl';

/** The interface object for the document of `frame`. */
export function defineLanguageModel(frame: Frame): object {
  /** A session that the page dropped without `destroy()` is given up. */
  const dropped = new FinalizationRegistry<Session>((session) => {
    session.destroy();
  });

  class LanguageModel extends EventTarget {
    readonly #session: Session;
    readonly #oncontextoverflow = new EventHandler(this, 'contextoverflow');
    readonly #onquotaoverflow = new EventHandler(this, 'quotaoverflow');

    constructor(...args: readonly unknown[]) {
      const session = args[0];
      if (!Session.is(session)) {
        throw new TypeError('Illegal constructor');
      }
      super();
      this.#session = session;
      register(dropped, this, session);
    }

    static {
      const modelOf = (self: unknown): LanguageModel => {
        if (!isObject(self) || !(#session in self)) {
          throw new TypeError('Illegal invocation');
        }
        return self;
      };
      const sessionOf = (self: unknown): Session => modelOf(self).#session;
      const caller = (self: unknown): Caller => ({
        overflowed(): void {
          const model = modelOf(self);
          dispatchEvent(model, new Event('contextoverflow'));
          dispatchEvent(model, new Event('quotaoverflow'));
        },
      });
      const measure = promiseOperation(1, (self, input, options) => {
        const session = sessionOf(self);
        const prompt = toPrompt(input);
        const converted = toPromptOptions(options);
        return promised<number>((settle) => {
          session.measureContextUsage(prompt, converted, caller(self), settle);
        });
      });

      defineInterface(this, 'LanguageModel', {
        statics: {
          create: promiseOperation(0, (_self, options) => {
            const converted = toCreateOptions(options);
            return promised<LanguageModel>(({ resolve, reject }) => {
              const wrap = (session: Session): void => {
                resolve(new LanguageModel(session));
              };
              create(frame, converted, { resolve: wrap, reject });
            });
          }),
          availability: promiseOperation(0, (_self, options) => {
            const converted = toCoreOptions(options);
            return promised<string>((settle) => {
              availability(frame, converted, settle);
            });
          }),
        },
        members: {
          prompt: promiseOperation(1, (self, input, options) => {
            const session = sessionOf(self);
            const prompt = toPrompt(input);
            const converted = toPromptOptions(options);
            return promised<string>((settle) => {
              session.prompt(prompt, converted, caller(self), settle);
            });
          }),
          promptStreaming: operation(1, (self, input, options) => {
            const session = sessionOf(self);
            const prompt = toPrompt(input);
            const converted = toPromptOptions(options);
            return session.promptStreaming(prompt, converted, caller(self), (text) => text);
          }),
          append: promiseOperation(1, (self, input, options) => {
            const session = sessionOf(self);
            const prompt = toPrompt(input);
            const signal = toCallSignal(options);
            return promised<undefined>((settle) => {
              session.append(prompt, signal, caller(self), settle);
            });
          }),
          measureContextUsage: measure,
          contextUsage: attribute((self) => sessionOf(self).contextUsage),
          contextWindow: attribute((self) => sessionOf(self).contextWindow),
          oncontextoverflow: eventHandlerAttribute((self) => modelOf(self).#oncontextoverflow),
          samplingMode: attribute((self) => sessionOf(self).samplingMode),
          clone: promiseOperation(0, (self, options) => {
            const session = sessionOf(self);
            const signal = toCallSignal(options);
            return promised<LanguageModel>(({ resolve, reject }) => {
              const wrap = (cloned: Session): void => {
                resolve(new LanguageModel(cloned));
              };
              session.clone(signal, caller(self), { resolve: wrap, reject });
            });
          }),
          destroy: operation(0, (self) => {
            sessionOf(self).destroy();
          }),
          measureInputUsage: measure,
          inputUsage: attribute((self) => sessionOf(self).contextUsage),
          inputQuota: attribute((self) => sessionOf(self).contextWindow),
          onquotaoverflow: eventHandlerAttribute((self) => modelOf(self).#onquotaoverflow),
        },
      });
    }
  }
  return LanguageModel;
}
