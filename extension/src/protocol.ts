// GENERATED from host/windowsill/protocol.py by `make protocol`. Do not edit.

import { judge, type Schema, type Structs } from './wire';

export { WireError } from './wire';

export const PROTOCOL_MIN = 1;

export const PROTOCOL_MAX = 1;

export type Id = number;

export type Client = number;

export type Origin = string;

export type Tag = string;

export type Tokens = number;

export type Bytes = number;

export type Rate = number;

export type CallId = string;

export type ToolName = string;

export type Interface =
  | 'language-model'
  | 'summarizer'
  | 'writer'
  | 'rewriter'
  | 'proofreader'
  | 'translator'
  | 'language-detector';

export type Role = 'system' | 'user' | 'assistant';

export type MessageType = 'text' | 'image' | 'audio' | 'tool-call' | 'tool-response';

export type SamplingMode =
  | 'most-predictable'
  | 'predictable'
  | 'slightly-predictable'
  | 'balanced'
  | 'slightly-creative'
  | 'creative'
  | 'most-creative';

export type SummaryType = 'key-points' | 'tldr' | 'teaser' | 'headline';

export type Preference = 'auto' | 'speed' | 'capability';

export type TextFormat = 'markdown' | 'plain-text';

export type TextLength = 'short' | 'medium' | 'long';

export type Tone = 'formal' | 'neutral' | 'casual';

export type RewriterTone = 'as-is' | 'more-formal' | 'more-casual';

export type RewriterFormat = 'as-is' | 'plain-text' | 'markdown';

export type RewriterLength = 'as-is' | 'shorter' | 'longer';

export type CorrectionType =
  | 'spelling'
  | 'punctuation'
  | 'capitalization'
  | 'preposition'
  | 'missing-words'
  | 'grammar';

export type AvailabilityValue = 'unavailable' | 'downloadable' | 'downloading' | 'available';

export type Decision = 'allow' | 'once' | 'block' | 'dismiss';

export type GrantState = 'allow' | 'once' | 'block';

export type ErrorName =
  | 'AbortError'
  | 'InvalidStateError'
  | 'NetworkError'
  | 'NotAllowedError'
  | 'NotSupportedError'
  | 'OperationError'
  | 'QuotaExceededError'
  | 'SyntaxError'
  | 'UnknownError';

export type Messages = readonly Message[];

export type Expectations = readonly Expected[];

export type Languages = readonly Tag[];

/** A text part of a message; `value` is well-formed Unicode (the Page replaces lone surrogates). */
export interface Text {
  readonly type: 'text';
  readonly value: string;
}

/** An image part: `data` is a PNG in base64 that the Page drew anew: nothing else of a file goes on. */
export interface Image {
  readonly type: 'image';
  readonly data: string;
}

/** An audio part: `data` is a WAV in base64, one channel of 16-bit samples at 16 kHz. */
export interface Audio {
  readonly type: 'audio';
  readonly data: string;
}

/** A tool that the model calls, or called. `arguments`: a JSON object, as text. */
export interface ToolCall {
  readonly type: 'tool-call';
  readonly callId: Tag;
  readonly name: Tag;
  readonly arguments: string;
}

/** What the page answers to one call. `content`: text, or JSON as text; `failed`: it says what went wrong. */
export interface ToolResponse {
  readonly type: 'tool-response';
  readonly callId: Tag;
  readonly name: Tag;
  readonly content: string;
  readonly failed?: boolean;
}

/** One canonical message: adjacent text parts are already joined. `prefix`: the reply continues this message. */
export interface Message {
  readonly role: Role;
  readonly content: readonly Part[];
  readonly prefix?: boolean;
}

/** One entry of `expectedInputs`/`expectedOutputs`; languages are canonical BCP 47 tags, none = any. */
export interface Expected {
  readonly kind: MessageType;
  readonly languages?: Languages;
}

/**
 * What the model may call. `input_schema`: a JSON Schema of an object, as text; `runs`: the page runs it while the
 * prompt waits (closed loop); otherwise its calls are the prompt's result (open loop).
 */
export interface Tool {
  readonly name: Tag;
  readonly description: string;
  readonly inputSchema: string;
  readonly runs: boolean;
}

/** The answer is JSON that validates. `schema`: JSON text of an object. */
export interface JsonSchema {
  readonly type: 'json-schema';
  readonly schema: string;
}

/** The whole answer matches, as JavaScript understands `source` and `flags`. */
export interface RegExp {
  readonly type: 'reg-exp';
  readonly source: string;
  readonly flags: string;
}

/** `kind` is the standard's `type`. */
export interface SummarizerOptions {
  readonly type: 'summarizer';
  readonly expectedInputLanguages?: Languages;
  readonly expectedContextLanguages?: Languages;
  readonly outputLanguage?: Tag | null;
  readonly kind: SummaryType;
  readonly format: TextFormat;
  readonly length: TextLength;
  readonly preference: Preference;
}

