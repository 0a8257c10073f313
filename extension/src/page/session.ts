/**
 * Owns the page's side of one session: its state and the algorithms of its operations, in the Prompt API's words.
 * Knows nothing of interface objects.
 *
 * Rules: the Host queues calls and evicts; here are checked the state, the signals and the messages. Operations throw
 * what is known at once (an argument's fault comes before them) and settle through callbacks.
 */

import type { Expected, Measure, SamplingMode, SessionResult } from '../protocol';
import { collected, streamed, type Answer as PromptAnswer, type AnswerChunk, type AnswerHearing } from './answers';
import { domException } from './errors';
import { Life } from './life';
import type { Interim, Link, Request } from './link';
import type { MediaPart } from './media_parts';
import { canonicalPrompt, type Canonical, type PagePrompt } from './messages';
import type { Answer, Operation, Outcome, Settle } from './operation';
import type { PromptOptions } from './options';
import { TypeError, newList } from './primordials';
import { toResponseConstraint } from './response_constraint';
import { SessionCalls, giveUpUnwanted, overflows } from './session_calls';
import { AnswerStream } from './stream';
import type { Toolbox } from './tools';

/** What sessions need of the document that they live in. */
export interface Frame {
  readonly link: Link;
  isFullyActive(): boolean;
}

/** The page's object on which an operation was called. It lives for as long as the operation holds this. */
export interface Caller {
  /** The session dropped its oldest calls to make room. */
  readonly overflowed: () => void;
}

/** What a session's operation hears. */
interface Hearing<R extends Request> extends Omit<Outcome<R>, 'event'> {
  readonly chunk?: AnswerHearing['chunk'];
  readonly call?: AnswerHearing['call'];
}

/** The wire's members for a constraint. */
type ConstraintMembers = Pick<Measure, 'constraint' | 'omitConstraintInput'>;

/** What was said at creation and holds for clones too. */
interface Terms {
  readonly samplingMode: SamplingMode;
  readonly expectedInputs: readonly Expected[];
  readonly toolbox: Toolbox;
  /** Answers are parts: they may call tools that the page runs by itself. */
  readonly inParts: boolean;
}

interface Birth {
  readonly id: number;
  readonly era: number;
  readonly terms: Terms;
  /** Something is in the context already: no system message may follow. */
  readonly isPrimed: boolean;
  readonly result: SessionResult;
}

/** Shared by all operations (web-ai-apis 2.9). */
export function requireFullyActive(frame: Frame): void {
  if (!frame.isFullyActive()) {
    throw domException('InvalidStateError', 'The document is not fully active.');
  }
}

export class Session {
  readonly contextWindow: number;
  readonly #terms: Terms;
  readonly #frame: Frame;
  readonly #id: number;
  readonly #era: number;
  readonly #calls: SessionCalls;
  readonly #life: Life;
  #contextUsage: number;
  #isPrimed: boolean;
  #callsWaitedFor = 0;

