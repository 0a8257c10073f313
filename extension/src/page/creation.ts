/**
 * Owns `create()` and `availability()` step by step (web-ai-apis 2.1 and 2.2), as far as a page's document can know:
 * policy, activation, grants and models are the Host's, and come back as answers.
 */

import type { AvailabilityValue } from '../protocol';
import { fireProgress, newCreateMonitor } from './create_monitor';
import { domException } from './errors';
import { canonicalMessages } from './messages';
import { Operation, type Settle } from './operation';
import { canonicalExpectations, type CoreOptions, type CreateOptions } from './options';
import { apply } from './primordials';
import { Session, giveUpUnwanted, requireFullyActive, type Frame } from './session';
import { combine, throwIfAborted } from './signals';

const INTERFACE = 'language-model';

export function availability(frame: Frame, options: CoreOptions, settle: Settle<AvailabilityValue>): void {
  requireFullyActive(frame);
  const expectedInputs = canonicalExpectations(options.expectedInputs);
  const expectedOutputs = canonicalExpectations(options.expectedOutputs);
  const { link } = frame;
  const id = link.nextId();
  const request = { type: 'availability', id, interface: INTERFACE, expectedInputs, expectedOutputs } as const;
  new Operation(link, request, combine(null), {
    done(answer) {
      settle.resolve(answer.availability);
    },
    failed: settle.reject,
  }).start(link.era);
}

export function create(frame: Frame, options: CreateOptions, settle: Settle<Session>): void {
  requireFullyActive(frame);
  const expectedInputs = canonicalExpectations(options.expectedInputs);
  const expectedOutputs = canonicalExpectations(options.expectedOutputs);
  const initialPrompts = canonicalMessages(options.initialPrompts, { system: true, prefix: false });
  const signal = combine(options.signal);
  throwIfAborted(signal);
  const monitor = options.monitor && newCreateMonitor();
  if (options.monitor) {
    apply(options.monitor, undefined, [monitor]);
    throwIfAborted(signal);
  }
  if (options.hasTools) {
    throw domException('NotSupportedError', 'Tools are not supported.');
  }
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
  } as const;
  new Operation(link, request, signal, {
    event(event) {
      if (monitor && event.type === 'progress') {
        fireProgress(monitor, event.loaded);
      }
    },
    ended: giveUpUnwanted(link, id, signal),
    done(result) {
      const session = new Session(frame, { id, era, samplingMode, isPrimed: initialPrompts.length > 0, result });
      session.tieTo(signal);
      settle.resolve(session);
    },
    failed: settle.reject,
  }).start(era);
}
