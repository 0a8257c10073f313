/**
 * Owns the interface object `LanguageModel`: its members as the IDL lists them, each converting its arguments and
 * handing over to the session. The algorithms are in `creation` and `session`.
 *
 * The aliases `measureInputUsage`, `inputUsage`, `inputQuota` and `onquotaoverflow` stay because libraries read them.
 */

import { availability, create } from './creation';
import { attribute, defineInterface, operation, promiseOperation, promised } from './interface_object';
import { toPrompt } from './messages';
import { toCallSignal, toCoreOptions, toCreateOptions, toPromptOptions } from './options';
import type { Frame, Session } from './session';
import { newSessionClass } from './session_class';

/** The interface object for the document of `frame`. */
export function defineLanguageModel(frame: Frame): object {
  const { target, sessionOf, caller, handler, clone, destroy } = newSessionClass(['contextoverflow', 'quotaoverflow']);
  const measure = promiseOperation(1, (self, input, options) => {
    const session = sessionOf(self);
    const prompt = toPrompt(input);
    const converted = toPromptOptions(options);
    return promised<number>((settle) => {
      session.measureContextUsage(prompt, converted, caller(self), settle);
    });
  });

  defineInterface(target, 'LanguageModel', {
    statics: {
      create: promiseOperation(0, (_self, options) => {
        const converted = toCreateOptions(options);
        return promised<EventTarget>(({ resolve, reject }) => {
          const wrap = (session: Session): void => {
            resolve(new target(session));
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
      oncontextoverflow: handler('contextoverflow'),
      samplingMode: attribute((self) => sessionOf(self).samplingMode),
      clone,
      destroy,
      measureInputUsage: measure,
      inputUsage: attribute((self) => sessionOf(self).contextUsage),
      inputQuota: attribute((self) => sessionOf(self).contextWindow),
      onquotaoverflow: handler('quotaoverflow'),
    },
  });
  return target;
}
