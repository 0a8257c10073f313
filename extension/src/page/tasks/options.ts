/**
 * Owns the options of tasks: from the page's dictionaries to the wire, and back to the attributes of an object.
 *
 * Rule: conversion throws TypeError; canonicalization comes later (after the document's state is checked) and throws
 * RangeError, or NotSupportedError for what the Host would not read.
 */

import type { TaskOptions, TaskResult } from '../../protocol';
import type { CreateMembers } from '../creation_steps';
import { canonicalLanguage, canonicalLanguages } from '../languages';
import { optional } from '../options';
import { each, freeze, newList, ownKeys } from '../primordials';
import { pageList } from '../tool_values';
import {
  required,
  toCallback,
  toDOMString,
  toDictionary,
  toEnum,
  toSequence,
  toSignal,
  type Dictionary,
} from '../webidl';
import { wireName, type OptionType, type Task } from './table';

type Value = string | boolean | null | readonly string[];

/** Options by their names. */
type Values = Record<string, Value>;

export interface TaskCreateOptions extends CreateMembers {
  readonly core: Values;
  readonly sharedContext: string;
}

/** What the attributes of an object read, by their names. */
export interface Attributes extends Dictionary {
  /** Tokens that one call may take. */
  readonly inputQuota: number;
}

export interface TaskCallOptions {
  readonly context: string;
  readonly signal: AbortSignal | null;
}

/** The options that `availability()` takes. */
export function toTaskCoreOptions(task: Task, value: unknown): Values {
  return coreOptions(task, toDictionary(value, 'options'));
}

export function toTaskCreateOptions(task: Task, value: unknown): TaskCreateOptions {
  const options = toDictionary(value, 'options');
  return {
    core: coreOptions(task, options),
    monitor: optional(options['monitor'], (member) => toCallback(member, 'monitor')),
    sharedContext: toContext(task, options, 'sharedContext'),
    signal: toSignal(options),
  };
}

export function toTaskCallOptions(task: Task, value: unknown): TaskCallOptions {
  const options = toDictionary(value, 'options');
  return { context: toContext(task, options, 'context'), signal: toSignal(options) };
}

/** The wire's options. */
export function canonicalOptions(task: Task, core: Values): TaskOptions {
  const canonical: Values = { __proto__: null, type: task.interface };
  eachOption(task, (type, name) => {
    canonical[wireName(name)] = canonicalValue(type, core[name] ?? null);
  });
  return canonical as unknown as TaskOptions;
}

/** What the attributes of an object read: lists are frozen, and null where they are empty. */
export function attributeValues(task: Task, { options, inputQuota }: TaskResult, sharedContext: string): Attributes {
  const given = options as unknown as Values;
  const values: Record<string, unknown> = { __proto__: null };
  eachOption(task, (type, name) => {
    const value = given[wireName(name)] ?? null;
    values[name] = type === 'languages' ? frozen(value as readonly string[] | null) : value;
  });
  return { ...values, sharedContext, inputQuota: inputQuota ?? Infinity };
}

function frozen(list: readonly string[] | null): readonly string[] | null {
  return list && list.length > 0 ? freeze(pageList(list)) : null;
}

function coreOptions(task: Task, options: Dictionary): Values {
  const core: Values = { __proto__: null };
  eachOption(task, (type, name) => {
    core[name] = toValue(type, options[name], name);
  });
  return core;
}

function toValue(type: OptionType, member: unknown, name: string): Value {
  switch (type) {
    case 'boolean':
      return Boolean(member);
    case 'language':
      return optional(member, toDOMString);
    case 'languages':
      return optional(member, (list) => toSequence(list, name, toDOMString)) ?? newList();
    case 'required language':
      return toDOMString(required(member, name));
    default:
      return optional(member, (text) => toEnum(text, type as readonly string[], name)) ?? (type[0] as string);
  }
}

/** Text that tells how the task is to be done; only some take it. */
function toContext(task: Task, options: Dictionary, name: string): string {
  return (task.takesContext ? optional(options[name], toDOMString) : null) ?? '';
}

function canonicalValue(type: OptionType, value: Value): Value {
  if (typeof type !== 'string' || value === null || typeof value === 'boolean') {
    return value;
  }
  return typeof value === 'string' ? canonicalLanguage(value) : canonicalLanguages(value);
}

function eachOption({ options }: Task, visit: (type: OptionType, name: string) => void): void {
  each(ownKeys(options) as readonly string[], (name) => {
    const type = options[name];
    if (type) {
      visit(type, name);
    }
  });
}
