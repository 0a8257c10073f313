import { describe, expect, test } from 'vitest';
import type { RunTask } from '../../../../../extension/src/protocol';
import { Page, drain, reasonOf, type PageTask } from '../support/page';

type Run = (...args: readonly unknown[]) => Promise<unknown>;
type Stream = (...args: readonly unknown[]) => ReadableStream<string>;

function run(object: PageTask, method: string, ...args: readonly unknown[]): Promise<unknown> {
  return (object[method] as Run)(...args);
}

function stream(object: PageTask, method: string, ...args: readonly unknown[]): ReadableStream<string> {
  return (object[method] as Stream)(...args);
}

async function heard(page: Page): Promise<RunTask> {
  return page.relay.hear('runTask');
}

const TOO_LONG = 'x'.repeat(2 ** 21);

describe('an object of a task', () => {
  test('resolves with the chunks joined, and sends input and context well-formed', async () => {
    const page = new Page();
    const { object, id: session } = await page.task('Summarizer');
    const answer = run(object, 'summarize', 'half \udc00', { context: 5 });
    const { id, ...request } = await heard(page);
    expect(request).toEqual({ type: 'runTask', session, input: 'half \ufffd', context: '5', stream: false });
    page.relay.chunks(id, 'a ', 'b');
    page.relay.done(id, { type: 'written' });
    expect(await answer).toBe('a b');
  });

  test('converts the input to a string, and refuses a missing one', async () => {
    const page = new Page();
    const { object } = await page.task('Writer');
    void run(object, 'write', null);
    expect((await heard(page)).input).toBe('null');
    void run(object, 'write', undefined);
    expect((await heard(page)).input).toBe('undefined');
    expect(await reasonOf(run(object, 'write'))).toBeInstanceOf(TypeError);
    expect(() => stream(object, 'writeStreaming')).toThrow(TypeError);
  });

  test('reads no context where the interface has none', async () => {
    const page = new Page();
    const { object } = await page.task('Translator', { sourceLanguage: 'en', targetLanguage: 'es' });
    void run(object, 'translate', 'x', {
      get context(): never {
        throw new Error('read');
      },
    });
    expect((await heard(page)).context).toBe('');
  });

  test('runs its calls at once, and lets each end in its own time', async () => {
    const page = new Page();
    const { object } = await page.task('Rewriter');
    const answers = [run(object, 'rewrite', 'a'), run(object, 'rewrite', 'b')];
    const [first, second] = [await heard(page), await heard(page)];
    page.relay.chunks(second.id, 'B');
    page.relay.done(second.id, { type: 'written' });
    expect(await answers[1]).toBe('B');
    page.relay.chunks(first.id, 'A');
    page.relay.done(first.id, { type: 'written' });
    expect(await answers[0]).toBe('A');
  });

  test('streams chunks as they come, and closes without one where there is none', async () => {
    const page = new Page();
    const { object } = await page.task('Summarizer');
    const text = stream(object, 'summarizeStreaming', 'text');
    const request = await heard(page);
    expect(request.stream).toBe(true);
    page.relay.chunks(request.id, 'a', 'b');
    page.relay.done(request.id, { type: 'written' });
    expect(await drain(text)).toEqual({ chunks: ['a', 'b'] });
    const blank = stream(object, 'summarizeStreaming', ' ');
    page.relay.done((await heard(page)).id, { type: 'written' });
    expect(await drain(blank)).toEqual({ chunks: [] });
  });

  test('says to the Host that a reader left, and nothing to the page', async () => {
    const page = new Page();
    const { object } = await page.task('Summarizer');
    const text = stream(object, 'summarizeStreaming', 'text');
    const { id } = await heard(page);
    await text.cancel('bored');
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
  });

  test('acknowledges chunks that its reader took', async () => {
    const page = new Page();
    const { object } = await page.task('Summarizer');
    const reader = stream(object, 'summarizeStreaming', 'text').getReader();
    const { id } = await heard(page);
    for (let index = 0; index < 8; index += 1) {
      page.relay.chunks(id, 'x');
      await reader.read();
    }
    expect(await page.relay.hear('credit')).toEqual({ type: 'credit', id, chunks: 8 });
  });

  test('gives corrections as plain objects, and none where there was nothing to read', async () => {
    const page = new Page();
    const { object } = await page.task('Proofreader');
    const corrections = [{ startIndex: 0, endIndex: 1, correction: 'A', types: ['spelling' as const] }];
    const answer = run(object, 'proofread', 'b');
    page.relay.done((await heard(page)).id, { type: 'proofread', correctedInput: 'A', corrections });
    expect(await answer).toEqual({ correctedInput: 'A', corrections });
    const blank = run(object, 'proofread', ' ');
    page.relay.done((await heard(page)).id, { type: 'proofread', correctedInput: ' ', corrections: null });
    expect(Object.entries((await blank) as object)).toEqual([['correctedInput', ' ']]);
  });

  test('gives languages as a list of plain objects', async () => {
    const page = new Page();
    const { object } = await page.task('LanguageDetector', {}, { inputQuota: null });
    const languages = [{ detectedLanguage: 'und', confidence: 1 }];
    const answer = run(object, 'detect', '');
    page.relay.done((await heard(page)).id, { type: 'detection', languages });
    expect(await answer).toEqual(languages);
  });

  test('measures what a call would send, and 0 where nothing is too much', async () => {
    const page = new Page();
    const { object, id: session } = await page.task('Summarizer');
    const usage = object.measureInputUsage('text', { context: 'c' });
    const { id, ...request } = await page.relay.hear('measureTask');
    expect(request).toEqual({ type: 'measureTask', session, input: 'text', context: 'c' });
    page.relay.done(id, { type: 'measure', usage: 7 });
    expect(await usage).toBe(7);
    const detector = (await page.task('LanguageDetector', {}, { inputQuota: null })).object;
    expect(await detector.measureInputUsage('text')).toBe(0);
    expect(await reasonOf(detector.measureInputUsage('text', { signal: AbortSignal.abort(5) }))).toBe(5);
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test('refuses more text than any window holds, with numbers', async () => {
    const page = new Page();
    const { object } = await page.task('Summarizer');
    const refused = { name: 'QuotaExceededError', quota: 100, requested: 2 ** 21 + 1 };
    expect(await reasonOf(run(object, 'summarize', TOO_LONG, { context: 'x' }))).toMatchObject(refused);
    expect((await drain(stream(object, 'summarizeStreaming', `${TOO_LONG}x`))).error).toMatchObject(refused);
    expect(await reasonOf(object.measureInputUsage(`${TOO_LONG}x`))).toMatchObject(refused);
    const detector = (await page.task('LanguageDetector', {}, { inputQuota: null })).object;
    const limit = { name: 'QuotaExceededError', quota: 2 ** 21, requested: 2 ** 21 + 1 };
    expect(await reasonOf(run(detector, 'detect', `${TOO_LONG}x`))).toMatchObject(limit);
    expect(await page.relay.hearAll()).toEqual([]);
  });
});

describe('the end of an object of a task', () => {
  test('destroy() ends pending and later calls with AbortErrors, and leaves attributes readable', async () => {
    const page = new Page();
    const { object, id: session } = await page.task('Summarizer');
    const pending = run(object, 'summarize', 'x');
    const { id } = await heard(page);
    const aborted = { name: 'AbortError' };
    object.destroy();
    object.destroy();
    expect(await reasonOf(pending)).toMatchObject(aborted);
    expect(await reasonOf(run(object, 'summarize', 'x'))).toMatchObject(aborted);
    expect(await reasonOf(object.measureInputUsage('x'))).toMatchObject(aborted);
    expect(() => stream(object, 'summarizeStreaming', 'x')).toThrow(expect.objectContaining(aborted));
    expect(object['type']).toBe('key-points');
    expect(await page.relay.hearAll()).toEqual([
      { type: 'abort', id },
      { type: 'destroy', session },
    ]);
  });

  test('the signal of create() ends it with its reason itself, whenever it fires', async () => {
    const page = new Page();
    const controller = new AbortController();
    const { object } = await page.task('Writer', { signal: controller.signal });
    const reading = drain(stream(object, 'writeStreaming', 'x'));
    await heard(page);
    const reason = { mine: true };
    controller.abort(reason);
    expect((await reading).error).toBe(reason);
    object.destroy();
    expect(await reasonOf(run(object, 'write', 'x', { signal: AbortSignal.abort('other') }))).toBe(reason);
  });

  test('the signal of a call ends that call alone, with its reason itself', async () => {
    const page = new Page();
    const { object } = await page.task('Proofreader');
    const controller = new AbortController();
    const aborted = run(object, 'proofread', 'x', { signal: controller.signal });
    const other = run(object, 'proofread', 'y');
    const first = await heard(page);
    const second = await heard(page);
    controller.abort(undefined);
    expect(await reasonOf(aborted)).toBe(controller.signal.reason);
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id: first.id });
    page.relay.done(second.id, { type: 'proofread', correctedInput: 'y', corrections: [] });
    expect(await other).toEqual({ correctedInput: 'y', corrections: [] });
  });

  test('a document that is not fully active refuses every call', async () => {
    const page = new Page();
    const { object } = await page.task('Summarizer');
    page.isFullyActive = false;
    const refused = { name: 'InvalidStateError' };
    expect(await reasonOf(run(object, 'summarize', 'x'))).toMatchObject(refused);
    expect(await reasonOf(object.measureInputUsage('x'))).toMatchObject(refused);
    expect(() => stream(object, 'summarizeStreaming', 'x')).toThrow(expect.objectContaining(refused));
  });

  test('a lost Host fails calls under way and later ones', async () => {
    const page = new Page();
    const { object } = await page.task('Summarizer');
    const pending = run(object, 'summarize', 'x');
    await heard(page);
    page.relay.say({ type: 'lost', reason: 'host-gone' });
    expect(await reasonOf(pending)).toMatchObject({ name: 'UnknownError' });
    expect(await reasonOf(run(object, 'summarize', 'x'))).toMatchObject({ name: 'UnknownError' });
  });
});
