/**
 * Owns the older shape, `window.ai.languageModel` (2024 to early 2025): a second face of the same sessions.
 *
 * What differs: `systemPrompt`, a single message object as input, cumulative stream chunks, the old names of the usage
 * attributes, and `capabilities()` with the old words. Its classes are not on the window.
 */

import type { AvailabilityValue } from '../protocol';
import { availability, create } from './creation';
import { attribute, defineInterface, defineObject, operation, promiseOperation, promised } from './interface_object';
import { toMessage, toPrompt, type PageMessage, type PagePrompt } from './messages';
import { toCoreOptions, toCreateOptions, toPromptOptions, type CreateOptions } from './options';
import { each, newList } from './primordials';
import type { Frame, Session } from './session';
import { newSessionClass } from './session_class';
import { isObject, iteratorMethod, toDOMString, toDictionary } from './webidl';

type OldAvailability = 'readily' | 'after-download' | 'no';

const OLD_AVAILABILITY: Readonly<Record<AvailabilityValue, OldAvailability>> = {
  unavailable: 'no',
  downloadable: 'after-download',
  downloading: 'after-download',
  available: 'readily',
};

/** The numbers that pages of that time saw; they pass them back, and the options are ignored today. */
const PARAMETERS = { defaultTopK: 3, maxTopK: 128, defaultTemperature: 1, maxTemperature: 2 };
const NO_PARAMETERS = { defaultTopK: null, maxTopK: null, defaultTemperature: null, maxTemperature: null };

/** The object for `window.ai`, where nothing is made before a page asks for it: few do. */
export function defineWindowAI(frame: Frame): object {
  let languageModel: object | null = null;
  return defineObject({}, 'AI', { languageModel: attribute(() => (languageModel ??= defineFactory(frame))) });
}

function defineFactory(frame: Frame): object {
  const { target, sessionOf, caller, handler, clone, destroy } = newSessionClass(['contextoverflow']);

  defineInterface(target, 'AILanguageModel', {
    members: {
      prompt: promiseOperation(1, (self, input, options) => {
        const session = sessionOf(self);
        const prompt = toOldPrompt(input);
        const converted = toPromptOptions(options);
        return promised<string>((settle) => {
          session.prompt(prompt, converted, caller(self), settle);
        });
      }),
      promptStreaming: operation(1, (self, input, options) => {
        const session = sessionOf(self);
        const prompt = toOldPrompt(input);
        const converted = toPromptOptions(options);
        let whole = '';
        return session.promptStreaming(prompt, converted, caller(self), (text) => (whole += text));
      }),
      countPromptTokens: promiseOperation(1, (self, input, options) => {
        const session = sessionOf(self);
        const prompt = toOldPrompt(input);
        const converted = toPromptOptions(options);
        return promised<number>((settle) => {
          session.measureContextUsage(prompt, converted, caller(self), settle);
        });
      }),
      maxTokens: attribute((self) => sessionOf(self).contextWindow),
      tokensSoFar: attribute((self) => sessionOf(self).contextUsage),
      tokensLeft: attribute((self) => sessionOf(self).contextWindow - sessionOf(self).contextUsage),
      oncontextoverflow: handler('contextoverflow'),
      clone,
      destroy,
    },
  });

  return defineObject({}, 'AILanguageModelFactory', {
    create: promiseOperation(0, (_self, options) => {
      const converted = toOldCreateOptions(options);
      return promised<EventTarget>(({ resolve, reject }) => {
        const wrap = (session: Session): void => {
          resolve(new target(session));
        };
        create(frame, converted, { resolve: wrap, reject });
      });
    }),
    availability: promiseOperation(0, (_self, options) => {
      const converted = toCoreOptions(options);
      return promised<AvailabilityValue>((settle) => {
        availability(frame, converted, settle);
      });
    }),
    capabilities: promiseOperation(0, () =>
      promised<object>(({ resolve, reject }) => {
        const answer = (value: AvailabilityValue): void => {
          resolve(capabilities(value));
        };
        availability(frame, toCoreOptions(undefined), { resolve: answer, reject });
      }),
    ),
  });
}

function capabilities(value: AvailabilityValue): object {
  const available = OLD_AVAILABILITY[value];
  return { available, ...(available === 'no' ? NO_PARAMETERS : PARAMETERS) };
}

/** Then as now a string or a sequence of messages, and a single message too. */
function toOldPrompt(value: unknown): PagePrompt {
  if (!isObject(value) || iteratorMethod(value, 'input')) {
    return toPrompt(value);
  }
  const single = newList<PageMessage>();
  single[0] = toMessage(value);
  return single;
}

/** `systemPrompt` stood for a leading system message. */
function toOldCreateOptions(value: unknown): CreateOptions {
  const options = toCreateOptions(value);
  const systemPrompt = toDictionary(value, 'options')['systemPrompt'];
  if (systemPrompt === undefined) {
    return options;
  }
  const initialPrompts = newList<PageMessage>();
  initialPrompts[0] = { role: 'system', content: toDOMString(systemPrompt), prefix: false };
  each(options.initialPrompts, (message, index) => {
    initialPrompts[index + 1] = message;
  });
  return { ...options, initialPrompts };
}
