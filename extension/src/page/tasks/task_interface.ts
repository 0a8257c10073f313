/** Owns the interface objects of the tasks: one factory for all of them, over the table. */

import type { AvailabilityValue } from '../../protocol';
import {
  CONSTRUCTION,
  defineAttributes,
  defineInterface,
  promised,
  requireArguments,
  requireConstruction,
  type Arguments,
} from '../interface_object';
import { PageObjects } from '../page_objects';
import { defineProperty, each } from '../primordials';
import type { Frame } from '../session';
import { toDOMString } from '../webidl';
import type { StandardClass, TaskClass } from '../window_ai/standard';
import { availability, create } from './creation';
import { toTaskCallOptions, type Attributes } from './options';
import { TASKS, type Task } from './table';
import type { TaskCall, TaskObject } from './task_object';

/** The interface objects for the document of `frame`, by their names. */
export function defineTasks(frame: Frame): Record<TaskClass, StandardClass> {
  const interfaces = {} as Record<TaskClass, StandardClass>;
  each(TASKS, (task) => {
    interfaces[task.name] = defineTask(frame, task) as StandardClass;
  });
  return interfaces;
}

function defineTask(frame: Frame, task: Task): object {
  const { method, needs = 0 } = task;
  const objects = new PageObjects<TaskObject>();

  class TaskInterface {
    constructor(...args: readonly unknown[]) {
      requireConstruction(args);
      objects.adopt(this, args[1] as TaskObject);
    }

    static create(): Promise<TaskInterface> {
      return promised(({ resolve, reject }) => {
        requireArguments(arguments, needs);
        const wrap = (object: TaskObject): void => {
          resolve(new TaskInterface(CONSTRUCTION, object));
        };
        create(frame, task, arguments[0], { resolve: wrap, reject });
      });
    }

    static availability(): Promise<AvailabilityValue> {
      return promised((settle) => {
        requireArguments(arguments, needs);
        availability(frame, task, arguments[0], settle);
      });
    }

    destroy(): void {
      objects.of(this).destroy();
    }
  }

  function callOn(self: unknown, args: Arguments): { readonly behind: TaskObject; readonly call: TaskCall } {
    const behind = objects.of(self);
    requireArguments(args, 1);
    const input = toDOMString(args[0]);
    return { behind, call: { object: self as object, input, ...toTaskCallOptions(task, args[1]) } };
  }

  defineInterface(TaskInterface, task.name);
  const { prototype } = TaskInterface;
  Object.assign(
    prototype,
    {
      [method](_input: unknown): Promise<unknown> {
        return promised((settle) => {
          const { behind, call } = callOn(this, arguments);
          behind.run(call, settle);
        });
      },
    },
    task.streams && {
      [`${method}Streaming`](_input: unknown): ReadableStream<string> {
        const { behind, call } = callOn(this, arguments);
        return behind.runStreaming(call);
      },
    },
    !task.isUnmeasured && {
      measureInputUsage(_input: unknown): Promise<number> {
        return promised((settle) => {
          const { behind, call } = callOn(this, arguments);
          behind.measureInputUsage(call, settle);
        });
      },
    },
  );
  const attributes = (self: unknown): Attributes => objects.of(self).attributes;
  const names = Object.keys(task.options);
  if (task.takesContext) {
    names.push('sharedContext');
  }
  if (!task.isUnmeasured) {
    names.push('inputQuota');
  }
  defineAttributes(prototype, names, attributes);
  if (needs) {
    each(['create', 'availability'] as const, (name) => {
      defineProperty(Reflect.get(TaskInterface, name), 'length', { value: needs });
    });
  }
  return TaskInterface;
}
