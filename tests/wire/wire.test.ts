// Golden frames, judged by the extension's decoders. `test_wire.py` judges the same files by the Host's.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  decodeHostHears,
  decodeHostSays,
  decodePageRequest,
  WireError,
  type HostHears,
  type HostSays,
  type PageRequest,
} from '../../extension/src/protocol';
import { judge } from '../../extension/src/wire';

interface Refused {
  readonly frame: unknown;
  readonly error: string;
}

const decoders = new Map<string, (frame: unknown) => PageRequest | HostHears | HostSays>([
  ['page_request', decodePageRequest],
  ['host_hears', decodeHostHears],
  ['host_says', decodeHostSays],
]);

function golden(folder: string): [string, unknown][] {
  const url = new URL(`${folder}/`, import.meta.url);
  const files = readdirSync(url).filter((file) => file.endsWith('.json'));
  return files.map((file) => [file, JSON.parse(readFileSync(new URL(file, url), 'utf8'))]);
}

describe.each([...decoders])('%s', (union, decode) => {
  it.each(golden(`valid/${union}`))('reads %s', (_, frame) => {
    expect(decode(frame)).toBe(frame);
  });

  it.each(golden(`invalid/${union}`) as [string, Refused][])('refuses %s', (_, { frame, error }) => {
    expect(() => decode(frame)).toThrow(new WireError(error));
  });
});

describe('what structured clone can hold and JSON cannot', () => {
  it.each([
    ['nothing', undefined, 'Expected `object`, got `undefined`'],
    ['a date', { type: 'protocolError', message: new Date(0) }, 'Expected `str`, got `object` - at `$.message`'],
    ['a big integer', { type: 'askEnded', ask: 1n }, 'Expected `int`, got `bigint` - at `$.ask`'],
    ['undefined in a field', { type: 'askEnded', ask: undefined }, 'Expected `int`, got `undefined` - at `$.ask`'],
    ['NaN', { type: 'progress', client: 1, id: 1, loaded: NaN }, 'Number out of range - at `$.loaded`'],
  ])('refuses %s', (_, frame, error) => {
    expect(() => decodeHostSays(frame)).toThrow(new WireError(error));
  });

  it('refuses a hole in an array', () => {
    expect(() => { judge(new Array(1), { kind: 'array', of: { kind: 'bool' } }, {}); })
      .toThrow(new WireError('Expected `bool`, got `undefined` - at `$[0]`'));
  });
});
