/**
 * Owns the page's side of one object of a task: its attributes and the algorithms of its operations. Knows nothing of
 * interface objects.
 *
 * Rules: calls know nothing of each other, so none waits for another; the page's object lives while one is under way.
 */

import type { DetectionResult, MeasureTask, ProofreadResult, RunTask, WrittenResult } from '../../protocol';
import { Life } from '../life';
import type { Interim } from '../link';
import { Operation, type Outcome, type Settle } from '../operation';
import { newList, newTable, toWellFormed } from '../primordials';
import { requireFullyActive, type Frame } from '../session';
import { AnswerStream } from '../stream';
import { MAX_TEXT, tooLarge } from '../text_limit';
import type { Attributes, TaskCallOptions } from './options';

/** One call as the page made it; `object` is what it was made on. */
export interface TaskCall extends TaskCallOptions {
  readonly object: object;
  readonly input: string;
}

interface Birth {
  readonly id: number;
  readonly era: number;
  readonly attributes: Attributes;
}

/** What of a call goes up. */
type Texts = Pick<RunTask, 'input' | 'context'>;

export class TaskObject {
  readonly attributes: Attributes;
  readonly #frame: Frame;
  readonly #id: number;
  readonly #era: number;
  readonly #life: Life;
  /** The page's object, by the calls on it that are under way. */
  readonly #callers = newTable<number, object>();

  constructor(frame: Frame, birth: Birth) {
    const { id, era } = birth;
    this.#frame = frame;
    this.#id = id;
    this.#era = era;
    this.#life = new Life(() => {
      frame.link.destroy(id, era);
    });
    this.attributes = birth.attributes;
  }

  /** The signal given to `create()` destroys the object whenever it fires. */
  tieTo(creation: AbortSignal): void {
    this.#life.tieTo(creation);
  }

  run(call: TaskCall, settle: Settle<unknown>): void {
    const signal = this.#begin(call);
    const texts = this.#admit(call);
    let text = '';
    this.#start(this.#runTask(this.#frame.link.nextId(), texts, false), call, signal, {
      event(event) {
        text += chunkOf(event);
      },
      done(answer) {
        settle.resolve(resultOf(answer, text));
      },
      failed: settle.reject,
    });
  }

  /** Faults of the input come through the stream. */
  runStreaming(call: TaskCall): ReadableStream<string> {
    const signal = this.#begin(call);
    const { link } = this.#frame;
    const id = link.nextId();
    const stream = new AnswerStream<string>(link, id, () => {
      operation.cancel(); // Not before there is one: a stream in error has no reader to walk away.
    });
    let texts: Texts;
    try {
      texts = this.#admit(call);
    } catch (reason) {
      stream.error(reason);
      return stream.readable;
    }
    const operation = this.#start(this.#runTask(id, texts, true), call, signal, {
      event(event) {
        stream.write(chunkOf(event));
      },
      done() {
        stream.close();
      },
      failed(reason) {
        stream.error(reason);
      },
    });
    return stream.readable;
  }

  measureInputUsage(call: TaskCall, settle: Settle<number>): void {
    const signal = this.#begin(call);
    if (this.attributes.inputQuota === Infinity) {
      settle.resolve(0); // By the standard, where nothing is too much.
      return;
    }
    const texts = this.#admit(call);
    const id = this.#frame.link.nextId();
    this.#start({ type: 'measureTask', id, session: this.#id, ...texts }, call, signal, {
      done(answer) {
        settle.resolve(answer.usage);
      },
      failed: settle.reject,
    });
  }

  destroy(): void {
    this.#life.destroy();
  }

  /** First steps of every operation; the combined signal of the call. */
  #begin({ signal }: TaskCall): AbortSignal {
    requireFullyActive(this.#frame);
    return this.#life.callSignal(signal);
  }

  /** Well-formed: a lone surrogate becomes one unit as well, so that indices stay those of the input. */
  #admit({ input, context }: TaskCall): Texts {
    const size = input.length + context.length;
    if (size > MAX_TEXT) {
      const { inputQuota } = this.attributes;
      throw tooLarge(size, inputQuota === Infinity ? MAX_TEXT : inputQuota);
    }
    return { input: toWellFormed(input), context: toWellFormed(context) };
  }

  #runTask(id: number, texts: Texts, stream: boolean): RunTask {
    return { type: 'runTask', id, session: this.#id, stream, ...texts };
  }

  #start<R extends RunTask | MeasureTask>(
    request: R,
    { object }: TaskCall,
    signal: AbortSignal,
    outcome: Outcome<R>,
  ): Operation<R> {
    const { id } = request;
    this.#callers.set(id, object);
    const closed = (): void => {
      this.#callers.delete(id);
    };
    const operation = new Operation(this.#frame.link, request, signal, { ...outcome, closed });
    operation.start(newList(), this.#era);
    return operation;
  }
}

function chunkOf(event: Interim): string {
  return event.type === 'chunk' ? event.text : '';
}

/** What a task gives its page: text that came in chunks, or objects that came as plain ones over the port. */
function resultOf(answer: WrittenResult | ProofreadResult | DetectionResult, text: string): unknown {
  switch (answer.type) {
    case 'written':
      return text;
    case 'proofread': {
      const { correctedInput, corrections } = answer;
      return corrections ? { correctedInput, corrections } : { correctedInput };
    }
    case 'detection':
      return answer.languages;
  }
}
