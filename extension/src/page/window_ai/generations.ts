/**
 * Owns what stands behind the members of `window.ai`: every generation of them, over the standard's classes. It runs as a
 * script of its own, once a page calls one of them.
 */

import type { Callback } from '../webidl';
import { newFactory, type Factory } from './factory';
import { textGeneration } from './generate_text';
import { newLanguageModelFace } from './old_language_model';
import { PARAMETERS } from './old_words';
import { TASK_CLASSES, type Session, type StandardClass, type StandardClasses } from './standard';
import { newTaskFace } from './tasks';
import { textSessions } from './text_sessions';

/** Functions by their names; each returns a promise and needs no receiver. */
export type Methods = Readonly<Record<string, Callback>>;

export interface Generations {
  readonly own: Methods;
  /** By their names at `ai`. */
  readonly factories: Readonly<Record<string, Methods>>;
}

/** For the `ai` at which events are heard; `handlers` are the listeners of 2023. */
export type NewGenerations = (ai: EventTarget, classes: StandardClasses, handlers: readonly Callback[]) => Generations;

export const newGenerations: NewGenerations = (ai, classes, handlers) => {
  const languageModel = newLanguageModel(ai, classes.LanguageModel);
  const factories: Record<string, object> = { languageModel };
  for (const [name, of] of TASK_CLASSES) {
    const standard = classes[of];
    if (standard) {
      factories[name] = newFactory(standard, newTaskFace(standard, of));
    }
  }
  return {
    own: { ...textSessions(ai, languageModel), ...textGeneration(classes.LanguageModel, handlers) },
    factories,
  } as Generations;
};

/** Some pages look for the text sessions here. */
function newLanguageModel(ai: EventTarget, LanguageModel: StandardClass<Session>): Factory<Session> {
  const factory = newFactory(LanguageModel, newLanguageModelFace(LanguageModel));
  return Object.assign(factory, textSessions(ai, factory), {
    async params(): Promise<object | null> {
      return (await LanguageModel.availability()) === 'unavailable' ? null : PARAMETERS;
    },
  });
}
