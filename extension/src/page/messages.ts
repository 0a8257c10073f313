/**
 * Owns what pages may say to a model: converting `LanguageModelPrompt` and messages, then validating them and making
 * the wire's canonical messages.
 *
 * Rules: conversion reads the page's objects and throws TypeError only; canonicalization is pure and throws what the
 * Prompt API's message rules say. Strings become well-formed; adjacent text parts are joined.
 */

import type { Expected, Message, MessageType, Part as WirePart, Role } from '../protocol';
import { domException, notSupported } from './errors';
import { isAudioSource, isImageSource, toMedia, type Media } from './media';
import type { MediaPart } from './media_parts';
import { TypeError, each, newList, toWellFormed } from './primordials';
import { MAX_TEXT, tooLarge } from './text_limit';
import { isToolType, requireExpected, toToolContent, toolPart, type ToolContent } from './tool_parts';
import {
  isObject,
  iteratorMethod,
  required,
  toDOMString,
  toDictionary,
  toEnum,
  toSequence,
  toSequenceBy,
} from './webidl';

const ROLES: readonly Role[] = ['system', 'user', 'assistant'];

export const MESSAGE_TYPES: readonly MessageType[] = ['text', 'image', 'audio', 'tool-call', 'tool-response'];

/** Messages in one call, parts in one message (counts): protocol.py's MAX_LIST_ITEMS. No context window holds as many. */
const MAX_LIST = 4096;

interface Part {
  readonly type: MessageType;
  readonly value: string | ToolContent | Media;
}

/** A message as the page gave it, converted. */
export interface PageMessage {
  readonly role: Role;
  readonly content: string | readonly Part[];
  readonly prefix: boolean;
}

/** `LanguageModelPrompt`: a string, or a sequence of messages. */
export type PagePrompt = string | readonly PageMessage[];

/** What the messages will be part of. */
export interface Admission {
  /** A leading system message is allowed. */
  readonly system: boolean;
  /** A trailing assistant message may be the beginning of the reply. */
  readonly prefix: boolean;
  /** What the session takes beside text. */
  readonly inputs: readonly Expected[];
  /** The session's context window (tokens); null before there is one. */
  readonly contextWindow: number | null;
}

/** Canonical messages, whose `media` are empty parts until they are converted. */
export interface Canonical {
  readonly messages: readonly Message[];
  readonly media: readonly MediaPart[];
}

/** An iterable object is a sequence; everything else is a string, a single message object too (Web IDL unions). */
export function toPrompt(value: unknown): PagePrompt {
  const method = isObject(value) ? iteratorMethod(value, 'input') : null;
  return isObject(value) && method ? toSequenceBy(value, method, 'input', toMessage) : toDOMString(value);
}

export function toMessages(value: unknown, what: string): PageMessage[] {
  return toSequence(value, what, toMessage);
}

function toMessage(value: unknown): PageMessage {
  const message = toDictionary(value, 'message');
  const content = toContent(required(message['content'], 'content'));
  const prefix = Boolean(message['prefix']);
  const role = toEnum(required(message['role'], 'role'), ROLES, 'role');
  return { role, content, prefix };
}

function toContent(value: unknown): string | Part[] {
  const method = isObject(value) ? iteratorMethod(value, 'content') : null;
  return isObject(value) && method ? toSequenceBy(value, method, 'content', toPart) : toDOMString(value);
}

function toPart(value: unknown): Part {
  const part = toDictionary(value, 'content');
  const type = toEnum(required(part['type'], 'type'), MESSAGE_TYPES, 'type');
  const content = required(part['value'], 'value');
  return { type, value: (isObject(content) ? toObjectValue(content) : null) ?? toDOMString(content) };
}

/** What an object stands for that stays one when it is converted; null for those that become strings. */
function toObjectValue(value: object): ToolContent | Media | null {
  return toToolContent(value) ?? toMedia(value);
}

/** The canonical form of a call's input: at least one message. */
export function canonicalPrompt(prompt: PagePrompt, admission: Admission): Canonical {
  if (typeof prompt !== 'string' && prompt.length > 0) {
    return canonicalMessages(prompt, admission);
  }
  const messages = newList<PageMessage>();
  messages[0] = { role: 'user', content: prompt.length > 0 ? (prompt as string) : '', prefix: false };
  return canonicalMessages(messages, admission);
}

