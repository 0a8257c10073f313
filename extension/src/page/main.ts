/**
 * The script that runs in the MAIN world of every document, before the page's own: hands the private port to Relay
 * and defines the interfaces. Does nothing else until a page calls one of them.
 *
 * Rules: secure contexts only, as the IDL says; beside the interfaces and `ai`, no name is left on the window; a
 * property that cannot be redefined stays as it is.
 */

import { HAND_OVER } from '../hand_over';
import { CreateMonitor } from './create_monitor';
import { defineLanguageModel } from './language_model';
import { Link } from './link';
import { defineProperty, fullyActiveView } from './primordials';
import type { Frame } from './session';
import { newWindowAI } from './window_ai';

function connect(): Link {
  const { port1, port2 } = new MessageChannel();
  dispatchEvent(new MessageEvent(HAND_OVER, { ports: [port2] }));
  return new Link(port1);
}

function expose(name: string, value: object): void {
  // The browser's own has the same attributes. Setting it keeps them; redefining it would have it built first.
  if (!(name in globalThis && Reflect.set(globalThis, name, value))) {
    defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

if (isSecureContext) {
  const home = document;
  const frame: Frame = { link: connect(), isFullyActive: () => fullyActiveView(home) !== null };
  expose('LanguageModel', defineLanguageModel(frame));
  expose('CreateMonitor', CreateMonitor);
  expose('ai', newWindowAI(frame));
}
