/** Owns what a prompt gives its page: text, or parts of an answer where that may call tools which the page runs itself. */

import type { ToolCall } from '../protocol';
import type { Settle } from './operation';
import { each, newList, parse } from './primordials';
import type { AnswerStream } from './stream';
import { LanguageModelToolCall, pageList } from './tool_values';

export type AnswerPart =
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'tool-call'; readonly value: LanguageModelToolCall };

/** What `prompt()` resolves with. */
export type Answer = string | readonly AnswerPart[];

/** A chunk of a stream. */
export type AnswerChunk = string | AnswerPart;

/** Hears how an answer comes about. */
export interface AnswerHearing {
  readonly chunk: (text: string) => void;
  /** A call that the page is to make by itself. */
  readonly call: (call: ToolCall) => void;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/** For `prompt()`: the whole answer, in which text alone is one part, even an empty one. */
export function collected(inParts: boolean, settle: Settle<Answer>): AnswerHearing {
  const calls = newList<AnswerPart>();
  let text = '';
  return {
    chunk(chunk) {
      text += chunk;
    },
    call(call) {
      calls[calls.length] = callPart(call);
    },
    done() {
      settle.resolve(inParts ? partsOf(text, calls) : text);
    },
    failed: settle.reject,
  };
}

/** For `promptStreaming()`. */
export function streamed(inParts: boolean, stream: AnswerStream<AnswerChunk>): AnswerHearing {
  return {
    chunk(chunk) {
      stream.write(inParts ? { type: 'text', value: chunk } : chunk);
    },
    call(call) {
      stream.write(callPart(call));
    },
    done() {
      stream.close();
    },
    failed(reason) {
      stream.error(reason);
    },
  };
}

function partsOf(text: string, calls: readonly AnswerPart[]): readonly AnswerPart[] {
  const parts = newList<AnswerPart>();
  if (text !== '' || calls.length === 0) {
    parts[0] = { type: 'text', value: text };
  }
  each(calls, (part) => {
    parts[parts.length] = part;
  });
  return pageList(parts);
}

function callPart({ callId, name, arguments: given }: ToolCall): AnswerPart {
  const init = { __proto__: null, callId, name, arguments: parse(given) };
  return { type: 'tool-call', value: new LanguageModelToolCall(init) };
}
