/** Owns `create()` and `availability()` of the tasks' interfaces, step by step (web-ai-apis 2.1 and 2.2). */

import type { AvailabilityValue } from '../../protocol';
import { beginCreation, requestAvailability, requestCreation } from '../creation_steps';
import type { Settle } from '../operation';
import { newList, toWellFormed } from '../primordials';
import { requireFullyActive, type Frame } from '../session';
import { MAX_TEXT, tooLarge } from '../text_limit';
import { attributeValues, canonicalOptions, toTaskCoreOptions, toTaskCreateOptions } from './options';
import type { Task } from './table';
import { TaskObject } from './task_object';

export function availability(frame: Frame, task: Task, given: unknown, settle: Settle<AvailabilityValue>): void {
  const core = toTaskCoreOptions(task, given);
  requireFullyActive(frame);
  const options = canonicalOptions(task, core);
  const { link } = frame;
  requestAvailability(link, { type: 'taskAvailability', id: link.nextId(), options }, settle);
}

export function create(frame: Frame, task: Task, given: unknown, settle: Settle<TaskObject>): void {
  const page = toTaskCreateOptions(task, given);
  requireFullyActive(frame);
  const options = canonicalOptions(task, page.core);
  const creation = beginCreation(page);
  const { sharedContext } = page;
  if (sharedContext.length > MAX_TEXT) {
    throw tooLarge(sharedContext.length, null);
  }
  const { link } = frame;
  const { era } = link;
  const id = link.nextId();
  const request = { type: 'createTask', id, options, sharedContext: toWellFormed(sharedContext) } as const;
  requestCreation(link, request, newList(), creation, {
    done(result) {
      const attributes = attributeValues(task, result, sharedContext);
      const object = new TaskObject(frame, { id, era, attributes });
      object.tieTo(creation.signal);
      settle.resolve(object);
    },
    failed: settle.reject,
  });
}
