import { runInNewContext } from 'node:vm';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PageRequest } from '../../../../extension/src/protocol';
import { Page, drain, reasonOf, type PageSession } from './support/page';

const SCHEMA = { type: 'object', properties: { a: { type: 'number' } } };
const AS_WIRE = { type: 'json-schema', schema: JSON.stringify(SCHEMA) };

/** What `prompt` sends for the options. */
async function sent(options: object): Promise<PageRequest> {
  const page = new Page();
  const { session } = await page.session();
  void session.prompt('x', options);
  return page.relay.hear('prompt');
}

/** An evaluation in another realm, as in an iframe. */
function elsewhere(script: string): object {
  return runInNewContext(script) as object;
}

function circular(): object {
  const schema: Record<string, unknown> = {};
  schema['self'] = schema;
  return schema;
}

describe('responseConstraint', () => {
  test('goes along with prompt, stream and measurement', async () => {
    const page = new Page();
    const { session } = await page.session();
    const options = { responseConstraint: SCHEMA };
    void session.prompt('x', options);
    session.promptStreaming('x', options);
    void session.measureContextUsage('x', { ...options, omitResponseConstraintInput: true });
    expect(await page.relay.hear('prompt')).toMatchObject({ constraint: AS_WIRE, omitConstraintInput: false });
    expect(await page.relay.hear('prompt')).toMatchObject({ constraint: AS_WIRE, stream: true });
    expect(await page.relay.hear('measure')).toMatchObject({ constraint: AS_WIRE, omitConstraintInput: true });
  });

  test.each([
    ['without flags', /a+/, { source: 'a+', flags: '' }],
    ['with all flags', /a/dgimsuy, { source: 'a', flags: 'dgimsuy' }],
    ['with sets', new RegExp('[\\p{L}--b]', 'v'), { source: '[\\p{L}--b]', flags: 'v' }],
    ['that is empty', new RegExp(''), { source: '(?:)', flags: '' }],
    ['of another realm', elsewhere('/b\\/c/i'), { source: 'b\\/c', flags: 'i' }],
    ['of a subclass', new (class extends RegExp {})('d'), { source: 'd', flags: '' }],
    ['without its prototype', Object.setPrototypeOf(/e/g, null) as object, { source: 'e', flags: 'g' }],
    [
      'with attributes of its own',
      Object.defineProperties(/f/, { source: { value: 'x' }, flags: { value: 'y' }, global: { value: true } }),
      { source: 'f', flags: '' },
    ],
  ])('is a RegExp %s', async (_what, responseConstraint, pattern) => {
    expect(await sent({ responseConstraint })).toMatchObject({ constraint: { type: 'reg-exp', ...pattern } });
  });

  test.each([
    ['an object of another realm', elsewhere('({ type: "string" })'), '{"type":"string"}'],
    ['an object with toJSON', { toJSON: () => ({ const: 1 }) }, '{"const":1}'],
    ['a list', [1], '[1]'],
    ['what looks like a RegExp', { __proto__: RegExp.prototype, [Symbol.toStringTag]: 'RegExp' }, '{}'],
    ['half a character', { const: '\ud800' }, '{"const":"\\ud800"}'],
  ])('is a schema if it is %s', async (_what, responseConstraint, schema) => {
    expect(await sent({ responseConstraint })).toMatchObject({ constraint: { type: 'json-schema', schema } });
  });

  test.each([
    ['a circle', circular()],
    ['a function', () => 1],
    ['what is nothing as JSON', { toJSON: () => undefined }],
    ['a big integer', { minimum: 1n }],
    [
      'a getter that throws',
      {
        get type(): string {
          throw new Error('mine');
        },
      },
    ],
    ['a schema that is too long', { const: 'x'.repeat(65_536) }],
    ['a pattern that is too long', new RegExp('x'.repeat(65_537))],
    ['half a character in a pattern', new RegExp('\ud800')],
  ])('cannot be %s', async (_what, responseConstraint) => {
    const page = new Page();
    const { session } = await page.session();
    const refusal = expect.objectContaining({ name: 'NotSupportedError' }) as unknown;
    expect(await reasonOf(session.prompt('x', { responseConstraint }))).toEqual(refusal);
    expect(await reasonOf(session.measureContextUsage('x', { responseConstraint }))).toEqual(refusal);
    expect(() => session.promptStreaming('x', { responseConstraint })).toThrow(refusal);
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test.each([null, 'x', 1, true, Symbol('x')])('cannot be the primitive %s', async (responseConstraint) => {
    const { session } = await new Page().session();
    expect(await reasonOf(session.prompt('x', { responseConstraint }))).toBeInstanceOf(TypeError);
    expect(() => session.promptStreaming('x', { responseConstraint })).toThrow(TypeError);
  });

  test('may be undefined, which is as if it were not there', async () => {
    expect(await sent({ responseConstraint: undefined })).not.toHaveProperty('constraint');
  });

  test('has to be there if the model shall not be told of it', async () => {
    const { session } = await new Page().session();
    const options = { omitResponseConstraintInput: true };
    expect(await reasonOf(session.prompt('x', options))).toBeInstanceOf(TypeError);
    expect(await reasonOf(session.measureContextUsage('x', options))).toBeInstanceOf(TypeError);
    expect((await drain(session.promptStreaming('x', options))).error).toBeInstanceOf(TypeError);
  });

  test('is not looked into by a session that is destroyed', async () => {
    const { session } = await new Page().session();
    session.destroy();
    const refused = session.prompt('x', { responseConstraint: circular() });
    expect(await reasonOf(refused)).toMatchObject({ name: 'InvalidStateError' });
  });

  test.each([
    [
      'aborts its call',
      (_: PageSession, controller: AbortController) => {
        controller.abort('mine');
      },
      'mine',
    ],
    [
      'destroys its session',
      (session: PageSession) => {
        session.destroy();
      },
      expect.objectContaining({ name: 'InvalidStateError' }),
    ],
  ])('may run code of the page that %s', async (_what, act, reason) => {
    const page = new Page();
    const { session } = await page.session();
    const controller = new AbortController();
    const toJSON = (): object => {
      act(session, controller);
      return {};
    };
    const answer = session.prompt('x', { responseConstraint: { toJSON }, signal: controller.signal });
    expect(await reasonOf(answer)).toEqual(reason);
    expect((await page.relay.hearAll()).filter(({ type }) => type === 'prompt')).toEqual([]);
  });

  test('is read by built-ins that the page cannot replace', async () => {
    const { stringify } = JSON;
    const getters = Object.getOwnPropertyDescriptors(RegExp.prototype);
    const restore = (): void => {
      JSON.stringify = stringify;
      Object.defineProperties(RegExp.prototype, getters);
    };
    onTestFinished(restore);
    const page = new Page();
    const { session } = await page.session();
    JSON.stringify = () => '"patched"';
    Object.defineProperties(RegExp.prototype, { source: { get: () => 'patched' }, global: { get: () => true } });
    void session.prompt('x', { responseConstraint: SCHEMA });
    void session.prompt('x', { responseConstraint: /a/ });
    restore();
    expect(await page.relay.hear('prompt')).toMatchObject({ constraint: AS_WIRE });
    expect(await page.relay.hear('prompt')).toMatchObject({ constraint: { source: 'a', flags: '' } });
  });

  test('that is not met comes back as the DOMException SyntaxError', async () => {
    const page = new Page();
    const { session } = await page.session();
    const answer = session.prompt('x', { responseConstraint: SCHEMA });
    page.relay.error((await page.relay.hear('prompt')).id, { name: 'SyntaxError', message: 'Not met.' });
    const reason = await reasonOf(answer);
    expect(reason).toBeInstanceOf(DOMException);
    expect(reason).not.toBeInstanceOf(SyntaxError);
    expect(reason).toMatchObject({ name: 'SyntaxError', message: 'Not met.' });
  });
});
