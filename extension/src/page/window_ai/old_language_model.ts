/**
 * Owns the older shape of `LanguageModel`, `ai.languageModel` and before that `ai.assistant` (2024 to early 2025): today's
 * sessions with the older members beside, inputs of all ages, and cumulative streams.
 */

import { defineClassString } from '../interface_object';
import { isObject, type Dictionary } from '../webidl';
import { cumulative } from './cumulative';
import { languageAvailable, type Face } from './factory';
import {
  PARAMETERS,
  samplingModeOf,
  todaysCallOptions,
  todaysInput,
  todaysMessages,
  withMembers,
  withoutNulls,
  type OldAvailability,
} from './old_words';
import type { Session, StandardClass } from './standard';

const NO_PARAMETERS = { defaultTopK: null, maxTopK: null, defaultTemperature: null, maxTemperature: null };

type Given = readonly unknown[];

/** What a session was asked to sample with; pages read it back. */
interface Sampling {
  readonly topK: unknown;
  readonly temperature: unknown;
}

export function newLanguageModelFace(LanguageModel: StandardClass<Session>): Face<Session> {
  class AILanguageModel extends LanguageModel {
    override async prompt(...given: Given): Promise<string> {
      return super.prompt(...todaysCall(given));
    }

    override promptStreaming(...given: Given): ReadableStream<string> {
      return cumulative(super.promptStreaming(...todaysCall(given)));
    }

    override async append(...given: Given): Promise<undefined> {
      return super.append(...todaysCall(given));
    }

    override async measureContextUsage(...given: Given): Promise<number> {
      return super.measureContextUsage(...todaysCall(given));
    }

    countPromptTokens(...given: Given): Promise<number> {
      return this.measureContextUsage(...given);
    }

    override async clone(...given: Given): Promise<Session> {
      const { topK, temperature } = this as unknown as Sampling;
      return dress(await super.clone(...given.map(withoutNulls)), { topK, temperature });
    }

    get maxTokens(): number {
      return this.contextWindow;
    }

    get tokensSoFar(): number {
      return this.contextUsage;
    }

    get tokensLeft(): number {
      return this.contextWindow - this.contextUsage;
    }
  }

  function dress(session: Session, sampling: Sampling): Session {
    Object.setPrototypeOf(session, AILanguageModel.prototype);
    return Object.defineProperties(session, {
      topK: { value: sampling.topK, configurable: true },
      temperature: { value: sampling.temperature, configurable: true },
    });
  }

  defineClassString(AILanguageModel.prototype, 'AILanguageModel');
  return {
    open(given) {
      const options = withoutNulls(given);
      const { systemPrompt, initialPrompts, samplingMode, temperature, topK } = isObject(options)
        ? (options as Dictionary)
        : {};
      const sampling = {
        topK: topK ?? PARAMETERS.defaultTopK,
        temperature: temperature ?? PARAMETERS.defaultTemperature,
      };
      return {
        options: withMembers(options, {
          initialPrompts: todaysMessages(systemPrompt, initialPrompts),
          samplingMode: samplingMode ?? samplingModeOf(temperature, topK),
        }),
        dress: (session) => dress(session, sampling),
      };
    },
    capabilities(available) {
      const language = (tag: unknown): OldAvailability => languageAvailable(available, tag);
      return {
        ...(available === 'no' ? NO_PARAMETERS : PARAMETERS),
        supportsLanguage: language,
        languageAvailable: language,
      };
    },
  };
}

/** Input and options in today's words; as many as were given, so that a missing one is missed. */
function todaysCall(given: Given): Given {
  switch (given.length) {
    case 0:
      return [];
    case 1:
      return [todaysInput(given[0])];
    default:
      return [todaysInput(given[0]), todaysCallOptions(given[1])];
  }
}
