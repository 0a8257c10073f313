// Keeps the choices in the extension's storage, and the browser's list of scripts in step with them. Used by the worker and
// the extension's own pages alike, so that a page which changed a choice knows when it holds.
// Content scripts cannot read storage before a page's first script runs; scripts that the browser registers can differ by
// site and run then. The browser forgets its list when the extension is updated.

import { NO_CHOICES, withChoice, type Choices, type SiteChoice } from './choices';
import { shapeScripts } from './shape_scripts';

const KEY = 'choices';
const OWN_MODEL = 'the browser’s own model';

export async function readChoices(): Promise<Choices> {
  const { [KEY]: kept } = await chrome.storage.local.get(KEY);
  return { ...NO_CHOICES, ...(kept as Partial<Choices> | undefined) };
}

export async function choose(origin: string, change: Partial<SiteChoice>): Promise<Choices> {
  return update((choices) => withChoice(choices, origin, change));
}

/** Tells every change, whoever made it. */
export function watchChoices(changed: (choices: Choices) => void): void {
  chrome.storage.local.onChanged.addListener(({ [KEY]: change }) => {
    if (change !== undefined) changed({ ...NO_CHOICES, ...(change.newValue as Partial<Choices> | undefined) });
  });
}

/**
 * Registers anew what the browser may have forgotten, and learns whether it has a model of its own. The browser takes its
 * time to answer, so one looks after the other: what was seen first would else be written last.
 */
export async function refreshChoices(): Promise<void> {
  await navigator.locks.request(OWN_MODEL, async () => {
    const hasOwn = await hasOwnModel();
    await update((choices) => ({ ...choices, hasOwn }));
  });
}

/** The extension's own contexts have the browser's interface, which no script of ours replaces there. */
async function hasOwnModel(): Promise<boolean> {
  const { LanguageModel } = globalThis as { readonly LanguageModel?: { availability(): Promise<string> } };
  return LanguageModel !== undefined && (await LanguageModel.availability()) !== 'unavailable';
}

/** One change at a time, in whichever of the extension's contexts. */
async function update(change: (choices: Choices) => Choices): Promise<Choices> {
  return navigator.locks.request(KEY, async () => {
    const choices = change(await readChoices());
    await chrome.storage.local.set({ [KEY]: choices });
    await register(choices);
    return choices;
  });
}

async function register(choices: Choices): Promise<void> {
  await chrome.scripting.unregisterContentScripts();
  await chrome.scripting.registerContentScripts(
    shapeScripts(choices).map(({ id, ...where }) => ({
      id,
      ...where,
      js: [`${id}.js`],
      runAt: 'document_start',
      allFrames: true,
      matchOriginAsFallback: true,
      world: 'MAIN',
    })),
  );
}
