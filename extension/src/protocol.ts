// GENERATED from host/windowsill/protocol.py by `make protocol`. Do not edit.

import { decoderOf, type Schema } from "./wire";

export const PROTOCOL_MIN = 1;

export const PROTOCOL_MAX = 1;

export type Interface = "language-model";

export type Role = "system" | "user" | "assistant";

export type MessageType = "text" | "image" | "audio" | "tool-call" | "tool-response";

export type SamplingMode = "most-predictable" | "predictable" | "slightly-predictable" | "balanced" | "slightly-creative" | "creative" | "most-creative";

export type AvailabilityValue = "unavailable" | "downloadable" | "downloading" | "available";

export type Decision = "allow" | "once" | "block" | "dismiss";

export type GrantState = "allow" | "once" | "block";

export type ErrorName = "AbortError" | "InvalidStateError" | "NetworkError" | "NotAllowedError" | "NotReadableError" | "NotSupportedError" | "OperationError" | "QuotaExceededError" | "UnknownError";

/** A text part of a message; ``value`` is well-formed Unicode (the Page replaces lone surrogates). */
export interface Text {
  readonly type: "text";
  readonly value: string;
}

/** One canonical message: adjacent text parts are already joined. ``prefix``: the reply continues this message. */
export interface Message {
  readonly role: Role;
  readonly content: readonly Text[];
  readonly prefix?: boolean;
}

/** One entry of ``expectedInputs``/``expectedOutputs``; languages are canonical BCP 47 tags, none = any. */
export interface Expected {
  readonly kind: MessageType;
  readonly languages?: readonly string[];
}

/** Inclusive range of protocol numbers that a side speaks. */
export interface Versions {
  readonly min: number;
  readonly max: number;
}

/** The specifications' error information. ``requested`` and ``quota`` (tokens) only with QuotaExceededError. */
export interface ErrorInfo {
  readonly name: ErrorName;
  readonly message: string;
  readonly requested?: number;
  readonly quota?: number;
}

/** One remembered answer. ``since``: seconds since the Unix epoch. ``profile`` "*": every profile of this user. */
export interface Grant {
  readonly profile: string;
  readonly origin: string;
  readonly state: GrantState;
  readonly since: number;
}

/** Live use of one origin: open sessions and requests under way (counts). */
export interface Activity {
  readonly origin: string;
  readonly sessions: number;
  readonly requests: number;
}

/** Static ``availability()``; answered with an ``AvailabilityResult``, never asks. */
export interface Availability {
  readonly type: "availability";
  readonly id: number;
  readonly interface: Interface;
  readonly expectedInputs?: readonly Expected[];
  readonly expectedOutputs?: readonly Expected[];
}

/** Static ``create()``; may raise the ask window; ``progress`` events, then a ``SessionResult``. */
export interface Create {
  readonly type: "create";
  readonly id: number;
  readonly interface: Interface;
  readonly expectedInputs?: readonly Expected[];
  readonly expectedOutputs?: readonly Expected[];
  readonly initialPrompts?: readonly Message[];
  readonly samplingMode?: SamplingMode;
}

/** ``prompt()`` (``stream`` false: the text comes as few chunks as fit) and ``promptStreaming()``. */
export interface Prompt {
  readonly type: "prompt";
  readonly id: number;
  readonly session: number;
  readonly input: readonly Message[];
  readonly stream: boolean;
}

/** ``append()``: an ``UsageResult`` once the messages are part of the session. */
export interface Append {
  readonly type: "append";
  readonly id: number;
  readonly session: number;
  readonly input: readonly Message[];
}

/** ``measureContextUsage()``: a ``MeasureResult``; changes nothing and does not queue. */
export interface Measure {
  readonly type: "measure";
  readonly id: number;
  readonly session: number;
  readonly input: readonly Message[];
}

/** ``clone()``: a ``SessionResult`` for the session named by this request's id. */
export interface Clone {
  readonly type: "clone";
  readonly id: number;
  readonly session: number;
}