export interface WriterOptions {
  readonly type: 'writer';
  readonly expectedInputLanguages?: Languages;
  readonly expectedContextLanguages?: Languages;
  readonly outputLanguage?: Tag | null;
  readonly tone: Tone;
  readonly format: TextFormat;
  readonly length: TextLength;
}

export interface RewriterOptions {
  readonly type: 'rewriter';
  readonly expectedInputLanguages?: Languages;
  readonly expectedContextLanguages?: Languages;
  readonly outputLanguage?: Tag | null;
  readonly tone: RewriterTone;
  readonly format: RewriterFormat;
  readonly length: RewriterLength;
}

/** `correction_explanation_language` null: that of the input. */
export interface ProofreaderOptions {
  readonly type: 'proofreader';
  readonly includeCorrectionTypes: boolean;
  readonly includeCorrectionExplanations: boolean;
  readonly expectedInputLanguages?: Languages;
  readonly correctionExplanationLanguage?: Tag | null;
}

export interface TranslatorOptions {
  readonly type: 'translator';
  readonly sourceLanguage: Tag;
  readonly targetLanguage: Tag;
}

export interface LanguageDetectorOptions {
  readonly type: 'language-detector';
  readonly expectedInputLanguages?: Languages;
}

/** `input.substring(start_index, end_index)` is to read `correction`: UTF-16 units into the original input. */
export interface Correction {
  readonly startIndex: Tokens;
  readonly endIndex: Tokens;
  readonly correction: string;
  readonly types?: readonly CorrectionType[];
  readonly explanation?: string;
}

export interface DetectedLanguage {
  readonly detectedLanguage: Tag;
  readonly confidence: number;
}

/** Inclusive range of protocol numbers that a side speaks. */
export interface Versions {
  readonly min: number;
  readonly max: number;
}

/** The specifications' error information. `requested` and `quota` (tokens) only with QuotaExceededError. */
export interface ErrorInfo {
  readonly name: ErrorName;
  readonly message: string;
  readonly requested?: number;
  readonly quota?: number;
}

/** One remembered answer. `since`: seconds since the Unix epoch. `profile` "*": every profile of this user. */
export interface Grant {
  readonly profile: string;
  readonly origin: Origin;
  readonly state: GrantState;
  readonly since: number;
}

/**
 * Live use of one origin: open sessions and requests under way in this browser; answers that the Engine computes for
 * it, and that wait there, in all browsers (counts).
 */
export interface Activity {
  readonly origin: Origin;
  readonly sessions: Tokens;
  readonly requests: Tokens;
  readonly running: Tokens;
  readonly waiting: Tokens;
  readonly tokensPerSecond: Rate;
}

/** A model in memory; `memory` of its weights and its cache (bytes); `cache_used`: of that cache (share). */
export interface LoadedModel {
  readonly name: string;
  readonly device: string;
  readonly memory: Client;
  readonly cacheUsed: number;
}

/** What the Engine does for everybody; which sites of other profiles these are stays untold (counts). */
export interface EngineStatus {
  readonly models: readonly LoadedModel[];
  readonly running: Tokens;
  readonly waiting: Tokens;
  readonly tokensPerSecond: Rate;
}

/** Static `availability()`; answered with an `AvailabilityResult`, never asks. */
export interface Availability {
  readonly type: 'availability';
  readonly id: Id;
  readonly interface: Interface;
  readonly expectedInputs?: Expectations;
  readonly expectedOutputs?: Expectations;
}

/** Static `create()`; may raise the ask window; `progress` events, then a `SessionResult`. */
export interface Create {
  readonly type: 'create';
  readonly id: Id;
  readonly interface: Interface;
  readonly expectedInputs?: Expectations;
  readonly expectedOutputs?: Expectations;
  readonly initialPrompts?: Messages;
  readonly samplingMode?: SamplingMode;
  readonly tools?: readonly Tool[];
}

/**
 * `prompt()` (`stream` false: the text comes as few chunks as fit) and `promptStreaming()`. `constraint` covers a
 * trailing prefix and the answer; the model is told of it unless `omit_constraint_input`.
 */
export interface Prompt {
  readonly type: 'prompt';
  readonly id: Id;
  readonly session: Id;
  readonly input: Messages;
  readonly stream: boolean;
  readonly constraint?: JsonSchema | RegExp | null;
  readonly omitConstraintInput?: boolean;
}

/** `append()`: a `UsageResult` once the messages are part of the session. */
export interface Append {
  readonly type: 'append';
  readonly id: Id;
  readonly session: Id;
  readonly input: Messages;
}

/** `measureContextUsage()`: a `MeasureResult`; changes nothing and does not queue. */
export interface Measure {
  readonly type: 'measure';
  readonly id: Id;
  readonly session: Id;
  readonly input: Messages;
  readonly constraint?: JsonSchema | RegExp | null;
  readonly omitConstraintInput?: boolean;
}

