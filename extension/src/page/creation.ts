/**
 * Owns `create()` and `availability()` step by step (web-ai-apis 2.1 and 2.2), as far as a page's document can know:
 * policy, activation, grants and models are the Host's, and come back as answers.
 */

import type { AvailabilityValue } from '../protocol';
import { fireProgress, newCreateMonitor } from './create_monitor';
import { canonicalMessages } from './messages';
import { Operation, type Settle } from './operation';
import { canonicalExpectations, type CoreOptions, type CreateOptions } from './options';
import { apply } from './primordials';
import { Session, requireFullyActive, type Frame } from './session';
import { giveUpUnwanted } from './session_calls';
import { combine, throwIfAborted } from './signals';
import { isExpected } from './tool_parts';
import { Toolbox } from './tools';

const INTERFACE = 'language-model';

export function availability(frame: Frame, options: CoreOptions, settle: Settle<AvailabilityValue>): void {
  requireFullyActive(frame);
  const expectedInputs = canonicalExpectations(options.expectedInputs);
  const expectedOutputs = canonicalExpectations(options.expectedOutputs);
  const { link } = frame;
  const id = link.nextId();
  const request = { type: 'availability', id, interface: INTERFACE, expectedInputs, expectedOutputs } as const;
  const operation = new Operation(link, request, combine(null), {
    done(answer) {
      settle.resolve(answer.availability);
    },
    failed: settle.reject,
  });
  operation.send(link.era);
}

export function create(frame: Frame, options: CreateOptions, settle: Settle<Session>): void {
  requireFullyActive(frame);
  const expectedInputs = canonicalExpectations(options.expectedInputs);
  const expectedOutputs = canonicalExpectations(options.expectedOutputs);
  const admission = { system: true, prefix: false, inputs: expectedInputs, contextWindow: null };
  const { messages: initialPrompts, media } = canonicalMessages(options.initialPrompts, admission);
  const signal = combine(options.signal);
  throwIfAborted(signal);
  const monitor = options.monitor && newCreateMonitor();
  if (options.monitor) {
    apply(options.monitor, undefined, [monitor]);
    throwIfAborted(signal);
  }
  const callsAreTold = isExpected('tool-call', expectedOutputs);
  const toolbox = new Toolbox(options.tools, callsAreTold);
  throwIfAborted(signal); // Once more: to serialize schemas runs code of the page.
  const { samplingMode } = options;
  const { link } = frame;
  const { era } = link;
  const id = link.nextId();
  const request = {
    type: 'create',
    id,
    interface: INTERFACE,
    expectedInputs,
    expectedOutputs,
    initialPrompts,
    samplingMode,
    tools: toolbox.definitions,
  } as const;
  const operation = new Operation(link, request, signal, {
    event(event) {
      if (monitor && event.type === 'progress') {
        fireProgress(monitor, event.loaded);
      }
    },
    ended: giveUpUnwanted(link, id, signal),
    done(result) {
      // Where all tools run here, an answer is what the model says in the end (web-ai-apis 3.10).
      const inParts = callsAreTold && !(toolbox.definitions.length > 0 && toolbox.runsAll);
      const terms = { samplingMode, expectedInputs, toolbox, inParts };
      const session = new Session(frame, { id, era, terms, isPrimed: initialPrompts.length > 0, result });
      session.tieTo(signal);
      settle.resolve(session);
    },
    failed: settle.reject,
  });
  operation.prepare(media, () => {
    operation.send(era);
  });
}