/** Notice: the session is gone, and all it has in flight. */
export interface Destroy {
  readonly type: "destroy";
  readonly session: number;
}

/** Notice: the request ``id`` is not wanted any more. */
export interface Abort {
  readonly type: "abort";
  readonly id: number;
}

/** Notice: the reader of the streaming request ``id`` has taken ``chunks`` more chunks. */
export interface Credit {
  readonly type: "credit";
  readonly id: number;
  readonly chunks: number;
}

/** First frame of the Broker. ``profile``: random id that the extension keeps for this browser profile. */
export interface Hello {
  readonly type: "hello";
  readonly protocol: Versions;
  readonly version: string;
  readonly profile: string;
}

/** A Page's request, unread, with what Broker (first four) and Relay (the rest) know for certain. ``allowed``: interfaces that the permissions policy leaves this document; ``activated``: sticky user activation; ``embedder``: top document's origin, when it is another one; ``visible``: the document is on screen. */
export interface FromPage {
  readonly type: "page";
  readonly client: number;
  readonly origin: string;
  readonly incognito: boolean;
  readonly request: unknown;
  readonly allowed: readonly Interface[];
  readonly activated: boolean;
  readonly visible: boolean;
  readonly embedder?: string | null;
}

/** A document's port closed: abort its work. ``suspended``: it may return from the back/forward cache. */
export interface Gone {
  readonly type: "gone";
  readonly client: number;
  readonly suspended: boolean;
}

/** The user's answer to an ``ask``; ``dismiss`` is "not now". */
export interface Decide {
  readonly type: "decide";
  readonly ask: number;
  readonly decision: Decision;
}

/** The extension's own pages want a ``StatusResult``. */
export interface Status {
  readonly type: "status";
  readonly id: number;
}

/** Forget this profile's answer for an origin (stops its work); an ``UsageResult``-less ``RevokeResult``. */
export interface Revoke {
  readonly type: "revoke";
  readonly id: number;
  readonly origin: string;
}

export interface AvailabilityResult {
  readonly type: "availability";
  readonly availability: AvailabilityValue;
}

/** Answer to ``create`` and ``clone``: tokens. */
export interface SessionResult {
  readonly type: "session";
  readonly contextWindow: number;
  readonly contextUsage: number;
}

/** Answer to ``prompt`` and ``append``: the session's usage now (tokens). */
export interface UsageResult {
  readonly type: "usage";
  readonly contextUsage: number;
}

/** Tokens that the input would take. */
export interface MeasureResult {
  readonly type: "measure";
  readonly usage: number;
}

/** ``model``: the chosen model's name, for the user's eyes only; ``problem``: why it cannot be used, if so. */
export interface StatusResult {
  readonly type: "status";
  readonly version: string;
  readonly model: string;
  readonly problem: string | null;
  readonly grants: readonly Grant[];
  readonly activity: readonly Activity[];
}

/** ``revoked``: records removed (count). */
export interface RevokeResult {
  readonly type: "revoke";
  readonly revoked: number;
}

/** Answer to ``hello``. ``update``: which side is too old to go on with, if one is. */
export interface Welcome {
  readonly type: "hello";
  readonly protocol: Versions;
  readonly version: string;
  readonly update: "host" | "extension" | null;
}

/** Download progress of ``create``: the fraction, 0 to 1, a multiple of 1/65536. */
export interface Progress {
  readonly type: "progress";
  readonly client: number;
  readonly id: number;
  readonly loaded: number;
}

/** Text of one event: whole code points, never empty; the concatenation of all is the result. */
export interface Chunk {
  readonly type: "chunk";
  readonly client: number;
  readonly id: number;
  readonly text: string;
}

/** The session dropped its oldest call to make room (event ``contextoverflow``). */
export interface Overflow {
  readonly type: "overflow";
  readonly client: number;
  readonly id: number;
}