/** `clone()`: a `SessionResult` for the session named by this request's id. */
export interface Clone {
  readonly type: 'clone';
  readonly id: Id;
  readonly session: Id;
}

/** `availability()` of a task interface; as `Availability`. */
export interface TaskAvailability {
  readonly type: 'taskAvailability';
  readonly id: Id;
  readonly options: TaskOptions;
}

/** `create()` of a task interface; as `Create`, but ends with a `TaskResult`. */
export interface CreateTask {
  readonly type: 'createTask';
  readonly id: Id;
  readonly options: TaskOptions;
  readonly sharedContext?: string;
}

/**
 * What the task's object is for: `summarize()`, `proofread()` and the others, on one input. Writing and translating end
 * with a `WrittenResult` after the text in chunks; the others with a result of their own. Runs of one object do not
 * wait for each other.
 */
export interface RunTask {
  readonly type: 'runTask';
  readonly id: Id;
  readonly session: Id;
  readonly input: string;
  readonly stream: boolean;
  readonly context?: string;
}

/** `measureInputUsage()`: a `MeasureResult` for what `RunTask` would send. */
export interface MeasureTask {
  readonly type: 'measureTask';
  readonly id: Id;
  readonly session: Id;
  readonly input: string;
  readonly context?: string;
}

/** Notice: the session, or the task's object, is gone, and all it has in flight. */
export interface Destroy {
  readonly type: 'destroy';
  readonly session: Id;
}

/** Notice: the request `id` is not wanted any more. */
export interface Abort {
  readonly type: 'abort';
  readonly id: Id;
}

/** Notice: the reader of the streaming request `id` has taken `chunks` more chunks. */
export interface Credit {
  readonly type: 'credit';
  readonly id: Id;
  readonly chunks: number;
}

/** Notice: what the tools gave that the prompt `id` waits for, one for each call of its last `toolCalls`. */
export interface ToolResults {
  readonly type: 'toolResults';
  readonly id: Id;
  readonly responses: readonly ToolResponse[];
}

/** First frame of the Broker. `profile`: random id that the extension keeps for this browser profile. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: Versions;
  readonly version: Tag;
  readonly profile: string;
}

/**
 * A Page's request, unread, with what is known for certain. By the Broker: `client`, `origin`, `incognito`. By Relay:
 * `allowed` (interfaces that the permissions policy leaves this document), `activated` (sticky user activation),
 * `active` (transient user activation), `visible` (the document is on screen), `embedder` (the top document's origin,
 * when it is another one).
 */
export interface FromPage {
  readonly type: 'page';
  readonly client: Client;
  readonly origin: Origin;
  readonly incognito: boolean;
  readonly request: unknown;
  readonly allowed: readonly Interface[];
  readonly activated: boolean;
  readonly active: boolean;
  readonly visible: boolean;
  readonly embedder?: Origin | null;
}

/** Notice: a document that asked for something came on screen, or left it. */
export interface Visible {
  readonly type: 'visible';
  readonly client: Client;
  readonly visible: boolean;
}

/** A document's port closed: abort its work. `suspended`: it may return from the back/forward cache. */
export interface Gone {
  readonly type: 'gone';
  readonly client: Client;
  readonly suspended: boolean;
}

/** The last private (incognito) window closed: what was answered and said in one is forgotten. */
export interface PrivateEnded {
  readonly type: 'privateEnded';
}

/** The user's answer to an `ask`; `dismiss` is "not now". */
export interface Decide {
  readonly type: 'decide';
  readonly ask: Id;
  readonly decision: Decision;
}

/** The extension's own pages want a `StatusResult`. */
export interface Status {
  readonly type: 'status';
  readonly id: Id;
}

/** Forget this profile's answer for an origin (stops its work); answered with a `RevokeResult`. */
export interface Revoke {
  readonly type: 'revoke';
  readonly id: Id;
  readonly origin: Origin;
}

/** End what an origin has under way, in all browsers; its sessions stay. Answered with a `StopResult`. */
export interface StopOrigin {
  readonly type: 'stopOrigin';
  readonly id: Id;
  readonly origin: Origin;
}

/** Notice: one of the extension's own pages looks (or none does any more), and wants `live` events. */
export interface Watch {
  readonly type: 'watch';
  readonly on: boolean;
}

export interface AvailabilityResult {
  readonly type: 'availability';
  readonly availability: AvailabilityValue;
}

/** Answer to `create` and `clone`: tokens. */
export interface SessionResult {
  readonly type: 'session';
  readonly contextWindow: Tokens;
  readonly contextUsage: Tokens;
}

/** Answer to `prompt` and `append`: the session's usage now (tokens). */
export interface UsageResult {
  readonly type: 'usage';
  readonly contextUsage: Tokens;
}

