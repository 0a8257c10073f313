import '../support/dom';
import { describe, expect, test, vi } from 'vitest';
import { toTextOptions } from '../../../../../extension/src/page/window_ai/text_request';
import { Page, reasonOf, user } from '../support/page';

const INPUT = { prompt: 'hi' };

/** Opens the session that a call needs. */
async function open(page: Page): Promise<void> {
  const { id } = await page.relay.hear('create');
  page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 0 });
}

describe('generateText', () => {
  test('answers a prompt with a list of one text, and gives the session up', async () => {
    const page = new Page();
    const outputs = page.ai.generateText(INPUT);
    await open(page);
    expect(await page.answer('a', 'b')).toEqual([user('hi')]);
    expect(await outputs).toEqual([{ text: 'ab' }]);
    expect(await page.relay.hear('destroy')).toMatchObject({ type: 'destroy' });
  });

  test('answers a conversation with a message; its system messages come first', async () => {
    const page = new Page();
    const messages = [
      { role: 'system', content: 'One.' },
      { role: 'user', content: 'hi' },
      { role: 'system', content: 'Two.' },
    ];
    const outputs = page.ai.generateText({ messages });
    await open(page);
    expect(await page.answer('a')).toEqual([
      { role: 'system', content: [{ type: 'text', value: 'One.\n\nTwo.' }], prefix: false },
      user('hi'),
    ]);
    expect(await outputs).toEqual([{ message: { role: 'assistant', content: 'a' } }]);
  });

  test('streams deltas', async () => {
    const page = new Page();
    const onStreamResult = vi.fn();
    const outputs = page.ai.generateText(INPUT, { onStreamResult });
    await open(page);
    await page.answer('a', 'b');
    expect(await outputs).toEqual([{ text: 'ab' }]);
    expect(onStreamResult.mock.calls).toEqual([
      [{ text: 'a', isPartial: true }, null],
      [{ text: 'b', isPartial: true }, null],
    ]);
  });

  test('ends before a stop sequence, and has the answer stopped', async () => {
    const page = new Page();
    const onStreamResult = vi.fn();
    const outputs = page.ai.generateText(INPUT, { stopSequences: ['END', '\n\n'], onStreamResult });
    await open(page);
    const { id } = await page.relay.hear('prompt');
    page.relay.chunks(id, 'one E', 'ND two');
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
    expect(await outputs).toEqual([{ text: 'one ' }]);
    expect(onStreamResult.mock.calls).toEqual([[{ text: 'one ', isPartial: true }, null]]);
  });

  test('gives as many outputs as were asked for', async () => {
    const page = new Page();
    const outputs = page.ai.generateText(INPUT, { numOutputs: 2 });
    await open(page);
    const { id } = await page.relay.hear('clone');
    page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 0 });
    const prompts = [await page.relay.hear('prompt'), await page.relay.hear('prompt')];
    prompts.forEach((prompt, index) => {
      page.relay.chunks(prompt.id, `answer ${index}`);
      page.relay.done(prompt.id, { type: 'usage', contextUsage: 12 });
    });
    expect(await outputs).toEqual([{ text: 'answer 0' }, { text: 'answer 1' }]);
  });

  test('keeps each output within its tokens', async () => {
    const page = new Page();
    const outputs = page.ai.generateText(INPUT, { maxTokens: 5 });
    await open(page);
    const around = 3;
    /** Every character is a token. */
    const measure = async (): Promise<string> => {
      const { id, input } = await page.relay.hear('measure');
      const [part] = input[0]?.content ?? [];
      const text = part?.type === 'text' ? part.value : '';
      page.relay.done(id, { type: 'measure', usage: around + text.length });
      return text;
    };
    expect(await measure()).toBe('');
    const { id } = await page.relay.hear('prompt');
    page.relay.chunks(id, 'abc', 'defg');
    const measured = [await measure(), await measure(), await measure(), await measure()];
    expect(measured).toEqual(['abc', 'abcdefg', 'abcde', 'abcdef']);
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
    expect(await outputs).toEqual([{ text: 'abcde' }]);
  });

  test('a temperature becomes the nearest sampling mode', async () => {
    const page = new Page();
    void page.ai.generateText(INPUT, { temperature: 0, model: 'openai/gpt-4' });
    expect(await page.relay.hear('create')).toMatchObject({ samplingMode: 'most-predictable' });
  });

  test('what is null is absent', async () => {
    const page = new Page();
    const nulls = { temperature: null, maxTokens: null, numOutputs: null, stopSequences: null, onStreamResult: null };
    const outputs = page.ai.generateText({ ...INPUT, messages: null }, nulls);
    const { id, samplingMode } = await page.relay.hear('create');
    expect(samplingMode).toBe('balanced');
    page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 0 });
    await page.answer('a');
    expect(await outputs).toEqual([{ text: 'a' }]);
  });

  test.each([
    [0.5, 1],
    [2.5, 3],
    ['4', 4],
  ])('maxTokens %j are %j', (maxTokens, whole) => {
    expect(toTextOptions({ maxTokens })).toMatchObject({ maxTokens: whole });
  });

  test.each([undefined, {}, { prompt: 5 }, { messages: [] }, { messages: [{ role: 'tool', content: 'x' }] }, 'hi'])(
    'the input %j is an Error',
    async (input) => {
      const { ai } = new Page();
      const reason = await reasonOf(ai.generateText(input));
      expect(reason).toBeInstanceOf(Error);
      expect(reason).toMatchObject({ message: 'Invalid input' });
    },
  );

  test.each([
    { numOutputs: 0 },
    { numOutputs: 1000 },
    { numOutputs: 2, onStreamResult: vi.fn() },
    { maxTokens: 0 },
    { maxTokens: '-5' },
    { maxTokens: 'many' },
    { stopSequences: 'END' },
    { stopSequences: [''] },
    { temperature: -1 },
    { onStreamResult: 5 },
  ])('the options %j are refused', async (options) => {
    const { ai } = new Page();
    expect(await reasonOf(ai.generateText(INPUT, options))).toBe('INVALID_REQUEST');
  });

  test.each([
    ['NotAllowedError', 'PERMISSION_DENIED'],
    ['NotSupportedError', 'MODEL_REJECTED_REQUEST: No.'],
    ['UnknownError', 'MODEL_REJECTED_REQUEST: No.'],
  ] as const)('an %s of the model is the string %s, told to listeners too', async (name, code) => {
    const page = new Page();
    const handler = vi.fn();
    const onStreamResult = vi.fn();
    expect(typeof page.ai.addEventListener(handler)).toBe('string');
    const reason = reasonOf(page.ai.generateText(INPUT, { onStreamResult }));
    const { id } = await page.relay.hear('create');
    page.relay.error(id, { name, message: 'No.' });
    expect(await reason).toBe(code);
    expect(handler.mock.calls).toEqual([['error', code]]);
    expect(onStreamResult.mock.calls).toEqual([[null, code]]);
  });
});

describe('the other members of 2023', () => {
  test('getCompletion gives the one output itself', async () => {
    const page = new Page();
    const output = page.ai.getCompletion(INPUT);
    await open(page);
    await page.answer('a');
    expect(await output).toEqual({ text: 'a' });
  });

  test.each([
    ['downloadable', 'local'],
    ['unavailable', undefined],
  ] as const)('getCurrentModel of a model that is %s is %s', async (availability, model) => {
    const page = new Page();
    const asked = page.ai.getCurrentModel();
    await page.tellAvailability(availability);
    expect(await asked).toBe(model);
  });
});
