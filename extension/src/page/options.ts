/**
 * Owns the options dictionaries of `LanguageModel`: converting them, and canonicalizing what is expected.
 *
 * Rule: conversion throws TypeError; canonicalization comes later (after the document's state is checked) and throws
 * RangeError, or NotSupportedError for what the Host would not read.
 */

import type { Expected, MessageType, SamplingMode } from '../protocol';
import type { CreateMembers } from './creation_steps';
import { notSupported } from './errors';
import { MAX_LANGUAGES, canonicalLanguages } from './languages';
import { MESSAGE_TYPES, toMessages, type PageMessage } from './messages';
import { TypeError, each, newList } from './primordials';
import { SAMPLING_MODES } from './sampling_modes';
import { toTool, type PageTool } from './tools';
import {
  isObject,
  required,
  toCallback,
  toDOMString,
  toDictionary,
  toEnum,
  toSequence,
  toSignal,
  type Dictionary,
} from './webidl';

/** An entry of `expectedInputs` or `expectedOutputs` as the page gave it. */
interface PageExpected {
  readonly kind: MessageType;
  readonly languages: readonly string[];
}

export interface CoreOptions {
  readonly expectedInputs: readonly PageExpected[];
  readonly expectedOutputs: readonly PageExpected[];
  readonly samplingMode: SamplingMode;
  readonly tools: readonly PageTool[];
}

export interface CreateOptions extends CoreOptions, CreateMembers {
  readonly initialPrompts: readonly PageMessage[];
}

export interface PromptOptions {
  /** As the page gave it: to serialize it is no part of the conversion. */
  readonly responseConstraint: object | null;
  readonly omitsConstraintInput: boolean;
  readonly signal: AbortSignal | null;
}

/** `LanguageModelCreateCoreOptions`; `topK` and `temperature` do not exist for web pages. */
export function toCoreOptions(value: unknown): CoreOptions {
  return coreOptions(toDictionary(value, 'options'));
}

/** `LanguageModelCreateOptions`. */
export function toCreateOptions(value: unknown): CreateOptions {
  const options = toDictionary(value, 'options');
  const core = coreOptions(options);
  const initialPrompts = optional(options['initialPrompts'], (member) => toMessages(member, 'initialPrompts'));
  return {
    ...core,
    initialPrompts: initialPrompts ?? newList(),
    monitor: optional(options['monitor'], (member) => toCallback(member, 'monitor')),
    signal: toSignal(options),
  };
}

/** `LanguageModelPromptOptions`. */
export function toPromptOptions(value: unknown): PromptOptions {
  const options = toDictionary(value, 'options');
  const omitsConstraintInput = Boolean(options['omitResponseConstraintInput']);
  const responseConstraint = optional(options['responseConstraint'], toConstraint);
  return { responseConstraint, omitsConstraintInput, signal: toSignal(options) };
}

function toConstraint(value: unknown): object {
  if (!isObject(value)) {
    throw new TypeError('responseConstraint is not an object.');
  }
  return value;
}

/** `LanguageModelAppendOptions`, `LanguageModelCloneOptions`. */
export function toCallSignal(value: unknown): AbortSignal | null {
  return toSignal(toDictionary(value, 'options'));
}

/** Tags in canonical form, without repetitions; no more and no longer ones than the Host reads. */
export function canonicalExpectations(list: readonly PageExpected[]): Expected[] {
  const canonical = newList<Expected>();
  let tags = 0;
  each(list, ({ kind, languages: given }, index) => {
    const languages = canonicalLanguages(given);
    tags += languages.length;
    canonical[index] = { kind, languages };
  });
  if (canonical.length > MAX_LANGUAGES || tags > MAX_LANGUAGES) {
    throw notSupported('More is expected than any model has.');
  }
  return canonical;
}

function coreOptions(options: Dictionary): CoreOptions {
  const expectedInputs = optional(options['expectedInputs'], (member) => toExpectations(member, 'expectedInputs'));
  const expectedOutputs = optional(options['expectedOutputs'], (member) => toExpectations(member, 'expectedOutputs'));
  const samplingMode = optional(options['samplingMode'], (member) => toEnum(member, SAMPLING_MODES, 'samplingMode'));
  const tools = optional(options['tools'], (member) => toSequence(member, 'tools', toTool));
  return {
    expectedInputs: expectedInputs ?? newList(),
    expectedOutputs: expectedOutputs ?? newList(),
    samplingMode: samplingMode ?? 'balanced',
    tools: tools ?? newList(),
  };
}

/** A member that may be missing: null then. */
export function optional<T>(member: unknown, convert: (member: unknown) => T): T | null {
  return member === undefined ? null : convert(member);
}

function toExpectations(value: unknown, what: string): PageExpected[] {
  return toSequence(value, what, toExpected);
}

function toExpected(value: unknown): PageExpected {
  const expected = toDictionary(value, 'expected entry');
  const languages = optional(expected['languages'], (member) => toSequence(member, 'languages', toDOMString));
  const kind = toEnum(required(expected['type'], 'type'), MESSAGE_TYPES, 'type');
  return { kind, languages: languages ?? newList() };
}