/** For the Broker: raise the ask window. Further documents of the same origin join a window that is open. */
export interface Ask {
  readonly type: "ask";
  readonly ask: number;
  readonly origin: string;
  readonly interface: Interface;
  readonly model: string;
  readonly incognito: boolean;
  readonly embedder?: string | null;
}

/** For the Broker: the question is answered or nobody waits for it any more; close its window. */
export interface AskEnded {
  readonly type: "askEnded";
  readonly ask: number;
}

export interface Done {
  readonly type: "done";
  readonly client: number;
  readonly id: number;
  readonly result: AvailabilityResult | SessionResult | UsageResult | MeasureResult | StatusResult | RevokeResult;
}

export interface Error {
  readonly type: "error";
  readonly client: number;
  readonly id: number;
  readonly error: ErrorInfo;
}

/** Neither sessions nor requests nor questions are left: the Broker may close the native port. */
export interface Idle {
  readonly type: "idle";
}

/** A frame was refused and had no request to blame. ``message`` is for the log. */
export interface ProtocolError {
  readonly type: "protocolError";
  readonly message: string;
}

export type PageRequest = Availability | Create | Prompt | Append | Measure | Clone | Destroy | Abort | Credit;

export type HostHears = Hello | FromPage | Gone | Decide | Status | Revoke;

export type Result = AvailabilityResult | SessionResult | UsageResult | MeasureResult | StatusResult | RevokeResult;

export type HostSays = Welcome | Progress | Chunk | Overflow | Ask | AskEnded | Done | Error | Idle | ProtocolError;

