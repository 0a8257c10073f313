// One document's Page room on a FakeRelay, without a window.

import './dom';
import { onTestFinished } from 'vitest';
import type { AvailabilityValue, TaskResult } from '../../../../../extension/src/protocol';
import { defineLanguageModel } from '../../../../../extension/src/page/language_model';
import { defineTasks } from '../../../../../extension/src/page/tasks/task_interface';
import { Link } from '../../../../../extension/src/page/link';
import { newGenerations } from '../../../../../extension/src/page/window_ai/generations';
import type { Session, StandardClass, TaskClass } from '../../../../../extension/src/page/window_ai/standard';
import { newWindowAI } from '../../../../../extension/src/page/window_ai/window_ai';
import { FakeRelay } from './fake_relay';

/** The page's view of a session; arguments are `unknown` since pages pass anything. */
export interface PageSession extends EventTarget {
  readonly contextUsage: number;
  readonly contextWindow: number;
  readonly inputQuota: number;
  readonly inputUsage: number;
  readonly samplingMode: string;
  oncontextoverflow: unknown;
  onquotaoverflow: unknown;
  prompt(...args: readonly unknown[]): Promise<string>;
  promptStreaming(...args: readonly unknown[]): ReadableStream<string>;
  append(...args: readonly unknown[]): Promise<undefined>;
  measureContextUsage(...args: readonly unknown[]): Promise<number>;
  measureInputUsage(...args: readonly unknown[]): Promise<number>;
  clone(...args: readonly unknown[]): Promise<PageSession>;
  destroy(): undefined;
}

export interface PageLanguageModel {
  new (): PageSession;
  readonly prototype: PageSession;
  availability(...args: readonly unknown[]): Promise<string>;
  create(...args: readonly unknown[]): Promise<PageSession>;
}

export interface OldSession extends PageSession {
  readonly maxTokens: number;
  readonly tokensLeft: number;
  readonly tokensSoFar: number;
  readonly topK: number;
  readonly temperature: number;
  countPromptTokens(...args: readonly unknown[]): Promise<number>;
  clone(...args: readonly unknown[]): Promise<OldSession>;
}

type Create = (...args: readonly unknown[]) => Promise<OldSession>;
type Generate = (...args: readonly unknown[]) => Promise<unknown>;

export interface WindowAI extends EventTarget {
  readonly languageModel: {
    readonly create: Create;
    availability(): Promise<string>;
    params(): Promise<object | null>;
    capabilities(): Promise<{
      readonly available: string;
      readonly defaultTopK: number | null;
      supportsLanguage(tag: string): string;
      languageAvailable(tag: string): string;
    }>;
  };
  readonly assistant: WindowAI['languageModel'];
  readonly createTextSession: Create;
  readonly createGenericSession: Create;
  readonly generateText: Generate;
  readonly getCompletion: Generate;
  canCreateTextSession(): Promise<string>;
  canCreateGenericSession(): Promise<string>;
  textModelInfo(): Promise<object>;
  defaultTextSessionOptions(): Promise<object>;
  getCurrentModel(): Promise<string | undefined>;
  addEventListener(handler: (event: string, data: unknown) => void): string;
  addEventListener(...args: Parameters<EventTarget['addEventListener']>): void;
}

/** The page's view of an object of a task. */
export type PageTask = Readonly<Record<string, unknown>> & {
  readonly inputQuota: number;
  measureInputUsage(...args: readonly unknown[]): Promise<number>;
  destroy(): undefined;
};

export interface PageTaskClass {
  new (): PageTask;
  readonly prototype: PageTask;
  availability(...args: readonly unknown[]): Promise<string>;
  create(...args: readonly unknown[]): Promise<PageTask>;
}

export class Page {
  readonly relay = new FakeRelay();
  readonly LanguageModel: PageLanguageModel;
  readonly tasks: Readonly<Record<TaskClass, PageTaskClass>>;
  readonly ai: WindowAI;
  isFullyActive = true;

  constructor() {
    const frame = { link: new Link(this.relay.pagePort), isFullyActive: () => this.isFullyActive };
    this.LanguageModel = defineLanguageModel(frame) as PageLanguageModel;
    this.tasks = defineTasks(frame) as unknown as Page['tasks'];
    const classes = { LanguageModel: this.LanguageModel as unknown as StandardClass<Session> };
    this.ai = newWindowAI(classes, () => Promise.resolve(newGenerations)) as WindowAI;
    onTestFinished(() => {
      this.relay.close();
    });
  }

  /** A session in the older shape that the Host has opened, with 100 tokens of context window and 10 in use. */
  async oldSession(options: object = {}, create: Create = this.ai.languageModel.create): Promise<OldSession> {
    const creation = create(options);
    const { id } = await this.relay.hear('create');
    this.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 10 });
    return creation;
  }

  /** Answers the next prompt with chunks; what was asked. */
  async answer(...chunks: readonly string[]): Promise<readonly unknown[]> {
    const { id, input } = await this.relay.hear('prompt');
    this.relay.chunks(id, ...chunks);
    this.relay.done(id, { type: 'usage', contextUsage: 12 });
    return input;
  }

  /** Answers the next question for availability. */
  async tellAvailability(availability: AvailabilityValue): Promise<void> {
    const { id } = await this.relay.hear('availability');
    this.relay.done(id, { type: 'availability', availability });
  }

  /** An object of a task that the Host has made of the options as they are, with a quota of 100 tokens. */
  async task(
    name: TaskClass,
    options: object = {},
    result: Partial<TaskResult> = {},
  ): Promise<{ object: PageTask; id: number }> {
    const creation = this.tasks[name].create(options);
    const request = await this.relay.hear('createTask');
    this.relay.done(request.id, { type: 'task', options: request.options, inputQuota: 100, ...result });
    return { object: await creation, id: request.id };
  }

  /** A session that the Host has opened, with 100 tokens of context window; its id is the request's. */
  async session(options: object = {}, contextUsage = 0): Promise<{ session: PageSession; id: number }> {
    const creation = this.LanguageModel.create(options);
    const { id } = await this.relay.hear('create');
    this.relay.done(id, { type: 'session', contextWindow: 100, contextUsage });
    return { session: await creation, id };
  }
}

/** A user's message as the wire has it. */
export function user(value: string): object {
  return { role: 'user', content: [{ type: 'text', value }], prefix: false };
}

/** What a promise rejects with, whatever it is. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('the promise was fulfilled');
    },
    (reason: unknown) => reason,
  );
}

/** All chunks of a stream, or those until its error and the error. */
export async function drain(stream: ReadableStream<string>): Promise<{ chunks: string[]; error?: unknown }> {
  const chunks: string[] = [];
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
    }
  } catch (error) {
    return { chunks, error };
  }
  return { chunks };
}