  constructor(frame: Frame, birth: Birth) {
    this.#frame = frame;
    this.#id = birth.id;
    this.#era = birth.era;
    this.#calls = new SessionCalls(frame.link, birth.era);
    this.#life = new Life(() => {
      frame.link.destroy(birth.id, birth.era);
    });
    this.#isPrimed = birth.isPrimed;
    this.#contextUsage = birth.result.contextUsage;
    this.contextWindow = birth.result.contextWindow;
    this.#terms = birth.terms;
  }

  get samplingMode(): SamplingMode {
    return this.#terms.samplingMode;
  }

  get contextUsage(): number {
    return this.#contextUsage;
  }

  /** The signal given to `create()` destroys the session whenever it fires. */
  tieTo(creation: AbortSignal): void {
    this.#life.tieTo(creation);
  }

  prompt(input: PagePrompt, options: PromptOptions, caller: Caller, settle: Settle<PromptAnswer>): void {
    const { signal, constraint } = this.#beginConstrained(options);
    const { messages, media } = this.#admit(input, options, !this.#hasContext());
    const id = this.#frame.link.nextId();
    const request = { type: 'prompt', id, session: this.#id, input: messages, stream: false, ...constraint } as const;
    this.#call(request, media, signal, caller, collected(this.#terms.inParts, settle));
  }

  /** Faults of the input come through the stream. */
  promptStreaming(input: PagePrompt, options: PromptOptions, caller: Caller): ReadableStream<AnswerChunk> {
    const { signal, constraint } = this.#beginConstrained(options);
    const { link } = this.#frame;
    const id = link.nextId();
    const stream = new AnswerStream<AnswerChunk>(link, id, () => {
      operation.cancel(); // Not before there is one: a stream in error has no reader to walk away.
    });
    let canonical: Canonical;
    try {
      canonical = this.#admit(input, options, !this.#hasContext());
    } catch (reason) {
      stream.error(reason);
      return stream.readable;
    }
    const { messages, media } = canonical;
    const request = { type: 'prompt', id, session: this.#id, input: messages, stream: true, ...constraint } as const;
    const operation = this.#call(request, media, signal, caller, streamed(this.#terms.inParts, stream));
    return stream.readable;
  }

  append(input: PagePrompt, signal: AbortSignal | null, caller: Caller, settle: Settle<undefined>): void {
    const combined = this.#begin(signal);
    const { messages, media } = this.#canonical(input, !this.#hasContext());
    const id = this.#frame.link.nextId();
    this.#call({ type: 'append', id, session: this.#id, input: messages }, media, combined, caller, {
      done() {
        settle.resolve(undefined);
      },
      failed: settle.reject,
    });
  }

  /** Changes nothing, so a leading system message is always allowed. */
  measureContextUsage(input: PagePrompt, options: PromptOptions, caller: Caller, settle: Settle<number>): void {
    const { signal, constraint } = this.#beginConstrained(options);
    const { messages, media } = this.#admit(input, options, true);
    const id = this.#frame.link.nextId();
    const request = { type: 'measure', id, session: this.#id, input: messages, ...constraint } as const;
    this.#calls.start(request, media, signal, {
      event: overflows(caller),
      done(answer) {
        settle.resolve(answer.usage);
      },
      failed: settle.reject,
    });
  }

  /** The clone is tied neither to this session's destruction nor to its creation's signal. */
  clone(signal: AbortSignal | null, caller: Caller, settle: Settle<Session>): void {
    const combined = this.#begin(signal);
    const { link } = this.#frame;
    const id = link.nextId();
    this.#calls.enqueue({ type: 'clone', id, session: this.#id }, newList(), combined, {
      event: overflows(caller),
      ended: giveUpUnwanted(link, id, combined),
      done: (result) => {
        const birth = { id, era: this.#era, terms: this.#terms, isPrimed: this.#isPrimed, result };
        settle.resolve(new Session(this.#frame, birth));
      },
      failed: settle.reject,
    });
  }

  destroy(): void {
    this.#life.destroy();
  }

  /** First steps of every operation; the combined signal of the call. */
  #begin(signal: AbortSignal | null): AbortSignal {
    requireFullyActive(this.#frame);
    if (this.#life.isDestroyed) {
      // Chrome and web-platform-tests say so for later calls; pending ones get the AbortError (web-ai-apis 17.2).
      throw domException('InvalidStateError', 'The session has been destroyed.');
    }
    return this.#life.callSignal(signal);
  }

  /** The same for a call whose answer may be constrained; what cannot be serialized is refused at once. */
  #beginConstrained(options: PromptOptions): { signal: AbortSignal; constraint: ConstraintMembers } {
    const signal = this.#begin(options.signal);
    if (!options.responseConstraint) {
      return { signal, constraint: {} };
    }
    const constraint = toResponseConstraint(options.responseConstraint);
    // Again, as code of the page ran meanwhile.
    const again = this.#begin(options.signal);
    return { signal: again, constraint: { constraint, omitConstraintInput: options.omitsConstraintInput } };
  }

  #canonical(input: PagePrompt, system: boolean): Canonical {
    const { contextWindow } = this;
    return canonicalPrompt(input, { system, prefix: true, inputs: this.#terms.expectedInputs, contextWindow });
  }

  /** The messages of a call whose answer may be constrained. */
  #admit(input: PagePrompt, options: PromptOptions, system: boolean): Canonical {
    if (options.omitsConstraintInput && !options.responseConstraint) {
      throw new TypeError('omitResponseConstraintInput needs a responseConstraint.');
    }
    return this.#canonical(input, system);
  }

  /** As far as is known here: whether an aborted call was over before, the Host sees in the queue's turn. */
  #hasContext(): boolean {
    return this.#isPrimed || this.#callsWaitedFor > 0;
  }

  /** A call that adds to the context. */
  #call<R extends Request & { readonly type: 'prompt' | 'append' }>(
    request: R,
    media: readonly MediaPart[],
    signal: AbortSignal,
    caller: Caller,
    hearing: Hearing<R>,
  ): Operation<R> {
    this.#callsWaitedFor += 1;
    const closed = (): void => {
      this.#callsWaitedFor -= 1;
    };
    const ended = (answer: Answer<R> | null): void => {
      if (answer) {
        this.#isPrimed = true;
        this.#contextUsage = answer.contextUsage;
      }
    };
    const { link } = this.#frame;
    const overflow = overflows(caller);
    const event = (interim: Interim): void => {
      if (interim.type === 'chunk') {
        hearing.chunk?.(interim.text);
      } else if (interim.type === 'toolCalls') {
        this.#terms.toolbox.hear(interim.calls, link, request.id, hearing.call);
      } else {
        overflow(interim);
      }
    };
    return this.#calls.enqueue(request, media, signal, { ...hearing, event, closed, ended });
  }
}
