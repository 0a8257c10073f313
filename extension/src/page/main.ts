/**
 * The script that runs in the MAIN world of every document, before the page's own: hands the private port to Relay
 * and defines the interfaces. Does nothing else until a page calls one of them.
 *
 * Rules: secure contexts only, as the IDL says; beside the interfaces and `ai`, no name is left on the window.
 */

import { HAND_OVER } from '../hand_over';
import { hearWindowAI } from '../window_ai_script';
import { CreateMonitor } from './create_monitor';
import { exposeInterfaces } from './exposure';
import { defineLanguageModel } from './language_model';
import { Link, lost } from './link';
import { fullyActiveView } from './primordials';
import type { Frame } from './session';
import { defineTasks } from './tasks/task_interface';
import { LanguageModelToolCall, LanguageModelToolError, LanguageModelToolSuccess } from './tool_values';
import type { NewGenerations } from './window_ai/generations';
import type { Session, StandardClass } from './window_ai/standard';

function connect(): Link {
  const { port1, port2 } = new MessageChannel();
  dispatchEvent(new MessageEvent(HAND_OVER, { ports: [port2] }));
  return new Link(port1);
}

/** Has the script run that stands behind `window.ai`. */
function loadWindowAI(link: Link): Promise<NewGenerations> {
  return new Promise((resolve, reject) => {
    hearWindowAI(resolve);
    link.loadWindowAI(() => {
      reject(lost()); // Where it ran, it was heard before.
    });
  });
}

if (isSecureContext) {
  const home = document;
  const link = connect();
  const frame: Frame = { link, isFullyActive: () => fullyActiveView(home) !== null };
  exposeInterfaces(
    {
      LanguageModel: defineLanguageModel(frame) as StandardClass<Session>,
      CreateMonitor,
      LanguageModelToolCall,
      LanguageModelToolError,
      LanguageModelToolSuccess,
      ...defineTasks(frame),
    },
    () => loadWindowAI(link),
  );
}
