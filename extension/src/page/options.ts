/**
 * Owns the options dictionaries of `LanguageModel`: converting them, and canonicalizing language tags.
 *
 * Rule: conversion throws TypeError; canonicalization comes later (after the document's state is checked) and throws
 * RangeError, or NotSupportedError for what the Host would not read.
 */

import type { Expected, MessageType, SamplingMode } from '../protocol';
import { domException } from './errors';
import { MESSAGE_TYPES, toMessages, type PageMessage } from './messages';
import { TypeError, each, getCanonicalLocales, newList, newTable } from './primordials';
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
  type Callback,
  type Dictionary,
} from './webidl';

/** Entries of one list, and language tags in it (counts): protocol.py's MAX_LIST_ITEMS, of which no list of use is near. */
const MAX_EXPECTED = 4096;

/** Characters of one language tag, as in protocol.py. */
const MAX_TAG = 255;

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

export interface CreateOptions extends CoreOptions {
  readonly initialPrompts: readonly PageMessage[];
  readonly monitor: Callback | null;
  readonly signal: AbortSignal | null;
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
  const monitor = options['monitor'];
  return {
    ...core,
    initialPrompts: initialPrompts ?? newList(),
    monitor: monitor === undefined ? null : toCallback(monitor, 'monitor'),
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
  if (canonical.length > MAX_EXPECTED || tags > MAX_EXPECTED) {
    throw domException('NotSupportedError', 'More is expected than any model has.');
  }
  return canonical;
}

function canonicalLanguages(tags: readonly string[]): string[] {
  const canonical = newList<string>();
  const seen = newTable<string, true>();
  each(tags, (given) => {
    each(getCanonicalLocales(given), (tag) => {
      if (tag.length > MAX_TAG) {
        throw domException('NotSupportedError', 'A language tag is longer than those of any language.');
      }
      if (!seen.get(tag)) {
        seen.set(tag, true);
        canonical[canonical.length] = tag;
      }
    });
  });
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

function optional<T>(member: unknown, convert: (member: unknown) => T): T | null {
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
