/**
 * Owns `window.ai`: one object with the members of every generation. What they do comes with a script of its own, when a
 * page calls one of them: few do, and every document would pay for it.
 *
 * Rules: it does nothing that a library of the page's own could not do with the standard's classes, so it holds nothing
 * to protect and uses built-ins as the page left them; what has no class is absent.
 */

import { defineClassString } from '../interface_object';
import type { Callback } from '../webidl';
import type { Generations, Methods, NewGenerations } from './generations';
import { TASK_CLASSES, type StandardClasses } from './standard';

const FACTORY = ['create', 'availability', 'capabilities'];

const TEXT_SESSIONS = [
  'canCreateTextSession',
  'canCreateGenericSession',
  'createTextSession',
  'createGenericSession',
  'textModelInfo',
  'defaultTextSessionOptions',
  'defaultGenericSessionOptions',
];

const TEXT_GENERATION = ['generateText', 'getCompletion', 'getCurrentModel'];

/** All generations at once; `load` has the script run that makes them. */
export function newWindowAI(classes: StandardClasses, load: () => Promise<NewGenerations>): object {
  const ai = defineClassString(new EventTarget(), 'AI');
  const addListener = ai.addEventListener.bind(ai) as Callback;
  const handlers: Callback[] = [];
  let made: Promise<Generations> | null = null;

  function generations(): Promise<Generations> {
    made ??= load().then(
      (newGenerations) => newGenerations(ai, classes, handlers),
      (reason: unknown) => {
        made = null; // The next call may have better luck.
        throw reason;
      },
    );
    return made;
  }

  function factory(name: string, of: string, more: readonly string[]): object {
    const methods = later([...FACTORY, ...more], async () => (await generations()).factories[name]);
    return defineClassString(methods, `AI${of}Factory`);
  }

  const languageModel = factory('languageModel', 'LanguageModel', [...TEXT_SESSIONS, 'params']);
  const tasks = TASK_CLASSES.filter(([, of]) => classes[of]).map(([name, of]) => [name, factory(name, of, [])] as const);
  const own = later([...TEXT_SESSIONS, ...TEXT_GENERATION], async () => (await generations()).own);
  return Object.assign(ai, { languageModel, assistant: languageModel, ...Object.fromEntries(tasks) }, own, {
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
  const tasks = TASK_CLASSES.filter(([, of]) => classes[of]).map(([name, of]) => [name, classes[of]] as const);
  const ai = { languageModel: classes.LanguageModel, ...Object.fromEntries(tasks) };
  return defineClassString(ai, 'AI');
}

/** Methods of these names that call those of `real`, once it is there. */
function later(names: readonly string[], real: () => Promise<Methods | undefined>): Methods {
  const methods = names.map((name): Methods => ({ [name]: async (...given) => (await real())?.[name]?.(...given) }));
  return Object.assign({}, ...methods) as Methods;
}
