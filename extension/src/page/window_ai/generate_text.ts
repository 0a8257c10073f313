/**
 * Owns the members of the 2023 extension of the same name: `generateText`, `getCompletion`, `getCurrentModel`, and
 * listeners that hear every event (web-ai-apis 11).
 *
 * Rules: rejections are strings, and streamed parts are deltas, as they were there; no model's name is told.
 */

import type { Callback } from '../webidl';
import type { Session, StandardClass } from './standard';
import { StopSequences } from './stop_sequences';
import { toTextInput, toTextOptions, type TextInput, type TextOptions } from './text_request';
import { TokenLimit } from './token_limit';

type Output =
  | { readonly text: string; readonly isPartial?: true }
  | { readonly message: { readonly role: 'assistant'; readonly content: string }; readonly isPartial?: true };

export interface TextGeneration {
  generateText(input: unknown, options?: unknown): Promise<Output[]>;
  getCompletion(input: unknown, options?: unknown): Promise<Output | Output[]>;
  getCurrentModel(): Promise<string | undefined>;
}

/** `handlers` hear of every failure. */
export function textGeneration(LanguageModel: StandardClass<Session>, handlers: readonly Callback[]): TextGeneration {
  async function generateText(given: unknown, wanted?: unknown): Promise<Output[]> {
    const input = toTextInput(given);
    let options: TextOptions | null = null;
    try {
      options = toTextOptions(wanted);
      return await generate(LanguageModel, input, options);
    } catch (reason) {
      const code = codeOf(reason);
      options?.onStreamResult?.(null, code);
      handlers.forEach((handler) => handler('error', code));
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- pages of the time compare the string
      throw code;
    }
  }

  return {
    generateText,
    async getCompletion(input, options) {
      const outputs = await generateText(input, options);
      const [first, ...others] = outputs;
      return first && others.length === 0 ? first : outputs;
    },
    async getCurrentModel() {
      return (await LanguageModel.availability()) === 'unavailable' ? undefined : 'local';
    },
  };
}

async function generate(
  LanguageModel: StandardClass<Session>,
  input: TextInput,
  { samplingMode, outputs, ...options }: TextOptions,
): Promise<Output[]> {
  const first = await LanguageModel.create({ samplingMode });
  const sessions = [first];
  try {
    while (sessions.length < outputs) {
      sessions.push(await first.clone());
    }
    return await Promise.all(sessions.map((session) => answer(session, input, options)));
  } finally {
    sessions.forEach((session) => {
      session.destroy();
    });
  }
}

type Limits = Omit<TextOptions, 'samplingMode' | 'outputs'>;

/** One output, told in parts on the way. */
async function answer(session: Session, input: TextInput, options: Limits): Promise<Output> {
  const { maxTokens, stopSequences, onStreamResult } = options;
  const stops = new StopSequences(stopSequences);
  const limit = maxTokens === null ? null : new TokenLimit(await measureOf(session), maxTokens);
  let whole = '';
  const add = async (text: string): Promise<void> => {
    const admitted = limit ? await limit.admit(text) : text;
    whole += admitted;
    if (admitted !== '') {
      onStreamResult?.({ ...outputOf(input, admitted), isPartial: true }, null);
    }
  };
  for await (const chunk of session.promptStreaming(input.messages)) {
    await add(stops.push(chunk));
    if (stops.met || limit?.reached) {
      break;
    }
  }
  if (!limit?.reached) {
    await add(stops.rest());
  }
  return outputOf(input, whole);
}

/** Tokens of a text alone, without what stands around every message. */
async function measureOf(session: Session): Promise<(text: string) => Promise<number>> {
  const around = await session.measureContextUsage('');
  return async (text) => (await session.measureContextUsage(text)) - around;
}

function outputOf({ isChat }: TextInput, text: string): Output {
  return isChat ? { message: { role: 'assistant', content: text } } : { text };
}

/** DOMExceptions are the model's side of it, everything else is the call's. */
function codeOf(reason: unknown): string {
  if (!(reason instanceof DOMException)) {
    return 'INVALID_REQUEST';
  }
  return reason.name === 'NotAllowedError' ? 'PERMISSION_DENIED' : `MODEL_REJECTED_REQUEST: ${reason.message}`;
}
