/** Owns `create()` and `availability()` of an interface with sessions, step by step (web-ai-apis 2.1, 2.2 and 3). */

import type { AvailabilityValue } from '../protocol';
import { beginCreation, requestAvailability, requestCreation } from './creation_steps';
import { canonicalMessages } from './messages';
import type { Settle } from './operation';
import { canonicalExpectations, type CoreOptions, type CreateOptions } from './options';
import { Session, requireFullyActive, type Frame } from './session';
import { throwIfAborted } from './signals';
import { isExpected } from './tool_parts';
import { Toolbox } from './tools';

const INTERFACE = 'language-model';

export function availability(frame: Frame, options: CoreOptions, settle: Settle<AvailabilityValue>): void {
  requireFullyActive(frame);
  const expectedInputs = canonicalExpectations(options.expectedInputs);
  const expectedOutputs = canonicalExpectations(options.expectedOutputs);
  const { link } = frame;
  const id = link.nextId();
  requestAvailability(link, { type: 'availability', id, interface: INTERFACE, expectedInputs, expectedOutputs }, settle);
}

export function create(frame: Frame, options: CreateOptions, settle: Settle<Session>): void {
  requireFullyActive(frame);
  const expectedInputs = canonicalExpectations(options.expectedInputs);
  const expectedOutputs = canonicalExpectations(options.expectedOutputs);
  const admission = { system: true, prefix: false, inputs: expectedInputs, contextWindow: null };
  const { messages: initialPrompts, media } = canonicalMessages(options.initialPrompts, admission);
  const creation = beginCreation(options);
  const callsAreTold = isExpected('tool-call', expectedOutputs);
  const toolbox = new Toolbox(options.tools, callsAreTold);
  throwIfAborted(creation.signal); // Once more: to serialize schemas runs code of the page.
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
  requestCreation(link, request, media, creation, {
    done(result) {
      // Where all tools run here, an answer is what the model says in the end (web-ai-apis 3.10).
      const inParts = callsAreTold && !(toolbox.definitions.length > 0 && toolbox.runsAll);
      const terms = { samplingMode, expectedInputs, toolbox, inParts };
      const session = new Session(frame, { id, era, terms, isPrimed: initialPrompts.length > 0, result });
      session.tieTo(creation.signal);
      settle.resolve(session);
    },
    failed: settle.reject,
  });
}
