import { describe, expect, test } from 'vitest';
import { Page, drain, reasonOf, user } from '../support/page';

describe('ai.languageModel', () => {
  test('a system prompt becomes the first message', async () => {
    const page = new Page();
    void page.ai.languageModel.create({ systemPrompt: 'Be kind.', initialPrompts: [{ role: 'user', content: 'x' }] });
    const { initialPrompts } = await page.relay.hear('create');
    expect(initialPrompts).toEqual([
      { role: 'system', content: [{ type: 'text', value: 'Be kind.' }], prefix: false },
      user('x'),
    ]);
  });

  test('a system prompt beside a system message is a TypeError', async () => {
    const { ai } = new Page();
    const options = { systemPrompt: 'Be kind.', initialPrompts: [{ role: 'system', content: 'x' }] };
    expect(await reasonOf(ai.languageModel.create(options))).toBeInstanceOf(TypeError);
  });

  test('a stream repeats the whole text so far in every chunk', async () => {
    const page = new Page();
    const session = await page.oldSession();
    const stream = session.promptStreaming('hi');
    const { id } = await page.relay.hear('prompt');
    page.relay.chunks(id, 'a', 'b', 'c');
    page.relay.done(id, { type: 'usage', contextUsage: 12 });
    const chunks: string[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
    }
    expect(chunks).toEqual(['a', 'ab', 'abc']);
  });

  test('usage goes by its old names', async () => {
    const page = new Page();
    const session = await page.oldSession();
    expect(session).toMatchObject({ maxTokens: 100, tokensSoFar: 10, tokensLeft: 90 });
    const counted = session.countPromptTokens('hi');
    page.relay.done((await page.relay.hear('measure')).id, { type: 'measure', usage: 4 });
    expect(await counted).toBe(4);
  });

  test.each<[string, unknown]>([
    ['a single message object', { role: 'user', content: 'x' }],
    ['a list of messages', [{ role: 'user', content: 'x' }]],
    ['a flat message with a type', { role: 'user', type: 'text', content: 'x' }],
    ['a part whose value was its content', [{ role: 'user', content: [{ type: 'text', content: 'x' }] }]],
    ['a part of today', [{ role: 'user', content: [{ type: 'text', value: 'x' }] }]],
    ['a string', 'x'],
  ])('%s is an input', async (_, input) => {
    const page = new Page();
    const session = await page.oldSession();
    const answer = session.prompt(input);
    expect(await page.answer('y')).toEqual([user('x')]);
    expect(await answer).toBe('y');
  });

  test('responseJSONSchema is a constraint', async () => {
    const page = new Page();
    const session = await page.oldSession();
    void session.prompt('x', { responseJSONSchema: { type: 'boolean' } });
    expect(await page.relay.hear('prompt')).toMatchObject({ constraint: { schema: '{"type":"boolean"}' } });
  });

  test('no input at all is a TypeError, and undefined is a word', async () => {
    const page = new Page();
    const session = await page.oldSession();
    expect(await reasonOf(session.prompt())).toBeInstanceOf(TypeError);
    void session.prompt(undefined);
    expect(await page.answer('y')).toEqual([user('undefined')]);
  });

  test('is a session of today with all its members', async () => {
    const page = new Page();
    const session = await page.oldSession();
    expect(session).toBeInstanceOf(page.LanguageModel);
    expect(session).toMatchObject({ contextWindow: 100, contextUsage: 10, oncontextoverflow: null });
    const appending = session.append({ role: 'user', content: 'x' });
    const { id, input } = await page.relay.hear('append');
    expect(input).toEqual([user('x')]);
    page.relay.done(id, { type: 'usage', contextUsage: 14 });
    await appending;
    expect(session.tokensLeft).toBe(86);
  });

  test('an aborted call ends with its own reason, in a stream too', async () => {
    const page = new Page();
    const session = await page.oldSession();
    const controller = new AbortController();
    const { signal } = controller;
    const reason = { mine: true };
    const pending = reasonOf(session.prompt('x', { signal }));
    const drained = drain(session.promptStreaming('x', { signal }));
    controller.abort(reason);
    expect(await pending).toBe(reason);
    expect((await drained).error).toBe(reason);
    expect(() => session.promptStreaming('x', { signal })).toThrow(expect.objectContaining(reason) as Error);
  });

  test('a reader that leaves a cumulative stream stops the answer', async () => {
    const page = new Page();
    const session = await page.oldSession();
    const stream = session.promptStreaming('hi');
    const { id } = await page.relay.hear('prompt');
    page.relay.chunks(id, 'a');
    for await (const chunk of stream) {
      expect(chunk).toBe('a');
      break;
    }
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
  });

  test.each([
    [{}, 'balanced', 3, 1],
    [{ temperature: 0, topK: 3 }, 'most-predictable', 3, 0],
    [{ temperature: 2, topK: 1 }, 'most-predictable', 1, 2],
    [{ temperature: 1.4 }, 'slightly-creative', 3, 1.4],
    [{ temperature: 9 }, 'most-creative', 3, 9],
    [{ temperature: 0, samplingMode: 'creative' }, 'creative', 3, 0],
    [{ temperature: null, topK: null, samplingMode: null }, 'balanced', 3, 1],
  ] as const)('the sampling %j is %s, and reads as it was asked for', async (options, mode, topK, temperature) => {
    const page = new Page();
    const session = await page.oldSession(options);
    expect(session.samplingMode).toBe(mode);
    expect(session).toMatchObject({ topK, temperature });
  });

  test('what is null is absent in the options of every call', async () => {
    const page = new Page();
    const nulls = { systemPrompt: null, initialPrompts: null, expectedInputs: null, monitor: null, signal: null };
    const session = await page.oldSession(nulls);
    const answer = session.prompt('hi', { signal: null, responseJSONSchema: null, responseConstraint: null });
    const { id, constraint } = await page.relay.hear('prompt');
    expect(constraint).toBeUndefined();
    page.relay.done(id, { type: 'usage', contextUsage: 12 });
    await answer;
    void session.clone({ signal: null });
    expect(await page.relay.hear('clone')).toMatchObject({ type: 'clone' });
  });

  test('a temperature below zero is a TypeError', async () => {
    const { ai } = new Page();
    expect(await reasonOf(ai.languageModel.create({ temperature: -1 }))).toBeInstanceOf(TypeError);
  });

  test('a clone has the old shape too, and destroy() ends it', async () => {
    const page = new Page();
    const session = await page.oldSession();
    const cloning = session.clone();
    const { id } = await page.relay.hear('clone');
    page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 10 });
    const clone = await cloning;
    expect(clone.tokensLeft).toBe(90);
    clone.destroy();
    expect(await page.relay.hear('destroy')).toEqual({ type: 'destroy', session: id });
    expect(await reasonOf(clone.prompt('x'))).toMatchObject({ name: 'InvalidStateError' });
  });

  test.each([
    ['available', 'readily', 3],
    ['downloadable', 'after-download', 3],
    ['downloading', 'after-download', 3],
    ['unavailable', 'no', null],
  ] as const)('capabilities() says %s as %s, and of languages at once', async (availability, available, defaultTopK) => {
    const page = new Page();
    const asked = page.ai.languageModel.capabilities();
    await page.tellAvailability(availability);
    const capabilities = await asked;
    expect(capabilities).toMatchObject({ available, defaultTopK });
    expect(capabilities.supportsLanguage('en')).toBe(available);
    expect(capabilities.languageAvailable('pt-BR')).toBe(available);
    expect(capabilities.languageAvailable('unk')).toBe('no');
  });

  test.each([
    ['available', { defaultTopK: 3, maxTopK: 128, defaultTemperature: 1, maxTemperature: 2 }],
    ['unavailable', null],
  ] as const)('params() of a model that is %s are %j', async (availability, params) => {
    const page = new Page();
    const asked = page.ai.languageModel.params();
    await page.tellAvailability(availability);
    expect(await asked).toEqual(params);
  });

  test('availability() speaks the words of today', async () => {
    const page = new Page();
    const answer = page.ai.languageModel.availability();
    await page.tellAvailability('available');
    expect(await answer).toBe('available');
  });

  test('the assistant is the same under its first name', () => {
    const { ai } = new Page();
    expect(ai.assistant).toBe(ai.languageModel);
  });

  test('has its class strings, and its class is no constructor for pages', async () => {
    const page = new Page();
    const session = await page.oldSession();
    const classString = (value: object): string => Object.prototype.toString.call(value);
    expect([page.ai, page.ai.languageModel, session].map(classString)).toEqual([
      '[object AI]',
      '[object AILanguageModelFactory]',
      '[object AILanguageModel]',
    ]);
    expect(() => Reflect.construct(session.constructor, []) as unknown).toThrow(TypeError);
  });
});