const structs: Record<string, Schema> = {
  Text: {"kind": "struct", "tag": "text", "fields": {"value": {"of": {"kind": "str"}, "required": true}}},
  Message: {"kind": "struct", "tag": null, "fields": {"role": {"of": {"kind": "enum", "values": ["assistant", "system", "user"]}, "required": true}, "content": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Text"]}, "max": 4096}, "required": true}, "prefix": {"of": {"kind": "bool"}, "required": false}}},
  Expected: {"kind": "struct", "tag": null, "fields": {"kind": {"of": {"kind": "enum", "values": ["audio", "image", "text", "tool-call", "tool-response"]}, "required": true}, "languages": {"of": {"kind": "array", "of": {"kind": "str", "min": 1, "max": 255}, "max": 4096}, "required": false}}},
  Versions: {"kind": "struct", "tag": null, "fields": {"min": {"of": {"kind": "int", "ge": 0, "le": 2147483648}, "required": true}, "max": {"of": {"kind": "int", "ge": 0, "le": 2147483648}, "required": true}}},
  ErrorInfo: {"kind": "struct", "tag": null, "fields": {"name": {"of": {"kind": "enum", "values": ["AbortError", "InvalidStateError", "NetworkError", "NotAllowedError", "NotReadableError", "NotSupportedError", "OperationError", "QuotaExceededError", "UnknownError"]}, "required": true}, "message": {"of": {"kind": "str"}, "required": true}, "requested": {"of": {"kind": "float"}, "required": false}, "quota": {"of": {"kind": "float"}, "required": false}}},
  Grant: {"kind": "struct", "tag": null, "fields": {"profile": {"of": {"kind": "str"}, "required": true}, "origin": {"of": {"kind": "str", "min": 1, "max": 2048}, "required": true}, "state": {"of": {"kind": "enum", "values": ["allow", "block", "once"]}, "required": true}, "since": {"of": {"kind": "float"}, "required": true}}},
  Activity: {"kind": "struct", "tag": null, "fields": {"origin": {"of": {"kind": "str", "min": 1, "max": 2048}, "required": true}, "sessions": {"of": {"kind": "int", "ge": 0}, "required": true}, "requests": {"of": {"kind": "int", "ge": 0}, "required": true}}},
  Availability: {"kind": "struct", "tag": "availability", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "interface": {"of": {"kind": "enum", "values": ["language-model"]}, "required": true}, "expectedInputs": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Expected"]}, "max": 4096}, "required": false}, "expectedOutputs": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Expected"]}, "max": 4096}, "required": false}}},
  Create: {"kind": "struct", "tag": "create", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "interface": {"of": {"kind": "enum", "values": ["language-model"]}, "required": true}, "expectedInputs": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Expected"]}, "max": 4096}, "required": false}, "expectedOutputs": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Expected"]}, "max": 4096}, "required": false}, "initialPrompts": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Message"]}, "max": 4096}, "required": false}, "samplingMode": {"of": {"kind": "enum", "values": ["balanced", "creative", "most-creative", "most-predictable", "predictable", "slightly-creative", "slightly-predictable"]}, "required": false}}},
  Prompt: {"kind": "struct", "tag": "prompt", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "session": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "input": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Message"]}, "max": 4096}, "required": true}, "stream": {"of": {"kind": "bool"}, "required": true}}},
  Append: {"kind": "struct", "tag": "append", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "session": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "input": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Message"]}, "max": 4096}, "required": true}}},
  Measure: {"kind": "struct", "tag": "measure", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "session": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "input": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Message"]}, "max": 4096}, "required": true}}},
  Clone: {"kind": "struct", "tag": "clone", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "session": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}}},
  Destroy: {"kind": "struct", "tag": "destroy", "fields": {"session": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}}},
  Abort: {"kind": "struct", "tag": "abort", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}}},
  Credit: {"kind": "struct", "tag": "credit", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "chunks": {"of": {"kind": "int", "ge": 1, "le": 2147483648}, "required": true}}},
  Hello: {"kind": "struct", "tag": "hello", "fields": {"protocol": {"of": {"kind": "ref", "names": ["Versions"]}, "required": true}, "version": {"of": {"kind": "str", "min": 1, "max": 255}, "required": true}, "profile": {"of": {"kind": "str", "min": 1, "max": 128}, "required": true}}},
  FromPage: {"kind": "struct", "tag": "page", "fields": {"client": {"of": {"kind": "int", "ge": 0, "le": 9007199254740991}, "required": true}, "origin": {"of": {"kind": "str", "min": 1, "max": 2048}, "required": true}, "incognito": {"of": {"kind": "bool"}, "required": true}, "request": {"of": {"kind": "raw"}, "required": true}, "allowed": {"of": {"kind": "array", "of": {"kind": "enum", "values": ["language-model"]}, "max": 4096}, "required": true}, "activated": {"of": {"kind": "bool"}, "required": true}, "visible": {"of": {"kind": "bool"}, "required": true}, "embedder": {"of": {"kind": "str", "min": 1, "max": 2048, "nullable": true}, "required": false}}},
  Gone: {"kind": "struct", "tag": "gone", "fields": {"client": {"of": {"kind": "int", "ge": 0, "le": 9007199254740991}, "required": true}, "suspended": {"of": {"kind": "bool"}, "required": true}}},
  Decide: {"kind": "struct", "tag": "decide", "fields": {"ask": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "decision": {"of": {"kind": "enum", "values": ["allow", "block", "dismiss", "once"]}, "required": true}}},
  Status: {"kind": "struct", "tag": "status", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}}},
  Revoke: {"kind": "struct", "tag": "revoke", "fields": {"id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "origin": {"of": {"kind": "str", "min": 1, "max": 2048}, "required": true}}},
  AvailabilityResult: {"kind": "struct", "tag": "availability", "fields": {"availability": {"of": {"kind": "enum", "values": ["available", "downloadable", "downloading", "unavailable"]}, "required": true}}},
  SessionResult: {"kind": "struct", "tag": "session", "fields": {"contextWindow": {"of": {"kind": "int", "ge": 0}, "required": true}, "contextUsage": {"of": {"kind": "int", "ge": 0}, "required": true}}},
  UsageResult: {"kind": "struct", "tag": "usage", "fields": {"contextUsage": {"of": {"kind": "int", "ge": 0}, "required": true}}},
  MeasureResult: {"kind": "struct", "tag": "measure", "fields": {"usage": {"of": {"kind": "int", "ge": 0}, "required": true}}},
  StatusResult: {"kind": "struct", "tag": "status", "fields": {"version": {"of": {"kind": "str"}, "required": true}, "model": {"of": {"kind": "str"}, "required": true}, "problem": {"of": {"kind": "str", "nullable": true}, "required": true}, "grants": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Grant"]}}, "required": true}, "activity": {"of": {"kind": "array", "of": {"kind": "ref", "names": ["Activity"]}}, "required": true}}},
  RevokeResult: {"kind": "struct", "tag": "revoke", "fields": {"revoked": {"of": {"kind": "int", "ge": 0}, "required": true}}},
  Welcome: {"kind": "struct", "tag": "hello", "fields": {"protocol": {"of": {"kind": "ref", "names": ["Versions"]}, "required": true}, "version": {"of": {"kind": "str"}, "required": true}, "update": {"of": {"kind": "enum", "values": ["extension", "host"], "nullable": true}, "required": true}}},
  Progress: {"kind": "struct", "tag": "progress", "fields": {"client": {"of": {"kind": "int", "ge": 0, "le": 9007199254740991}, "required": true}, "id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "loaded": {"of": {"kind": "float", "ge": 0, "le": 1}, "required": true}}},
  Chunk: {"kind": "struct", "tag": "chunk", "fields": {"client": {"of": {"kind": "int", "ge": 0, "le": 9007199254740991}, "required": true}, "id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "text": {"of": {"kind": "str", "min": 1}, "required": true}}},
  Overflow: {"kind": "struct", "tag": "overflow", "fields": {"client": {"of": {"kind": "int", "ge": 0, "le": 9007199254740991}, "required": true}, "id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}}},
  Ask: {"kind": "struct", "tag": "ask", "fields": {"ask": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "origin": {"of": {"kind": "str", "min": 1, "max": 2048}, "required": true}, "interface": {"of": {"kind": "enum", "values": ["language-model"]}, "required": true}, "model": {"of": {"kind": "str"}, "required": true}, "incognito": {"of": {"kind": "bool"}, "required": true}, "embedder": {"of": {"kind": "str", "min": 1, "max": 2048, "nullable": true}, "required": false}}},
  AskEnded: {"kind": "struct", "tag": "askEnded", "fields": {"ask": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}}},
  Done: {"kind": "struct", "tag": "done", "fields": {"client": {"of": {"kind": "int", "ge": 0, "le": 9007199254740991}, "required": true}, "id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "result": {"of": {"kind": "ref", "names": ["AvailabilityResult", "SessionResult", "UsageResult", "MeasureResult", "StatusResult", "RevokeResult"]}, "required": true}}},
  Error: {"kind": "struct", "tag": "error", "fields": {"client": {"of": {"kind": "int", "ge": 0, "le": 9007199254740991}, "required": true}, "id": {"of": {"kind": "int", "ge": 1, "le": 9007199254740991}, "required": true}, "error": {"of": {"kind": "ref", "names": ["ErrorInfo"]}, "required": true}}},
  Idle: {"kind": "struct", "tag": "idle", "fields": {}},
  ProtocolError: {"kind": "struct", "tag": "protocolError", "fields": {"message": {"of": {"kind": "str"}, "required": true}}},
};

export const decodePageRequest = decoderOf<PageRequest>(structs, ["Availability", "Create", "Prompt", "Append", "Measure", "Clone", "Destroy", "Abort", "Credit"]);

export const decodeHostHears = decoderOf<HostHears>(structs, ["Hello", "FromPage", "Gone", "Decide", "Status", "Revoke"]);

export const decodeHostSays = decoderOf<HostSays>(structs, ["Welcome", "Progress", "Chunk", "Overflow", "Ask", "AskEnded", "Done", "Error", "Idle", "ProtocolError"]);