/** Validates messages and makes them canonical; an empty list stays empty. */
export function canonicalMessages(given: readonly PageMessage[], admission: Admission): Canonical {
  if (given.length > MAX_LIST) {
    throw tooLarge(given.length, admission.contextWindow);
  }
  const media = newList<MediaPart>();
  const messages = newList<Message>();
  let size = 0;
  each(given, (message, index) => {
    checkPosition(message, index, given.length, admission);
    size += textLength(message);
    if (size > MAX_TEXT) {
      throw tooLarge(size, admission.contextWindow);
    }
    const content = canonicalContent(message, admission.inputs, media);
    if (content.length > MAX_LIST) {
      throw tooLarge(size, admission.contextWindow);
    }
    messages[index] = { role: message.role, content, prefix: message.prefix };
  });
  return { messages, media };
}

function checkPosition(message: PageMessage, index: number, count: number, admission: Admission): void {
  if (message.role === 'system' && (index > 0 || !admission.system)) {
    throw new TypeError('A system message can only be the first of a session.');
  }
  if (message.prefix && !(admission.prefix && message.role === 'assistant' && index === count - 1)) {
    throw domException('SyntaxError', 'Only a last message of the assistant can be a prefix.');
  }
}

function textLength({ content }: PageMessage): number {
  if (typeof content === 'string') {
    return content.length;
  }
  let length = 0;
  each(content, ({ value }) => {
    length += lengthOf(value);
  });
  return length;
}

/** UTF-16 units of a part's text or JSON. */
function lengthOf(value: Part['value']): number {
  if (typeof value === 'string') {
    return value.length;
  }
  if (value.brand === 'call') {
    return value.json?.length ?? 0;
  }
  return value.brand === 'outcome' ? (value.text?.length ?? 0) : 0;
}

/** Parts in their order, adjacent texts joined without a separator. Media are left in `media` to convert. */
function canonicalContent(message: PageMessage, inputs: readonly Expected[], media: MediaPart[]): WirePart[] {
  const { role, content, prefix } = message;
  const parts = newList<WirePart>();
  if (typeof content === 'string' || content.length === 0) {
    addText(parts, content.length === 0 ? '' : (content as string));
  } else {
    each(content, ({ type, value }) => {
      if (type === 'text') {
        addText(parts, value);
      } else if (isToolType(type)) {
        if (prefix) {
          throw notSupported('A message that calls tools cannot be continued.');
        }
        parts[parts.length] = toolPart(type, value, role, inputs);
      } else {
        const item = mediaPart(type, value, role, inputs);
        media[media.length] = item;
        parts[parts.length] = item.part;
      }
    });
  }
  each(parts, (part, index) => {
    if (part.type === 'text') {
      parts[index] = { type: 'text', value: toWellFormed(part.value) }; // Once joined: a pair may be in two parts.
    }
  });
  return parts;
}

function addText(parts: WirePart[], value: Part['value']): void {
  if (typeof value !== 'string') {
    throw new TypeError('The value of a text part is not a string.');
  }
  const last = parts[parts.length - 1];
  if (last?.type === 'text') {
    parts[parts.length - 1] = { type: 'text', value: last.value + value };
  } else {
    parts[parts.length] = { type: 'text', value };
  }
}

function mediaPart(type: 'image' | 'audio', value: Part['value'], role: Role, inputs: readonly Expected[]): MediaPart {
  if (role === 'assistant') {
    throw notSupported('The assistant says only text.');
  }
  requireExpected(type, inputs);
  if (typeof value !== 'string' && value.brand !== 'call' && value.brand !== 'outcome') {
    if (type === 'image' && isImageSource(value)) {
      return { type, part: { type, data: '' }, source: value };
    }
    if (type === 'audio' && isAudioSource(value)) {
      return { type, part: { type, data: '' }, source: value };
    }
  }
  throw new TypeError(`The value of an ${type} part is none.`);
}