/** Tokens that the input would take. */
export interface MeasureResult {
  readonly type: 'measure';
  readonly usage: Tokens;
}

/**
 * Answer to `createTask`. `options`: their languages replaced by those that they were matched with. `input_quota`:
 * tokens that one call may take; null: as many as it likes.
 */
export interface TaskResult {
  readonly type: 'task';
  readonly options: TaskOptions;
  readonly inputQuota: Tokens | null;
}

/** Answer to `runTask`: the text came in chunks, and is whole. */
export interface WrittenResult {
  readonly type: 'written';
}

/**
 * Answer to `runTask`. `corrections`: ascending, not overlapping, and applied to the input they give `corrected_input`;
 * null where there was nothing to read.
 */
export interface ProofreadResult {
  readonly type: 'proofread';
  readonly correctedInput: string;
  readonly corrections: readonly Correction[] | null;
}

/** Answer to `runTask`: likeliest first, `und` last. */
export interface DetectionResult {
  readonly type: 'detection';
  readonly languages: readonly DetectedLanguage[];
}

/**
 * `model`: the chosen model's name, for the user's eyes only; `problem`: why it cannot be used, if so; `engine`: null
 * when none runs.
 */
export interface StatusResult {
  readonly type: 'status';
  readonly version: string;
  readonly model: string;
  readonly problem: string | null;
  readonly grants: readonly Grant[];
  readonly activity: readonly Activity[];
  readonly engine: EngineStatus | null;
}

/** `revoked`: records removed (count). */
export interface RevokeResult {
  readonly type: 'revoke';
  readonly revoked: Tokens;
}

/** `stopped`: requests of this browser that were ended (count). */
export interface StopResult {
  readonly type: 'stop';
  readonly stopped: Tokens;
}

/** Answer to `hello`. `update`: which side is too old to go on with, if one is. */
export interface Welcome {
  readonly type: 'hello';
  readonly protocol: Versions;
  readonly version: string;
  readonly update: 'host' | 'extension' | null;
}

/** Download progress of `create`: the fraction, 0 to 1, a multiple of 1/65536. */
export interface Progress {
  readonly type: 'progress';
  readonly client: Client;
  readonly id: Id;
  readonly loaded: number;
}

/** Text of one event: whole code points, never empty; the concatenation of all is the result. */
export interface Chunk {
  readonly type: 'chunk';
  readonly client: Client;
  readonly id: Id;
  readonly text: string;
}

/**
 * The model calls tools. If the page runs all of them, the prompt waits for `ToolResults`; otherwise the calls end the
 * answer, and `done` follows.
 */
export interface ToolCalls {
  readonly type: 'toolCalls';
  readonly client: Client;
  readonly id: Id;
  readonly calls: readonly ToolCall[];
}

/** The session dropped its oldest call to make room (event `contextoverflow`). */
export interface Overflow {
  readonly type: 'overflow';
  readonly client: Client;
  readonly id: Id;
}

/** For the Broker: raise the ask window. Further documents of the same origin join a window that is open. */
export interface Ask {
  readonly type: 'ask';
  readonly ask: Id;
  readonly origin: Origin;
  readonly interface: Interface;
  readonly model: string;
  readonly incognito: boolean;
  readonly embedder?: Origin | null;
}

/** For the Broker: the question is answered or nobody waits for it any more; close its window. */
export interface AskEnded {
  readonly type: 'askEnded';
  readonly ask: Id;
}

/**
 * For the extension's own pages: these parts of the status are newer now. Comes while something runs, twice a second at
 * most, and once more when it ended.
 */
export interface Live {
  readonly type: 'live';
  readonly activity: readonly Activity[];
  readonly engine: EngineStatus | null;
}

export interface Done {
  readonly type: 'done';
  readonly client: Client;
  readonly id: Id;
  readonly result: Result;
}

export interface Error {
  readonly type: 'error';
  readonly client: Client;
  readonly id: Id;
  readonly error: ErrorInfo;
}

/** Neither sessions nor requests nor questions are left: the Broker may close the native port. */
export interface Idle {
  readonly type: 'idle';
}

/** A frame was refused and had no request to blame. `message` is for the log. */
export interface ProtocolError {
  readonly type: 'protocolError';
  readonly message: string;
}

export type Part = Text | Image | Audio | ToolCall | ToolResponse;

export type ResponseConstraint = JsonSchema | RegExp;

export type TaskOptions =
  | SummarizerOptions
  | WriterOptions
  | RewriterOptions
  | ProofreaderOptions
  | TranslatorOptions
  | LanguageDetectorOptions;

export type PageRequest =
  | Availability
  | Create
  | Prompt
  | Append
  | Measure
  | Clone
  | TaskAvailability
  | CreateTask
  | RunTask
  | MeasureTask
  | Destroy
  | Abort
  | Credit
  | ToolResults;

