/**
 * Owns the interface object `LanguageModel`: its members as the IDL lists them.
 *
 * The aliases `measureInputUsage`, `inputUsage`, `inputQuota` and `onquotaoverflow` stay because libraries read them.
 */

import type { AvailabilityValue, SamplingMode } from '../protocol';
import type { Answer, AnswerChunk } from './answers';
import { CONSTRUCTION, defineInterface, requireConstruction } from './interface_object';
import { EventTarget } from './primordials';
import type { Frame, Session } from './session';
import { SessionObjects } from './session_objects';
import { SessionOperations } from './session_operations';

/** The interface object for the document of `frame`. */
export function defineLanguageModel(frame: Frame): object {
  const objects = new SessionObjects(['contextoverflow', 'quotaoverflow']);
  const operations = new SessionOperations(frame, objects, (session) => new LanguageModel(CONSTRUCTION, session));

  class LanguageModel extends EventTarget {
    constructor(...args: readonly unknown[]) {
      requireConstruction(args);
      super();
      objects.adopt(this, args[1] as Session);
    }

    static create(): Promise<EventTarget> {
      return operations.create(arguments);
    }

    static availability(): Promise<AvailabilityValue> {
      return operations.availability(arguments);
    }

    prompt(_input: unknown): Promise<Answer> {
      return operations.prompt(this, arguments);
    }

    promptStreaming(_input: unknown): ReadableStream<AnswerChunk> {
      return operations.promptStreaming(this, arguments);
    }

    append(_input: unknown): Promise<undefined> {
      return operations.append(this, arguments);
    }

    measureContextUsage(_input: unknown): Promise<number> {
      return operations.measure(this, arguments);
    }

    get contextUsage(): number {
      return objects.of(this).contextUsage;
    }

    get contextWindow(): number {
      return objects.of(this).contextWindow;
    }

    get oncontextoverflow(): unknown {
      return objects.handlerOf(this, 'contextoverflow').value;
    }

    set oncontextoverflow(value: unknown) {
      objects.handlerOf(this, 'contextoverflow').value = value;
    }

    get samplingMode(): SamplingMode {
      return objects.of(this).samplingMode;
    }

    clone(): Promise<EventTarget> {
      return operations.clone(this, arguments);
    }

    destroy(): void {
      operations.destroy(this);
    }

    measureInputUsage(_input: unknown): Promise<number> {
      return operations.measure(this, arguments);
    }

    get inputUsage(): number {
      return objects.of(this).contextUsage;
    }

    get inputQuota(): number {
      return objects.of(this).contextWindow;
    }

    get onquotaoverflow(): unknown {
      return objects.handlerOf(this, 'quotaoverflow').value;
    }

    set onquotaoverflow(value: unknown) {
      objects.handlerOf(this, 'quotaoverflow').value = value;
    }
  }

  defineInterface(LanguageModel, 'LanguageModel');
  return LanguageModel;
}
