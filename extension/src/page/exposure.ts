/**
 * Owns which properties the window gets: the interfaces, ours or the browser's own, and `ai` over them.
 *
 * Rules: a property that cannot be redefined stays as it is; the browser's own interfaces are kept aside for the sites at
 * which the user wants them.
 */

import { SITE_SHAPE, type SiteShape } from '../site_shape';
import { defineProperty } from './primordials';
import type { NewGenerations } from './window_ai/generations';
import type { StandardClasses } from './window_ai/standard';
import { newTodaysAI, newWindowAI } from './window_ai/window_ai';

export interface Interfaces extends StandardClasses {
  readonly CreateMonitor: object;
  readonly LanguageModelToolCall: object;
  readonly LanguageModelToolError: object;
  readonly LanguageModelToolSuccess: object;
}

/** `load` has the script run that stands behind `window.ai`. */
export function exposeInterfaces(ours: Interfaces, load: () => Promise<NewGenerations>): void {
  const names = Object.keys(ours) as (keyof Interfaces)[];
  const browsers = present(names);
  let classes: StandardClasses = ours;
  let newAI: ((classes: StandardClasses, load: () => Promise<NewGenerations>) => object) | null = newWindowAI;

  function exposeAI(): void {
    const make = newAI;
    if (make) {
      exposeReplaceable('ai', () => make(classes, load));
    } else {
      Reflect.deleteProperty(globalThis, 'ai');
    }
  }

  /** Before the site's own scripts run, where the user chose so. */
  function reshape(shape: SiteShape): void {
    switch (shape) {
      case 'ai-today':
        newAI = newTodaysAI;
        break;
      case 'ai-off':
        newAI = null;
        break;
      case 'browsers-own':
        if (!isComplete(browsers)) {
          return;
        }
        classes = browsers;
        for (const name of names) {
          restore(name, browsers[name]);
        }
        break;
    }
    exposeAI();
  }

  for (const name of names) {
    expose(name, ours[name] as object);
  }
  exposeAI();
  addEventListener(SITE_SHAPE, (event) => {
    reshape((event as CustomEvent<SiteShape>).detail);
  });
}

/** The browser's own interfaces of these names. */
function present(names: readonly (keyof Interfaces)[]): Partial<Interfaces> {
  const found: Partial<Record<keyof Interfaces, unknown>> = {};
  for (const name of names) {
    found[name] = Reflect.get(globalThis, name);
  }
  return found as Partial<Interfaces>;
}

function isComplete(classes: Partial<Interfaces>): classes is Interfaces {
  return classes.LanguageModel !== undefined;
}

function expose(name: string, value: object): void {
  Reflect.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}

/** Replaceable, as `ai` was in browsers, and made when it is first looked at: few pages do. */
function exposeReplaceable(name: string, make: () => object): void {
  const replace = (value: unknown): void => {
    defineProperty(globalThis, name, { value, writable: true, enumerable: true, configurable: true });
  };
  const get = (): object => {
    const value = make();
    replace(value);
    return value;
  };
  defineProperty(globalThis, name, { get, set: replace, enumerable: true, configurable: true });
}

function restore(name: string, value: object | undefined): void {
  if (value) {
    expose(name, value);
  } else {
    Reflect.deleteProperty(globalThis, name);
  }
}