export type HostHears =
  | Hello
  | FromPage
  | Visible
  | Gone
  | PrivateEnded
  | Decide
  | Status
  | Revoke
  | StopOrigin
  | Watch;

export type Result =
  | AvailabilityResult
  | SessionResult
  | UsageResult
  | MeasureResult
  | TaskResult
  | WrittenResult
  | ProofreadResult
  | DetectionResult
  | StatusResult
  | RevokeResult
  | StopResult;

export type HostSays =
  | Welcome
  | Progress
  | Chunk
  | ToolCalls
  | Overflow
  | Ask
  | AskEnded
  | Live
  | Done
  | Error
  | Idle
  | ProtocolError;

const of = {
  Id: { kind: 'int', ge: 1, le: 9007199254740991 },
  Client: { kind: 'int', ge: 0, le: 9007199254740991 },
  Origin: { kind: 'str', min: 1, max: 2048 },
  Tag: { kind: 'str', min: 1, max: 255 },
  Tokens: { kind: 'int', ge: 0 },
  Bytes: { kind: 'int', ge: 0, le: 9007199254740991 },
  Rate: { kind: 'float', ge: 0 },
  CallId: { kind: 'str', min: 1, max: 255 },
  ToolName: { kind: 'str', min: 1, max: 255 },
  Interface: { kind: 'enum', values: [
    'language-model',
    'summarizer',
    'writer',
    'rewriter',
    'proofreader',
    'translator',
    'language-detector',
  ] },
  Role: { kind: 'enum', values: ['system', 'user', 'assistant'] },
  MessageType: { kind: 'enum', values: ['text', 'image', 'audio', 'tool-call', 'tool-response'] },
  SamplingMode: { kind: 'enum', values: [
    'most-predictable',
    'predictable',
    'slightly-predictable',
    'balanced',
    'slightly-creative',
    'creative',
    'most-creative',
  ] },
  SummaryType: { kind: 'enum', values: ['key-points', 'tldr', 'teaser', 'headline'] },
  Preference: { kind: 'enum', values: ['auto', 'speed', 'capability'] },
  TextFormat: { kind: 'enum', values: ['markdown', 'plain-text'] },
  TextLength: { kind: 'enum', values: ['short', 'medium', 'long'] },
  Tone: { kind: 'enum', values: ['formal', 'neutral', 'casual'] },
  RewriterTone: { kind: 'enum', values: ['as-is', 'more-formal', 'more-casual'] },
  RewriterFormat: { kind: 'enum', values: ['as-is', 'plain-text', 'markdown'] },
  RewriterLength: { kind: 'enum', values: ['as-is', 'shorter', 'longer'] },
  CorrectionType: { kind: 'enum', values: [
    'spelling',
    'punctuation',
    'capitalization',
    'preposition',
    'missing-words',
    'grammar',
  ] },
  AvailabilityValue: { kind: 'enum', values: ['unavailable', 'downloadable', 'downloading', 'available'] },
  Decision: { kind: 'enum', values: ['allow', 'once', 'block', 'dismiss'] },
  GrantState: { kind: 'enum', values: ['allow', 'once', 'block'] },
  ErrorName: { kind: 'enum', values: [
    'AbortError',
    'InvalidStateError',
    'NetworkError',
    'NotAllowedError',
    'NotSupportedError',
    'OperationError',
    'QuotaExceededError',
    'SyntaxError',
    'UnknownError',
  ] },
  Messages: { kind: 'array', of: { kind: 'struct', names: ['Message'] }, max: 4096 },
  Expectations: { kind: 'array', of: { kind: 'struct', names: ['Expected'] }, max: 4096 },
  Languages: { kind: 'array', of: { kind: 'str', min: 1, max: 255 }, max: 4096 },
  Part: { kind: 'struct', names: ['Text', 'Image', 'Audio', 'ToolCall', 'ToolResponse'] },
  ResponseConstraint: { kind: 'struct', names: ['JsonSchema', 'RegExp'] },
  TaskOptions: { kind: 'struct', names: [
    'SummarizerOptions',
    'WriterOptions',
    'RewriterOptions',
    'ProofreaderOptions',
    'TranslatorOptions',
    'LanguageDetectorOptions',
  ] },
  PageRequest: { kind: 'struct', names: [
    'Availability',
    'Create',
    'Prompt',
    'Append',
    'Measure',
    'Clone',
    'TaskAvailability',
    'CreateTask',
    'RunTask',
    'MeasureTask',
    'Destroy',
    'Abort',
    'Credit',
    'ToolResults',
  ] },
  HostHears: { kind: 'struct', names: [
    'Hello',
    'FromPage',
    'Visible',
    'Gone',
    'PrivateEnded',
    'Decide',
    'Status',
    'Revoke',
    'StopOrigin',
    'Watch',
  ] },
  Result: { kind: 'struct', names: [
    'AvailabilityResult',
    'SessionResult',
    'UsageResult',
    'MeasureResult',
    'TaskResult',
    'WrittenResult',
    'ProofreadResult',
    'DetectionResult',
    'StatusResult',
    'RevokeResult',
    'StopResult',
  ] },
  HostSays: { kind: 'struct', names: [
    'Welcome',
    'Progress',
    'Chunk',
    'ToolCalls',
    'Overflow',
    'Ask',
    'AskEnded',
    'Live',
    'Done',
    'Error',
    'Idle',
    'ProtocolError',
  ] },
} satisfies Record<string, Schema>;

