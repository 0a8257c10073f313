import { describe, expect, test } from 'vitest';
import { Page, reasonOf, user, type OldSession } from './support/page';

async function oldSession(page: Page, options: object = {}): Promise<OldSession> {
  const creation = page.ai.languageModel.create(options);
  const { id } = await page.relay.hear('create');
  page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 10 });
  return creation;
}

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
    const session = await oldSession(page);
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
    const session = await oldSession(page);
    expect(session).toMatchObject({ maxTokens: 100, tokensSoFar: 10, tokensLeft: 90 });
    const counted = session.countPromptTokens('hi');
    page.relay.done((await page.relay.hear('measure')).id, { type: 'measure', usage: 4 });
    expect(await counted).toBe(4);
  });

  test('a single message object is an input', async () => {
    const page = new Page();
    const session = await oldSession(page);
    const answer = session.prompt({ role: 'user', content: 'x' });
    const { id, input } = await page.relay.hear('prompt');
    expect(input).toEqual([user('x')]);
    page.relay.chunks(id, 'y');
    page.relay.done(id, { type: 'usage', contextUsage: 12 });
    expect(await answer).toBe('y');
  });

  test('a clone has the old shape too, and destroy() ends it', async () => {
    const page = new Page();
    const session = await oldSession(page);
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
  ] as const)('capabilities() says %s as %s', async (availability, available, defaultTopK) => {
    const page = new Page();
    const capabilities = page.ai.languageModel.capabilities();
    page.relay.done((await page.relay.hear('availability')).id, { type: 'availability', availability });
    expect(await capabilities).toMatchObject({ available, defaultTopK });
  });

  test('availability() speaks the words of today', async () => {
    const page = new Page();
    const answer = page.ai.languageModel.availability();
    const { id } = await page.relay.hear('availability');
    page.relay.done(id, { type: 'availability', availability: 'available' });
    expect(await answer).toBe('available');
  });

  test('has its class strings, and its class is no constructor for pages', async () => {
    const page = new Page();
    const session = await oldSession(page);
    const classString = (value: object): string => Object.prototype.toString.call(value);
    expect([page.ai, page.ai.languageModel, session].map(classString)).toEqual([
      '[object AI]',
      '[object AILanguageModelFactory]',
      '[object AILanguageModel]',
    ]);
    expect(() => Reflect.construct(session.constructor, []) as unknown).toThrow(TypeError);
  });
});
