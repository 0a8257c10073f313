/**
 * Owns the tools of a session and of its clones: converting and checking what a page declares, and running those that
 * it gave with `execute` while a prompt waits.
 *
 * Rules: callbacks stay in the page; whatever one does (throw, never settle, answer what is no string) costs its own
 * call at most; a result that comes when nobody waits for it any more is forgotten.
 */

import type { Tool, ToolCall, ToolResponse } from '../protocol';
import { notSupported, quotaExceeded } from './errors';
import type { Link } from './link';
import { Promise, TypeError, apply, each, newList, newTable, isList, parse, settled, stringify, toWellFormed } from './primordials';
import { MAX_NAME } from './tool_parts';
import { isObject, required, toCallback, toDOMString, toDictionary, type Callback, type Dictionary } from './webidl';

/** Tools of one session (count): protocol.py's MAX_LIST_ITEMS. No context window holds as many. */
const MAX_TOOLS = 4096;

/** UTF-16 units of all definitions, and of the results of one round: more fits no context window and no frame. */
const MAX_TEXT = 2 ** 21;

/** A tool as the page gave it, converted. */
export interface PageTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: object;
  readonly execute: Callback | null;
}

/** `execute` is required by the specification and absent where the page runs its tools itself, as in Chromium. */
export function toTool(value: unknown): PageTool {
  const tool = toDictionary(value, 'tool');
  const description = toDOMString(required(tool['description'], 'description'));
  const given = tool['execute'];
  const execute = given === undefined ? null : toCallback(given, 'execute');
  const inputSchema = required(tool['inputSchema'], 'inputSchema');
  if (!isObject(inputSchema)) {
    throw new TypeError('inputSchema is not an object.');
  }
  const name = toDOMString(required(tool['name'], 'name'));
  return { name, description, inputSchema, execute };
}

export class Toolbox {
  readonly definitions: readonly Tool[];
  readonly #callbacks = newTable<string, Callback>();

  /**
   * `callsAreTold`: calls may be an answer, as tools without `execute` need. Throws TypeError, or what the page's schemas
   * throw while they are serialized.
   */
  constructor(tools: readonly PageTool[], callsAreTold: boolean) {
    each(tools, ({ execute }) => {
      if (!execute && !callsAreTold) {
        throw new TypeError('Tools without execute need tool-call in expectedOutputs.');
      }
    });
    const definitions = newList<Tool>();
    const names = newTable<string, true>();
    let size = 0;
    each(tools, ({ name, description, inputSchema, execute }, index) => {
      if (name === '' || description === '' || names.get(name)) {
        throw new TypeError('A tool has no name, another one\'s name, or no description.');
      }
      names.set(name, true);
      if (execute) {
        this.#callbacks.set(name, execute);
      }
      const definition = {
        name,
        description: toWellFormed(description),
        inputSchema: schemaText(inputSchema),
        runs: execute !== null,
      };
      size += definition.description.length + definition.inputSchema.length;
      definitions[index] = definition;
      if (name.length > MAX_NAME || toWellFormed(name) !== name) {
        throw notSupported("A tool's name is too long or not well-formed.");
      }
    });
    if (definitions.length > MAX_TOOLS || size > MAX_TEXT) {
      throw quotaExceeded('The tools are larger than any context window.', {});
    }
    this.definitions = definitions;
  }

  /** Whether all of the tools are run here, while a prompt waits. */
  get runsAll(): boolean {
    return this.runs(this.definitions);
  }

  /** Whether all that are named are run here, while a prompt waits. */
  runs(named: readonly { readonly name: string }[]): boolean {
    let all = true;
    each(named, ({ name }) => {
      all &&= this.#callbacks.get(name) !== undefined;
    });
    return all;
  }

  /** The prompt `id` makes calls: it waits for tools that run here; others are told to `call`. */
  hear(calls: readonly ToolCall[], link: Link, id: number, call?: (call: ToolCall) => void): void {
    if (!this.runs(calls)) {
      each(calls, (one) => call?.(one));
      return;
    }
    const isWanted = (): boolean => link.wants(id);
    this.#run(calls, isWanted, (responses) => {
      link.answerTools(id, responses);
    });
  }

  /** Runs all calls at once and tells what they gave when the last one has settled. Stops when `isWanted` is false. */
  #run(calls: readonly ToolCall[], isWanted: () => boolean, tell: (responses: readonly ToolResponse[]) => void): void {
    const responses = newList<ToolResponse>();
    const longest = MAX_TEXT / calls.length;
    let missing = calls.length;
    each(calls, ({ callId, name, arguments: given }, index) => {
      const execute = this.#callbacks.get(name);
      if (!execute || !isWanted()) {
        return;
      }
      const told = (content: string, failed: boolean): void => {
        const response = { type: 'tool-response', callId, name } as const;
        responses[index] =
          content.length > longest
            ? { ...response, content: 'The result is too long.', failed: true }
            : { ...response, content: toWellFormed(content), failed };
        missing -= 1;
        if (missing === 0) {
          tell(responses);
        }
      };
      void settled(
        resultOf(execute, given),
        (text) => {
          told(text, false);
        },
        (reason) => {
          told(described(reason), true);
        },
      );
    });
  }
}

/** `callback Promise<DOMString>`, called with one object. */
function resultOf(execute: Callback, given: string): Promise<string> {
  const result = new Promise<unknown>((resolve) => {
    resolve(apply(execute, undefined, [parse(given)]));
  });
  return settled(result, toDOMString);
}

/** What went wrong, as far as the page says it. */
function described(reason: unknown): string {
  try {
    return toDOMString(reason);
  } catch {
    return 'The tool failed.';
  }
}

/** The schema as JSON, of which the model is told: what serializing it throws is the page's own. */
function schemaText(inputSchema: object): string {
  const text = stringify(inputSchema);
  const schema = text === undefined ? null : parse(text);
  if (text === undefined || !isObject(schema)) {
    throw new TypeError('inputSchema is not a JSON Schema.');
  }
  const { type, properties, required: names } = schema as Dictionary;
  const hasProperties = properties === undefined || (isObject(properties) && !isList(properties));
  if (isList(schema) || type !== 'object' || !hasProperties || !(names === undefined || isList(names))) {
    throw new TypeError('inputSchema is not a JSON Schema of an object.');
  }
  return toWellFormed(text);
}
