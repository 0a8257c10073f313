/**
 * Owns the operations of an interface with sessions: arguments converted in the IDL's order, then handed to `creation` or
 * to the session of the receiver.
 */

import type { AvailabilityValue } from '../protocol';
import type { Answer, AnswerChunk } from './answers';
import { availability, create } from './creation';
import { promised, requireArguments, type Arguments } from './interface_object';
import { toPrompt, type PagePrompt } from './messages';
import type { Settle } from './operation';
import { toCallSignal, toCoreOptions, toCreateOptions, toPromptOptions, type PromptOptions } from './options';
import type { Caller, Frame, Session } from './session';
import type { SessionObjects } from './session_objects';

/** The page's object for a session. */
type Wrap = (session: Session) => EventTarget;

type Objects = Pick<SessionObjects<string>, 'of' | 'caller'>;

interface Call {
  readonly session: Session;
  readonly prompt: PagePrompt;
  readonly options: PromptOptions;
  readonly caller: Caller;
}

export class SessionOperations {
  readonly #frame: Frame;
  readonly #objects: Objects;
  readonly #wrap: Wrap;

  constructor(frame: Frame, objects: Objects, wrap: Wrap) {
    this.#frame = frame;
    this.#objects = objects;
    this.#wrap = wrap;
  }

  availability(args: Arguments): Promise<AvailabilityValue> {
    return promised((settle) => {
      availability(this.#frame, toCoreOptions(args[0]), settle);
    });
  }

  create(args: Arguments): Promise<EventTarget> {
    return promised((settle) => {
      create(this.#frame, toCreateOptions(args[0]), this.#wrapping(settle));
    });
  }

  clone(self: unknown, args: Arguments): Promise<EventTarget> {
    return promised((settle) => {
      const session = this.#objects.of(self);
      session.clone(toCallSignal(args[0]), this.#objects.caller(self), this.#wrapping(settle));
    });
  }

  prompt(self: unknown, args: Arguments): Promise<Answer> {
    return promised((settle) => {
      const { session, prompt, options, caller } = this.#call(self, args);
      session.prompt(prompt, options, caller, settle);
    });
  }

  promptStreaming(self: unknown, args: Arguments): ReadableStream<AnswerChunk> {
    const { session, prompt, options, caller } = this.#call(self, args);
    return session.promptStreaming(prompt, options, caller);
  }

  append(self: unknown, args: Arguments): Promise<undefined> {
    return promised((settle) => {
      const session = this.#objects.of(self);
      requireArguments(args, 1);
      const prompt = toPrompt(args[0]);
      session.append(prompt, toCallSignal(args[1]), this.#objects.caller(self), settle);
    });
  }

  measure(self: unknown, args: Arguments): Promise<number> {
    return promised((settle) => {
      const { session, prompt, options, caller } = this.#call(self, args);
      session.measureContextUsage(prompt, options, caller, settle);
    });
  }

  destroy(self: unknown): void {
    this.#objects.of(self).destroy();
  }

  #call(self: unknown, args: Arguments): Call {
    const session = this.#objects.of(self);
    requireArguments(args, 1);
    const prompt = toPrompt(args[0]);
    return { session, prompt, options: toPromptOptions(args[1]), caller: this.#objects.caller(self) };
  }

  #wrapping({ resolve, reject }: Settle<EventTarget>): Settle<Session> {
    const wrap = (session: Session): void => {
      resolve(this.#wrap(session));
    };
    return { resolve: wrap, reject };
  }
}