const structs: Structs = {
  Text: { tag: 'text', required: { value: { kind: 'str' } }, optional: {} },
  Image: { tag: 'image', required: { data: { kind: 'str' } }, optional: {} },
  Audio: { tag: 'audio', required: { data: { kind: 'str' } }, optional: {} },
  ToolCall: { tag: 'tool-call', required: { callId: of.Tag, name: of.Tag, arguments: { kind: 'str' } }, optional: {} },
  ToolResponse: {
    tag: 'tool-response',
    required: { callId: of.Tag, name: of.Tag, content: { kind: 'str' } },
    optional: { failed: { kind: 'bool' } },
  },
  Message: {
    tag: null,
    required: {
      role: of.Role,
      content: { kind: 'array', of: { kind: 'struct', names: ['Text', 'Image', 'Audio', 'ToolCall', 'ToolResponse'] }, max: 4096 },
    },
    optional: { prefix: { kind: 'bool' } },
  },
  Expected: { tag: null, required: { kind: of.MessageType }, optional: { languages: of.Languages } },
  Tool: {
    tag: null,
    required: { name: of.Tag, description: { kind: 'str' }, inputSchema: { kind: 'str' }, runs: { kind: 'bool' } },
    optional: {},
  },
  JsonSchema: { tag: 'json-schema', required: { schema: { kind: 'str' } }, optional: {} },
  RegExp: { tag: 'reg-exp', required: { source: { kind: 'str' }, flags: { kind: 'str' } }, optional: {} },
  SummarizerOptions: {
    tag: 'summarizer',
    required: { kind: of.SummaryType, format: of.TextFormat, length: of.TextLength, preference: of.Preference },
    optional: {
      expectedInputLanguages: of.Languages,
      expectedContextLanguages: of.Languages,
      outputLanguage: { kind: 'nullable', of: of.Tag },
    },
  },
  WriterOptions: {
    tag: 'writer',
    required: { tone: of.Tone, format: of.TextFormat, length: of.TextLength },
    optional: {
      expectedInputLanguages: of.Languages,
      expectedContextLanguages: of.Languages,
      outputLanguage: { kind: 'nullable', of: of.Tag },
    },
  },
  RewriterOptions: {
    tag: 'rewriter',
    required: { tone: of.RewriterTone, format: of.RewriterFormat, length: of.RewriterLength },
    optional: {
      expectedInputLanguages: of.Languages,
      expectedContextLanguages: of.Languages,
      outputLanguage: { kind: 'nullable', of: of.Tag },
    },
  },
  ProofreaderOptions: {
    tag: 'proofreader',
    required: { includeCorrectionTypes: { kind: 'bool' }, includeCorrectionExplanations: { kind: 'bool' } },
    optional: { expectedInputLanguages: of.Languages, correctionExplanationLanguage: { kind: 'nullable', of: of.Tag } },
  },
  TranslatorOptions: { tag: 'translator', required: { sourceLanguage: of.Tag, targetLanguage: of.Tag }, optional: {} },
  LanguageDetectorOptions: {
    tag: 'language-detector',
    required: {},
    optional: { expectedInputLanguages: of.Languages },
  },
  Correction: {
    tag: null,
    required: { startIndex: of.Tokens, endIndex: of.Tokens, correction: { kind: 'str' } },
    optional: {
      types: { kind: 'array', of: { kind: 'enum', values: [
    'spelling',
    'punctuation',
    'capitalization',
    'preposition',
    'missing-words',
    'grammar',
  ] } },
      explanation: { kind: 'str' },
    },
  },
  DetectedLanguage: {
    tag: null,
    required: { detectedLanguage: of.Tag, confidence: { kind: 'float', ge: 0, le: 1 } },
    optional: {},
  },
  Versions: {
    tag: null,
    required: { min: { kind: 'int', ge: 0, le: 2147483648 }, max: { kind: 'int', ge: 0, le: 2147483648 } },
    optional: {},
  },
  ErrorInfo: {
    tag: null,
    required: { name: of.ErrorName, message: { kind: 'str' } },
    optional: { requested: { kind: 'float' }, quota: { kind: 'float' } },
  },
  Grant: {
    tag: null,
    required: { profile: { kind: 'str' }, origin: of.Origin, state: of.GrantState, since: { kind: 'float' } },
    optional: {},
  },
  Activity: {
    tag: null,
    required: {
      origin: of.Origin,
      sessions: of.Tokens,
      requests: of.Tokens,
      running: of.Tokens,
      waiting: of.Tokens,
      tokensPerSecond: of.Rate,
    },
    optional: {},
  },
  LoadedModel: {
    tag: null,
    required: {
      name: { kind: 'str' },
      device: { kind: 'str' },
      memory: of.Client,
      cacheUsed: { kind: 'float', ge: 0, le: 1 },
    },
    optional: {},
  },
  EngineStatus: {
    tag: null,
    required: {
      models: { kind: 'array', of: { kind: 'struct', names: ['LoadedModel'] } },
      running: of.Tokens,
      waiting: of.Tokens,
      tokensPerSecond: of.Rate,
    },
    optional: {},
  },
  Availability: {
    tag: 'availability',
    required: { id: of.Id, interface: of.Interface },
    optional: { expectedInputs: of.Expectations, expectedOutputs: of.Expectations },
  },
  Create: {
    tag: 'create',
    required: { id: of.Id, interface: of.Interface },
    optional: {
      expectedInputs: of.Expectations,
      expectedOutputs: of.Expectations,
      initialPrompts: of.Messages,
      samplingMode: of.SamplingMode,
      tools: { kind: 'array', of: { kind: 'struct', names: ['Tool'] }, max: 4096 },
    },
  },
  Prompt: {
    tag: 'prompt',
    required: { id: of.Id, session: of.Id, input: of.Messages, stream: { kind: 'bool' } },
    optional: {
      constraint: { kind: 'nullable', of: { kind: 'struct', names: ['JsonSchema', 'RegExp'] } },
      omitConstraintInput: { kind: 'bool' },
    },
  },
  Append: { tag: 'append', required: { id: of.Id, session: of.Id, input: of.Messages }, optional: {} },
  Measure: {
    tag: 'measure',
    required: { id: of.Id, session: of.Id, input: of.Messages },
    optional: {
      constraint: { kind: 'nullable', of: { kind: 'struct', names: ['JsonSchema', 'RegExp'] } },
      omitConstraintInput: { kind: 'bool' },
    },
  },
  Clone: { tag: 'clone', required: { id: of.Id, session: of.Id }, optional: {} },
  TaskAvailability: { tag: 'taskAvailability', required: { id: of.Id, options: of.TaskOptions }, optional: {} },
  CreateTask: {
    tag: 'createTask',
    required: { id: of.Id, options: of.TaskOptions },
    optional: { sharedContext: { kind: 'str' } },
  },
  RunTask: {
    tag: 'runTask',
    required: { id: of.Id, session: of.Id, input: { kind: 'str' }, stream: { kind: 'bool' } },
    optional: { context: { kind: 'str' } },
  },
  MeasureTask: {
    tag: 'measureTask',
    required: { id: of.Id, session: of.Id, input: { kind: 'str' } },
    optional: { context: { kind: 'str' } },
  },
  Destroy: { tag: 'destroy', required: { session: of.Id }, optional: {} },
  Abort: { tag: 'abort', required: { id: of.Id }, optional: {} },
  Credit: { tag: 'credit', required: { id: of.Id, chunks: { kind: 'int', ge: 1, le: 2147483648 } }, optional: {} },
  ToolResults: {
    tag: 'toolResults',
    required: { id: of.Id, responses: { kind: 'array', of: { kind: 'struct', names: ['ToolResponse'] }, max: 4096 } },
    optional: {},
  },
  Hello: {
    tag: 'hello',
    required: {
      protocol: { kind: 'struct', names: ['Versions'] },
      version: of.Tag,
      profile: { kind: 'str', min: 1, max: 128 },
    },
    optional: {},
  },
  FromPage: {
    tag: 'page',
    required: {
      client: of.Client,
      origin: of.Origin,
      incognito: { kind: 'bool' },
      request: { kind: 'raw' },
      allowed: { kind: 'array', of: { kind: 'enum', values: [
    'language-model',
    'summarizer',
    'writer',
    'rewriter',
    'proofreader',
    'translator',
    'language-detector',
  ] }, max: 4096 },
      activated: { kind: 'bool' },
      active: { kind: 'bool' },
      visible: { kind: 'bool' },
    },
    optional: { embedder: { kind: 'nullable', of: of.Origin } },
  },
  Visible: { tag: 'visible', required: { client: of.Client, visible: { kind: 'bool' } }, optional: {} },
  Gone: { tag: 'gone', required: { client: of.Client, suspended: { kind: 'bool' } }, optional: {} },
  PrivateEnded: { tag: 'privateEnded', required: {}, optional: {} },
  Decide: { tag: 'decide', required: { ask: of.Id, decision: of.Decision }, optional: {} },
  Status: { tag: 'status', required: { id: of.Id }, optional: {} },
  Revoke: { tag: 'revoke', required: { id: of.Id, origin: of.Origin }, optional: {} },
  StopOrigin: { tag: 'stopOrigin', required: { id: of.Id, origin: of.Origin }, optional: {} },
  Watch: { tag: 'watch', required: { on: { kind: 'bool' } }, optional: {} },
  AvailabilityResult: { tag: 'availability', required: { availability: of.AvailabilityValue }, optional: {} },
  SessionResult: { tag: 'session', required: { contextWindow: of.Tokens, contextUsage: of.Tokens }, optional: {} },
  UsageResult: { tag: 'usage', required: { contextUsage: of.Tokens }, optional: {} },
  MeasureResult: { tag: 'measure', required: { usage: of.Tokens }, optional: {} },
  TaskResult: {
    tag: 'task',
    required: { options: of.TaskOptions, inputQuota: { kind: 'nullable', of: of.Tokens } },
    optional: {},
  },
  WrittenResult: { tag: 'written', required: {}, optional: {} },
  ProofreadResult: {
    tag: 'proofread',
    required: {
      correctedInput: { kind: 'str' },
      corrections: { kind: 'nullable', of: { kind: 'array', of: { kind: 'struct', names: ['Correction'] } } },
    },
    optional: {},
  },
  DetectionResult: {
    tag: 'detection',
    required: { languages: { kind: 'array', of: { kind: 'struct', names: ['DetectedLanguage'] } } },
    optional: {},
  },
  StatusResult: {
    tag: 'status',
    required: {
      version: { kind: 'str' },
      model: { kind: 'str' },
      problem: { kind: 'nullable', of: { kind: 'str' } },
      grants: { kind: 'array', of: { kind: 'struct', names: ['Grant'] } },
      activity: { kind: 'array', of: { kind: 'struct', names: ['Activity'] } },
      engine: { kind: 'nullable', of: { kind: 'struct', names: ['EngineStatus'] } },
    },
    optional: {},
  },
  RevokeResult: { tag: 'revoke', required: { revoked: of.Tokens }, optional: {} },
  StopResult: { tag: 'stop', required: { stopped: of.Tokens }, optional: {} },
  Welcome: {
    tag: 'hello',
    required: {
      protocol: { kind: 'struct', names: ['Versions'] },
      version: { kind: 'str' },
      update: { kind: 'nullable', of: { kind: 'enum', values: ['host', 'extension'] } },
    },
    optional: {},
  },
  Progress: {
    tag: 'progress',
    required: { client: of.Client, id: of.Id, loaded: { kind: 'float', ge: 0, le: 1 } },
    optional: {},
  },
  Chunk: { tag: 'chunk', required: { client: of.Client, id: of.Id, text: { kind: 'str', min: 1 } }, optional: {} },
  ToolCalls: {
    tag: 'toolCalls',
    required: { client: of.Client, id: of.Id, calls: { kind: 'array', of: { kind: 'struct', names: ['ToolCall'] } } },
    optional: {},
  },
  Overflow: { tag: 'overflow', required: { client: of.Client, id: of.Id }, optional: {} },
  Ask: {
    tag: 'ask',
    required: {
      ask: of.Id,
      origin: of.Origin,
      interface: of.Interface,
      model: { kind: 'str' },
      incognito: { kind: 'bool' },
    },
    optional: { embedder: { kind: 'nullable', of: of.Origin } },
  },
  AskEnded: { tag: 'askEnded', required: { ask: of.Id }, optional: {} },
  Live: {
    tag: 'live',
    required: {
      activity: { kind: 'array', of: { kind: 'struct', names: ['Activity'] } },
      engine: { kind: 'nullable', of: { kind: 'struct', names: ['EngineStatus'] } },
    },
    optional: {},
  },
  Done: { tag: 'done', required: { client: of.Client, id: of.Id, result: of.Result }, optional: {} },
  Error: {
    tag: 'error',
    required: { client: of.Client, id: of.Id, error: { kind: 'struct', names: ['ErrorInfo'] } },
    optional: {},
  },
  Idle: { tag: 'idle', required: {}, optional: {} },
  ProtocolError: { tag: 'protocolError', required: { message: { kind: 'str' } }, optional: {} },
};

/** Returns the value itself, or throws a WireError. */
export function decodePageRequest(value: unknown): PageRequest {
  judge(value, of.PageRequest, structs);
  return value as PageRequest;
}

/** Returns the value itself, or throws a WireError. */
export function decodeHostHears(value: unknown): HostHears {
  judge(value, of.HostHears, structs);
  return value as HostHears;
}

/** Returns the value itself, or throws a WireError. */
export function decodeHostSays(value: unknown): HostSays {
  judge(value, of.HostSays, structs);
  return value as HostSays;
}
