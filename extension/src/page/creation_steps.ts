/**
 * Owns the steps of `create()` and `availability()` that all interfaces have (web-ai-apis 2.1 and 2.2), as far as a
 * page's document can know: policy, activation, grants and models are the Host's, and come back as answers.
 */

import type { Availability, AvailabilityValue, Create, CreateTask, TaskAvailability } from '../protocol';
import { fireProgress, newCreateMonitor, type CreateMonitor } from './create_monitor';
import type { Link } from './link';
import type { MediaPart } from './media_parts';
import { Operation, type Outcome, type Settle } from './operation';
import { apply } from './primordials';
import { giveUpUnwanted } from './session_calls';
import { combine, throwIfAborted } from './signals';
import type { Callback } from './webidl';

/** What options of every `create()` have. */
export interface CreateMembers {
  readonly monitor: Callback | null;
  readonly signal: AbortSignal | null;
}

interface Creation {
  readonly signal: AbortSignal;
  readonly monitor: CreateMonitor | null;
}

/** The steps between the checks of the options and the request: the signal, then the page's callback. */
export function beginCreation({ signal: given, monitor: callback }: CreateMembers): Creation {
  const signal = combine(given);
  throwIfAborted(signal);
  const monitor = callback && newCreateMonitor();
  if (callback) {
    apply(callback, undefined, [monitor]);
    throwIfAborted(signal);
  }
  return { signal, monitor };
}

/** Asks the Host for what is to stand behind the page's object. */
export function requestCreation<R extends Create | CreateTask>(
  link: Link,
  request: R,
  media: readonly MediaPart[],
  { signal, monitor }: Creation,
  outcome: Pick<Outcome<R>, 'done' | 'failed'>,
): void {
  const { era } = link;
  const operation = new Operation(link, request, signal, {
    ...outcome,
    event(event) {
      if (monitor && event.type === 'progress') {
        fireProgress(monitor, event.loaded);
      }
    },
    ended: giveUpUnwanted(link, request.id, signal),
  });
  operation.start(media, era);
}

export function requestAvailability(
  link: Link,
  request: Availability | TaskAvailability,
  settle: Settle<AvailabilityValue>,
): void {
  const operation = new Operation<Availability | TaskAvailability>(link, request, combine(null), {
    done(answer) {
      settle.resolve(answer.availability);
    },
    failed: settle.reject,
  });
  operation.send(link.era);
}
