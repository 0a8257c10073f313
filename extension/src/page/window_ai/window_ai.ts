/**
 * Owns `window.ai`: one object that answers in the shape of every generation, over the standard's classes.
 *
 * Rules: it does nothing that a library of the page's own could not do with those classes, so it holds nothing to protect
 * and uses built-ins as the page left them; a factory is made when it is first looked at; what has no class is absent.
 */

import { defineClassString } from '../interface_object';
import type { Callback } from '../webidl';
import { newFactory, type Factory } from './factory';
import { textGeneration } from './generate_text';
import { newLanguageModelFace } from './old_language_model';
import { PARAMETERS } from './old_words';
import type { Session, StandardClass, StandardClasses } from './standard';
import { TASKS, newTaskFace } from './tasks';
import { textSessions } from './text_sessions';

/** All generations at once. */
export function newWindowAI(classes: StandardClasses): object {
  const ai = defineClassString(new EventTarget(), 'AI');
  const addListener = ai.addEventListener.bind(ai) as Callback;
  const handlers: Callback[] = [];
  const languageModel = once(() => newLanguageModel(ai, classes.LanguageModel));
  defineLazy(ai, 'languageModel', languageModel);
  defineLazy(ai, 'assistant', languageModel);
  for (const [name, task] of Object.entries(TASKS)) {
    const standard = classes[task.of];
    if (standard) {
      defineLazy(ai, name, once(() => newFactory(standard, newTaskFace(standard, task))));
    }
  }
  return Object.assign(ai, textSessions(ai, languageModel), textGeneration(classes.LanguageModel, handlers), {
    /** Of the DOM, or of 2023, when a function alone was given and heard everything. */
    addEventListener: (...given: readonly unknown[]): string | undefined => {
      if (typeof given[0] === 'function') {
        handlers.push(given[0] as Callback);
        return crypto.randomUUID();
      }
      addListener(...given);
      return undefined;
    },
  });
}

/** The factories that have today's members alone: they are the standard's classes. */
export function newTodaysAI(classes: StandardClasses): object {
  const ai = { languageModel: classes.LanguageModel };
  for (const [name, task] of Object.entries(TASKS)) {
    const standard = classes[task.of];
    if (standard) {
      Object.assign(ai, { [name]: standard });
    }
  }
  return defineClassString(ai, 'AI');
}

/** Some pages look for the text sessions here. */
function newLanguageModel(ai: EventTarget, LanguageModel: StandardClass<Session>): Factory<Session> {
  const factory = newFactory(LanguageModel, newLanguageModelFace(LanguageModel));
  return Object.assign(factory, textSessions(ai, () => factory), {
    async params(): Promise<object | null> {
      return (await LanguageModel.availability()) === 'unavailable' ? null : PARAMETERS;
    },
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function defineLazy(target: object, name: string, get: () => object): void {
  Object.defineProperty(target, name, { get, enumerable: true, configurable: true });
}
