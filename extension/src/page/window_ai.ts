/**
 * Owns the older shape, `window.ai.languageModel` (2024 to early 2025): a second face of the same sessions.
 *
 * What differs: `systemPrompt`, a single message object as input, cumulative stream chunks, the old names of the usage
 * attributes, and `capabilities()` with the old words. Its classes are not on the window.
 */

import type { AvailabilityValue } from '../protocol';
import { availability } from './creation';
import { defineClassString, defineInterface, promised } from './interface_object';
import { toMessage, toPrompt, type PageMessage, type PagePrompt } from './messages';
import { toCoreOptions, toCreateOptions, type CreateOptions } from './options';
import { EventTarget, each, newList } from './primordials';
import type { Frame } from './session';
import { SessionObjects, constructedWith } from './session_objects';
import { SessionOperations } from './session_operations';
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
export function newWindowAI(frame: Frame): object {
  let languageModel: object | null = null;
  const ai = {
    get languageModel(): object {
      return (languageModel ??= newFactory(frame));
    },
  };
  return defineClassString(ai, 'AI');
}

function newFactory(frame: Frame): object {
  const objects = new SessionObjects(['contextoverflow']);
  const operations = new SessionOperations(frame, objects, {
    wrap: (session) => new AILanguageModel(session),
    toCreateOptions: toOldCreateOptions,
    toPrompt: toOldPrompt,
    newShape: cumulative,
  });

  class AILanguageModel extends EventTarget {
    constructor(...args: readonly unknown[]) {
      const session = constructedWith(args);
      super();
      objects.adopt(this, session);
    }

    prompt(_input: unknown): Promise<string> {
      return operations.prompt(this, arguments);
    }

    promptStreaming(_input: unknown): ReadableStream<string> {
      return operations.promptStreaming(this, arguments);
    }

    countPromptTokens(_input: unknown): Promise<number> {
      return operations.measure(this, arguments);
    }

    get maxTokens(): number {
      return objects.sessionOf(this).contextWindow;
    }

    get tokensSoFar(): number {
      return objects.sessionOf(this).contextUsage;
    }

    get tokensLeft(): number {
      const { contextWindow, contextUsage } = objects.sessionOf(this);
      return contextWindow - contextUsage;
    }

    get oncontextoverflow(): unknown {
      return objects.handlerOf(this, 'contextoverflow').value;
    }

    set oncontextoverflow(value: unknown) {
      objects.handlerOf(this, 'contextoverflow').value = value;
    }

    clone(): Promise<EventTarget> {
      return operations.clone(this, arguments);
    }

    destroy(): void {
      operations.destroy(this);
    }
  }

  defineInterface(AILanguageModel, 'AILanguageModel');
  const factory = {
    create(): Promise<EventTarget> {
      return operations.create(arguments);
    },
    availability(): Promise<AvailabilityValue> {
      return operations.availability(arguments);
    },
    capabilities(): Promise<object> {
      return promised(({ resolve, reject }) => {
        const answer = (value: AvailabilityValue): void => {
          resolve(capabilities(value));
        };
        availability(frame, toCoreOptions(undefined), { resolve: answer, reject });
      });
    },
  };
  return defineClassString(factory, 'AILanguageModelFactory');
}

/** Each chunk is the whole text until then. */
function cumulative(): (text: string) => string {
  let whole = '';
  return (text) => (whole += text);
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
