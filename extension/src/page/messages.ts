/**
 * Owns what pages may say to a model: converting `LanguageModelPrompt` and messages, then validating them and making
 * the wire's canonical messages.
 *
 * Rules: conversion reads the page's objects and throws TypeError only; canonicalization is pure and throws what the
 * Prompt API's message rules say. Strings become well-formed; adjacent text parts are joined.
 */

import type { Expected, Message, MessageType, Part as WirePart, Role } from '../protocol';
import { domException, quotaExceeded } from './errors';
import { isMedia } from './media';
import { TypeError, each, newList, toWellFormed } from './primordials';
import { isToolType, toToolContent, toolPart, type ToolContent } from './tool_parts';
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

/** UTF-16 units of one call's text. More fits no context window, and as JSON it would not fit the Host's frame. */
const MAX_TEXT = 2 ** 21;

/** Messages in one call, parts in one message (counts): protocol.py's MAX_LIST_ITEMS. No context window holds as many. */
const MAX_LIST = 4096;

interface Part {
  readonly type: MessageType;
  readonly value: string | ToolContent | Media;
}

/** An image or audio as the page gave it. */
interface Media {
  readonly brand: 'media';
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
  return toToolContent(value) ?? (isMedia(value) ? { brand: 'media' } : null);
}

/** The canonical form of a call's input: at least one message. */
export function canonicalPrompt(prompt: PagePrompt, admission: Admission): Message[] {
  if (typeof prompt !== 'string' && prompt.length > 0) {
    return canonicalMessages(prompt, admission);
  }
  const messages = newList<PageMessage>();
  messages[0] = { role: 'user', content: prompt.length > 0 ? (prompt as string) : '', prefix: false };
  return canonicalMessages(messages, admission);
}

/** Validates messages and makes them canonical; an empty list stays empty. */
export function canonicalMessages(messages: readonly PageMessage[], admission: Admission): Message[] {
  const canonical = newList<Message>();
  let size = 0;
  each(messages, (message, index) => {
    checkPosition(message, index, messages.length, admission);
    const content = canonicalContent(message, admission.inputs);
    each(content, (part) => {
      size += sizeOf(part);
    });
    if (size > MAX_TEXT || content.length > MAX_LIST || canonical.length >= MAX_LIST) {
      throw quotaExceeded('The input is larger than any context window.', {});
    }
    canonical[index] = { role: message.role, content, prefix: message.prefix };
  });
  return canonical;
}

function checkPosition(message: PageMessage, index: number, count: number, admission: Admission): void {
  if (message.role === 'system' && (index > 0 || !admission.system)) {
    throw new TypeError('A system message can only be the first of a session.');
  }
  if (message.prefix && !(admission.prefix && message.role === 'assistant' && index === count - 1)) {
    throw domException('SyntaxError', 'Only the last message of an input can be a prefix, and only as the assistant.');
  }
}

/** Parts in their order, adjacent texts joined without a separator. */
function canonicalContent({ role, content, prefix }: PageMessage, inputs: readonly Expected[]): WirePart[] {
  const parts = newList<WirePart>();
  if (typeof content === 'string' || content.length === 0) {
    addText(parts, content.length === 0 ? '' : (content as string));
  } else {
    each(content, ({ type, value }) => {
      if (type === 'text') {
        addText(parts, value);
      } else if (!isToolType(type)) {
        throw domException('NotSupportedError', 'Images and audio are not supported in messages.');
      } else if (prefix) {
        throw domException('NotSupportedError', 'A message that calls tools cannot be continued.');
      } else {
        parts[parts.length] = toolPart(type, value, role, inputs);
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

/** UTF-16 units of a part. */
function sizeOf(part: WirePart): number {
  switch (part.type) {
    case 'text':
      return part.value.length;
    case 'tool-call':
      return part.arguments.length;
    case 'tool-response':
      return part.content.length;
    case 'image':
    case 'audio':
      return part.data.length;
  }
}
