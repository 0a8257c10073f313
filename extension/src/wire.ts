/**
 * Wire: judges a value (parsed JSON) by the tables of `protocol.ts`, as strictly as the Host does.
 *
 * Rules: unknown fields are refused; lengths count code points; the first fault found ends the judgement, in the
 * Host's own words, so that one golden frame names one error for both languages.
 */

export type Schema =
  | { readonly kind: 'bool' | 'raw' }
  | { readonly kind: 'int' | 'float'; readonly ge?: number; readonly le?: number }
  | { readonly kind: 'str'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'array'; readonly of: Schema; readonly max?: number }
  /** One of these structs, told apart by their tags if there are several. */
  | { readonly kind: 'struct'; readonly names: readonly string[] }
  | { readonly kind: 'nullable'; readonly of: Schema };

export interface Struct {
  /** What the field `type` says; null for a struct without one. */
  readonly tag: string | null;
  readonly required: Readonly<Record<string, Schema>>;
  readonly optional: Readonly<Record<string, Schema>>;
}

export type Structs = Readonly<Record<string, Struct>>;

/** The value is not what the protocol allows; the message says what and where. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Throws a WireError unless `value` is what `schema` asks for. */
export function judge(value: unknown, schema: Schema, structs: Structs): void {
  new Judge(structs).check(value, schema, '$');
}

class Judge {
  readonly #structs: Structs;

  constructor(structs: Structs) {
    this.#structs = structs;
  }

  check(value: unknown, schema: Schema, path: string): void {
    switch (schema.kind) {
      case 'raw':
        return;
      case 'nullable':
        if (value === null) return;
        if (!isOf(value, schema.of)) mismatch(value, `${spelling(schema.of)} | null`, path);
        this.check(value, schema.of, path);
        return;
      case 'bool':
        if (typeof value !== 'boolean') mismatch(value, 'bool', path);
        return;
      case 'int':
      case 'float':
        if (!isOf(value, schema)) mismatch(value, schema.kind, path);
        checkRange(value as number, schema, path);
        return;
      case 'str':
        if (typeof value !== 'string') mismatch(value, 'str', path);
        checkLength(Array.from(value).length, schema, path);
        return;
      case 'enum':
        if (typeof value !== 'string') mismatch(value, 'str', path);
        if (!schema.values.includes(value)) refuse(`Invalid enum value '${value}'`, path);
        return;
      case 'array':
        if (!Array.isArray(value)) mismatch(value, 'array', path);
        for (const [index, item] of (value as unknown[]).entries()) this.check(item, schema.of, `${path}[${index}]`);
        checkLength(value.length, schema, path);
        return;
      case 'struct':
        if (kindOf(value) !== 'object') mismatch(value, 'object', path);
        this.#checkStruct(new Map(Object.entries(value as object)), schema.names, path);
    }
  }

  #checkStruct(fields: Map<string, unknown>, names: readonly string[], path: string): void {
    const { tag, required, optional } = this.#select(fields, names, path);
    const schemas = new Map([...Object.entries(required), ...Object.entries(optional)]);
    for (const [name, value] of fields) {
      const schema = schemas.get(name);
      if (schema !== undefined) this.check(value, schema, `${path}.${name}`);
      else if (name !== 'type' || tag === null) refuse(`Object contains unknown field \`${name}\``, path);
      else if (value !== tag) refuseTag(value, path);
    }
    for (const name of Object.keys(required)) {
      if (!fields.has(name)) refuse(`Object missing required field \`${name}\``, path);
    }
  }

  /** The struct that `fields` claim to be. One that stands alone needs no tag. */
  #select(fields: Map<string, unknown>, names: readonly string[], path: string): Struct {
    const members = names.flatMap((name) => this.#structs[name] ?? []);
    if (members.length === 1 && members[0] !== undefined) return members[0];
    if (!fields.has('type')) refuse('Object missing required field `type`', path);
    const tag = fields.get('type');
    return members.find((struct) => struct.tag === tag) ?? refuseTag(tag, path);
  }
}

/** JSON's kinds in the Host's words; what JSON cannot hold keeps JavaScript's. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'string') return 'str';
  return typeof value;
}

/** How the Host spells the kind that a schema asks for. */
function spelling(schema: Schema): string {
  switch (schema.kind) {
    case 'enum':
      return 'str';
    case 'struct':
      return 'object';
    case 'nullable':
      return `${spelling(schema.of)} | null`;
    case 'array':
    case 'bool':
    case 'float':
    case 'int':
    case 'raw':
    case 'str':
      return schema.kind;
  }
}

/** Whether the kind fits; a whole number is a float as well. */
function isOf(value: unknown, schema: Schema): boolean {
  const kind = kindOf(value);
  return kind === spelling(schema) || (schema.kind === 'float' && kind === 'int');
}

function checkRange(value: number, { kind, ge, le }: Schema & { kind: 'int' | 'float' }, path: string): void {
  if (!Number.isFinite(value)) refuse('Number out of range', path);
  const spelled = (bound: number): string => (kind === 'float' && Number.isInteger(bound) ? `${bound}.0` : `${bound}`);
  if (ge !== undefined && value < ge) refuse(`Expected \`${kind}\` >= ${spelled(ge)}`, path);
  if (le !== undefined && value > le) refuse(`Expected \`${kind}\` <= ${spelled(le)}`, path);
}

function checkLength(length: number, schema: Schema & { kind: 'str' | 'array' }, path: string): void {
  const { kind, max } = schema;
  const min = kind === 'str' ? schema.min : undefined;
  if (min !== undefined && length < min) refuse(`Expected \`${kind}\` of length >= ${min}`, path);
  if (max !== undefined && length > max) refuse(`Expected \`${kind}\` of length <= ${max}`, path);
}

function mismatch(value: unknown, expected: string, path: string): never {
  refuse(`Expected \`${expected}\`, got \`${kindOf(value)}\``, path);
}

function refuseTag(tag: unknown, path: string): never {
  refuse(typeof tag === 'string' ? `Invalid value '${tag}'` : 'Expected `str`', `${path}.type`);
}

function refuse(what: string, path: string): never {
  throw new WireError(path === '$' ? what : `${what} - at \`${path}\``);
}
