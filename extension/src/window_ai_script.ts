// How the script behind `window.ai` comes to a document whose page calls it. The Page asks over its private port, Relay passes
// that on, the Broker has the script run, and the script hands itself over in an event on the window. A page can do so too
// and replace its own `window.ai`, as it may anyway.

import type { NewGenerations } from './page/window_ai/generations';

/** What the Page says to Relay, and Relay to the Broker. */
export const WANT_WINDOW_AI = 'window-ai';

/** Type of the event; its detail is a NewGenerations. */
const WINDOW_AI = 'windowsill-ai';

export function sayWindowAI(newGenerations: NewGenerations): void {
  dispatchEvent(new CustomEvent(WINDOW_AI, { detail: newGenerations }));
}

/** The next script that says so. */
export function hearWindowAI(heard: (newGenerations: NewGenerations) => void): void {
  addEventListener(
    WINDOW_AI,
    (event) => {
      event.stopImmediatePropagation();
      heard((event as CustomEvent<NewGenerations>).detail);
    },
    { capture: true, once: true },
  );
}
