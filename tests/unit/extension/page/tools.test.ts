import { describe, expect, test, vi } from 'vitest';
import { Page, drain, reasonOf, user, type PageSession } from './support/page';
import {
  LanguageModelToolCall,
  LanguageModelToolError,
  LanguageModelToolSuccess,
} from '../../../../extension/src/page/tool_values';

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const CALLS = { expectedOutputs: [{ type: 'tool-call' }], expectedInputs: [{ type: 'tool-call' }, { type: 'tool-response' }] };

function tool(execute?: unknown, name = 'weather'): object {
  return { name, description: 'Tells it.', inputSchema: SCHEMA, ...(execute === undefined ? {} : { execute }) };
}

function call(callId: string, given = '{"city":"Rome"}', name = 'weather'): never {
  return { type: 'tool-call', callId, name, arguments: given } as never;
}

/** A session, the prompt that is under way on it, and its request's number. */
async function asked(options: object): Promise<{ page: Page; session: PageSession; id: number; prompt: Promise<unknown> }> {
  const page = new Page();
  const { session } = await page.session(options);
  const prompt = session.prompt('Rome?');
  const { id } = await page.relay.hear('prompt');
  return { page, session, id, prompt };
}

describe('tools', () => {
  test('are declared as JSON and their callbacks stay in the page', async () => {
    const page = new Page();
    void page.LanguageModel.create({ tools: [tool(() => ''), tool(undefined, 'search')], ...CALLS });
    expect((await page.relay.hear('create')).tools).toEqual([
      { name: 'weather', description: 'Tells it.', inputSchema: JSON.stringify(SCHEMA), runs: true },
      { name: 'search', description: 'Tells it.', inputSchema: JSON.stringify(SCHEMA), runs: false },
    ]);
  });

  test.each([
    ['an empty name', [tool(() => '', '')]],
    ['two of one name', [tool(() => ''), tool(() => '')]],
    ['an empty description', [{ ...tool(() => ''), description: '' }]],
    ['a schema that is no object', [{ ...tool(() => ''), inputSchema: 'object' }]],
    ['a schema of no object', [{ ...tool(() => ''), inputSchema: {} }]],
    ['a schema that is a list', [{ ...tool(() => ''), inputSchema: [] }]],
    ['a schema that says nothing', [{ ...tool(() => ''), inputSchema: () => 1 }]],
    ['properties that are none', [{ ...tool(() => ''), inputSchema: { type: 'object', properties: 1 } }]],
    ['required names that are no list', [{ ...tool(() => ''), inputSchema: { type: 'object', required: 'a' } }]],
    ['a callback that is none', [tool('run')]],
    ['no callback, and calls that are not expected', [tool()]],
  ])('with %s are a TypeError', async (_what, tools) => {
    const page = new Page();
    expect(await reasonOf(page.LanguageModel.create({ tools }))).toBeInstanceOf(TypeError);
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test('whose schema throws reject with what it throws', async () => {
    const mine = new Error('mine');
    const inputSchema = {
      toJSON(): never {
        throw mine;
      },
    };
    const tools = [{ ...tool(() => ''), inputSchema }];
    expect(await reasonOf(new Page().LanguageModel.create({ tools }))).toBe(mine);
  });

  test('larger than any context window are a QuotaExceededError', async () => {
    const tools = [{ ...tool(() => ''), description: 'x'.repeat(2 ** 21) }];
    expect(await reasonOf(new Page().LanguageModel.create({ tools }))).toMatchObject({ name: 'QuotaExceededError' });
  });
});

describe('tools that the page gave with execute', () => {
  test('are called with one object and this undefined, all at once, and answered together', async () => {
    const seen: unknown[] = [];
    let later: (value: unknown) => void = () => undefined;
    const execute = vi.fn(function (this: unknown, ...given: readonly unknown[]): unknown {
      seen.push(this, ...given);
      return given.length === 1 && seen.length === 2 ? new Promise((resolve) => (later = resolve)) : 'cold';
    });
    const { page, id, prompt } = await asked({ tools: [tool(execute)] });
    page.relay.event({ type: 'toolCalls', id, calls: [call('a'), call('b', '{"city":"Oslo"}')] });
    await vi.waitFor(() => {
      expect(execute).toHaveBeenCalledTimes(2);
    });
    expect(seen).toEqual([undefined, { city: 'Rome' }, undefined, { city: 'Oslo' }]);
    expect(await page.relay.hearAll()).toEqual([]);
    later({ warm: true });
    expect((await page.relay.hear('toolResults')).responses).toEqual([
      { type: 'tool-response', callId: 'a', name: 'weather', content: '[object Object]', failed: false },
      { type: 'tool-response', callId: 'b', name: 'weather', content: 'cold', failed: false },
    ]);
    page.relay.chunks(id, 'It is ', 'warm.');
    page.relay.done(id, { type: 'usage', contextUsage: 9 });
    expect(await prompt).toBe('It is warm.');
  });

  test.each([
    ['throws', () => { throw new Error('no such city'); }, 'Error: no such city'],
    ['rejects', () => Promise.reject(new Error('no such city')), 'Error: no such city'],
    ['gives a symbol', () => Symbol('x'), 'TypeError: A symbol is not a string.'],
    ['gives what cannot be a string', () => ({ toString: () => ({}) }), expect.stringContaining('TypeError') as unknown],
    ['gives a thenable that throws', () => ({ get then(): never { throw new Error('then'); } }), 'Error: then'],
    ['throws what cannot be described', () => { throw Object.create(null) as Error; }, 'The tool failed.'],
    ['gives too much', () => 'x'.repeat(2 ** 21 + 1), 'The result is too long.'],
  ])('that %s tell the model that they failed', async (_how, execute, content) => {
    const { page, id } = await asked({ tools: [tool(execute)] });
    page.relay.event({ type: 'toolCalls', id, calls: [call('a')] });
    const { responses } = await page.relay.hear('toolResults');
    expect(responses).toEqual([{ type: 'tool-response', callId: 'a', name: 'weather', content, failed: true }]);
  });

  test('that never settle hold up their prompt only, and an abort ends it at once', async () => {
    const page = new Page();
    const { session } = await page.session({ tools: [tool(() => new Promise(() => undefined))] });
    const controller = new AbortController();
    const prompt = session.prompt('Rome?', { signal: controller.signal });
    const { id } = await page.relay.hear('prompt');
    page.relay.event({ type: 'toolCalls', id, calls: [call('a')] });
    controller.abort('enough');
    expect(await reasonOf(prompt)).toBe('enough');
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
  });

  test('whose results come after an abort are forgotten', async () => {
    let later: (value: string) => void = () => undefined;
    const page = new Page();
    const { session } = await page.session({ tools: [tool(() => new Promise((resolve) => (later = resolve)))] });
    const controller = new AbortController();
    const prompt = session.prompt('Rome?', { signal: controller.signal });
    const { id } = await page.relay.hear('prompt');
    page.relay.event({ type: 'toolCalls', id, calls: [call('a')] });
    const again = session.measureContextUsage('x');
    const measure = await page.relay.hear('measure'); // the calls were heard before it is answered
    page.relay.done(measure.id, { type: 'measure', usage: 1 });
    await again;
    controller.abort();
    await reasonOf(prompt);
    expect((await page.relay.hearAll()).map(({ type }) => type)).toEqual(['abort']);
    later('warm');
    await page.relay.hearAll(); // a task later, what a promise sets off has happened
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test('that destroy their session end the round and the prompt', async () => {
    const second = vi.fn();
    const holder: { session?: PageSession } = {};
    const first = (): void => {
      holder.session?.destroy();
    };
    const tools = [tool(first), tool(second, 'clock')];
    const { id, page, prompt, session } = await asked({ tools });
    holder.session = session;
    page.relay.event({ type: 'toolCalls', id, calls: [call('a'), call('b', '{}', 'clock')] });
    expect(await reasonOf(prompt)).toMatchObject({ name: 'AbortError' });
    expect(second).not.toHaveBeenCalled();
    expect((await page.relay.hearAll()).map(({ type }) => type)).toEqual(['abort', 'destroy']);
  });

  test('may prompt their own session, which waits its turn', async () => {
    const holder: { session?: PageSession } = {};
    const { id, page, session } = await asked({ tools: [tool(() => void holder.session?.prompt('Again?'))] });
    holder.session = session;
    page.relay.event({ type: 'toolCalls', id, calls: [call('a')] });
    expect((await page.relay.hear('prompt')).input).toEqual([user('Again?')]);
    expect((await page.relay.hear('toolResults')).id).toBe(id);
  });

  test('are the clones, too', async () => {
    const execute = vi.fn(() => 'warm');
    const page = new Page();
    const { session } = await page.session({ tools: [tool(execute)] });
    const cloning = session.clone();
    page.relay.done((await page.relay.hear('clone')).id, { type: 'session', contextWindow: 100, contextUsage: 0 });
    void (await cloning).prompt('Rome?');
    page.relay.event({ type: 'toolCalls', id: (await page.relay.hear('prompt')).id, calls: [call('a')] });
    await page.relay.hear('toolResults');
    expect(execute).toHaveBeenCalledOnce();
  });

  test('answer with text, even where the page declares that calls are expected', async () => {
    const { page, id, prompt } = await asked({ tools: [tool(() => '')], ...CALLS });
    page.relay.chunks(id, 'Hi');
    page.relay.done(id, { type: 'usage', contextUsage: 9 });
    expect(await prompt).toBe('Hi');
  });
});

describe('tools that the page runs by itself', () => {
  test('are an answer in parts', async () => {
    const { page, id, prompt } = await asked({ tools: [tool()], ...CALLS });
    page.relay.event({ type: 'toolCalls', id, calls: [call('a')] });
    page.relay.done(id, { type: 'usage', contextUsage: 9 });
    const parts = (await prompt) as { type: string; value: LanguageModelToolCall }[];
    expect(Array.isArray(parts)).toBe(true);
    expect(parts.map(({ type }) => type)).toEqual(['tool-call']);
    const { value } = parts[0] as { value: LanguageModelToolCall };
    expect(value).toBeInstanceOf(LanguageModelToolCall);
    expect([value.callId, value.name, value.arguments]).toEqual(['a', 'weather', { city: 'Rome' }]);
  });

  test.each([
    ['with tools', { tools: [tool()], ...CALLS }],
    ['without tools', CALLS],
  ])('make text a part as well, %s', async (_which, options) => {
    const { page, id, prompt } = await asked(options);
    page.relay.chunks(id, 'It is ', 'warm.');
    page.relay.done(id, { type: 'usage', contextUsage: 9 });
    expect(await prompt).toEqual([{ type: 'text', value: 'It is warm.' }]);
  });

  test('stream parts', async () => {
    const page = new Page();
    const { session } = await page.session({ tools: [tool()], ...CALLS });
    const stream = session.promptStreaming('Rome?');
    const { id } = await page.relay.hear('prompt');
    page.relay.chunks(id, 'So: ');
    page.relay.event({ type: 'toolCalls', id, calls: [call('a'), call('b')] });
    page.relay.done(id, { type: 'usage', contextUsage: 9 });
    const { chunks } = await drain(stream);
    const [text, ...calls] = chunks as unknown as { type: string; value: LanguageModelToolCall }[];
    expect(text).toEqual({ type: 'text', value: 'So: ' });
    expect(calls.map(({ value }) => value.callId)).toEqual(['a', 'b']);
  });
});

describe('calls and outcomes in messages', () => {
  const made = new LanguageModelToolCall({ callId: 'a', name: 'weather', arguments: { city: 'Rome' } });
  const result = [
    { type: 'text', value: 'warm' },
    { type: 'object', value: { degrees: 30 } },
  ];
  const gave = new LanguageModelToolSuccess({ callId: 'a', name: 'weather', result });
  const failed = new LanguageModelToolError({ callId: 'a', name: 'weather', errorMessage: 'no such city' });

  function message(role: string, type: string, value: unknown): object[] {
    return [{ role, content: [{ type, value }] }];
  }

  test('go up as the wire has them', async () => {
    const page = new Page();
    const { session } = await page.session(CALLS);
    void session.prompt([
      { role: 'user', content: 'Rome?' },
      { role: 'assistant', content: [{ type: 'text', value: 'Let me see.' }, { type: 'tool-call', value: made }] },
      { role: 'user', content: [{ type: 'tool-response', value: gave }, { type: 'tool-response', value: failed }] },
    ]);
    const { input } = await page.relay.hear('prompt');
    const named = { callId: 'a', name: 'weather' };
    expect(input.map(({ content }) => content)).toEqual([
      [{ type: 'text', value: 'Rome?' }],
      [
        { type: 'text', value: 'Let me see.' },
        { type: 'tool-call', ...named, arguments: '{"city":"Rome"}' },
      ],
      [
        { type: 'tool-response', ...named, content: 'warm\n{"degrees":30}', failed: false },
        { type: 'tool-response', ...named, content: 'no such city', failed: true },
      ],
    ]);
  });

  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const holding = (value: unknown): LanguageModelToolSuccess =>
    new LanguageModelToolSuccess({ callId: 'a', name: 'weather', result: [{ type: 'object', value }] });

  test.each([
    ['a call of the user', CALLS, 'user', 'tool-call', made, 'TypeError'],
    ['an outcome of the assistant', CALLS, 'assistant', 'tool-response', gave, 'TypeError'],
    ['an outcome as a call', CALLS, 'assistant', 'tool-call', gave, 'TypeError'],
    ['a text as a call', CALLS, 'assistant', 'tool-call', '{}', 'TypeError'],
    ['a call as a text', CALLS, 'assistant', 'text', made, 'TypeError'],
    ['a call that is not expected', {}, 'assistant', 'tool-call', made, 'NotSupportedError'],
    ['an outcome that is not expected', {}, 'user', 'tool-response', gave, 'NotSupportedError'],
    ['a picture as an outcome', CALLS, 'user', 'tool-response', new LanguageModelToolSuccess({ callId: 'a', name: 'b', result: [{ type: 'image', value: '' }] }), 'NotSupportedError'],
    ['arguments that are a list', CALLS, 'assistant', 'tool-call', new LanguageModelToolCall({ callId: 'a', name: 'b', arguments: [] }), 'DataError'],
    ['arguments that are circular', CALLS, 'assistant', 'tool-call', new LanguageModelToolCall({ callId: 'a', name: 'b', arguments: circular }), 'DataError'],
    ['an empty callId', CALLS, 'assistant', 'tool-call', new LanguageModelToolCall({ callId: '', name: 'b' }), 'DataError'],
    ['a result that is circular', CALLS, 'user', 'tool-response', holding(circular), 'DataError'],
    ['a result with a function', CALLS, 'user', 'tool-response', holding({ run: () => 1 }), 'DataError'],
    ['a result with a BigInt', CALLS, 'user', 'tool-response', holding({ big: 1n }), 'DataError'],
    ['a result with an object of the browser', CALLS, 'user', 'tool-response', holding({ to: new AbortController() }), 'DataError'],
  ])('refuse %s', async (_what, options, role, type, value, name) => {
    const { session } = await new Page().session(options);
    const reason = await reasonOf(session.prompt(message(role, type, value)));
    expect(reason).toMatchObject({ name });
  });

  test('refuse a prefix that calls', async () => {
    const { session } = await new Page().session(CALLS);
    const [prefix] = message('assistant', 'tool-call', made);
    const reason = await reasonOf(session.prompt([{ ...prefix, prefix: true }]));
    expect(reason).toMatchObject({ name: 'NotSupportedError' });
  });
});

describe('interface objects of calls and outcomes', () => {
  test('read what they were made with', () => {
    expect(new LanguageModelToolCall({ callId: 1, name: 'b' }).arguments).toEqual({});
    expect(new LanguageModelToolCall({ callID: 'old', name: 'b' }).callId).toBe('old');
    const { result } = new LanguageModelToolSuccess({ callId: 'a', name: 'b', result: new Set([{ type: 'text', value: 'x' }]) });
    expect(result).toEqual([{ type: 'text', value: 'x' }]);
    expect(new LanguageModelToolError({ callId: 'a', name: 'b', errorMessage: 5 }).errorMessage).toBe('5');
  });

  test.each([
    ['no argument', () => new (LanguageModelToolCall as unknown as new () => object)()],
    ['no callId', () => new LanguageModelToolCall({ name: 'b' })],
    ['no name', () => new LanguageModelToolError({ callId: 'a', errorMessage: '' })],
    ['no result', () => new LanguageModelToolSuccess({ callId: 'a', name: 'b' })],
    ['a result of an unknown type', () => new LanguageModelToolSuccess({ callId: 'a', name: 'b', result: [{ type: 'x', value: 1 }] })],
    ['the getter of another class', () => Reflect.get(LanguageModelToolCall.prototype, 'name', new LanguageModelToolError({ callId: 'a', name: 'b', errorMessage: '' }))],
  ])('throw a TypeError for %s', (_what, make) => {
    expect(make).toThrow(TypeError);
  });

  test('look as Web IDL says', () => {
    for (const [name, made] of Object.entries({ LanguageModelToolCall, LanguageModelToolSuccess, LanguageModelToolError })) {
      expect([made.name, made.length]).toEqual([name, 1]);
      expect(Object.getOwnPropertyNames(made).sort()).toEqual(['length', 'name', 'prototype']);
      expect(Object.getOwnPropertyDescriptor(made.prototype, 'callId')).toMatchObject({ enumerable: true, set: undefined });
      expect(Reflect.get(made.prototype, Symbol.toStringTag)).toBe(name);
    }
  });
});
