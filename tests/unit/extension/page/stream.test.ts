import { describe, expect, test } from 'vitest';
import { Page, drain } from './support/page';

const USAGE = { type: 'usage', contextUsage: 5 } as const;

describe('promptStreaming()', () => {
  test('streams each chunk and closes with the usage up to date', async () => {
    const page = new Page();
    const { session } = await page.session();
    const stream = session.promptStreaming('hi');
    expect(stream).toBeInstanceOf(ReadableStream);
    const request = await page.relay.hear('prompt');
    expect(request.stream).toBe(true);
    page.relay.chunks(request.id, 'a', 'b');
    page.relay.done(request.id, USAGE);
    expect(await drain(stream)).toEqual({ chunks: ['a', 'b'] });
    expect(session.contextUsage).toBe(5);
  });

  test('conversion errors and aborted signals throw, faults of the messages come through the stream', async () => {
    const page = new Page();
    const { session } = await page.session();
    expect(() => session.promptStreaming(Symbol('x'))).toThrow(TypeError);
    expect(() => session.promptStreaming('x', { signal: AbortSignal.abort('enough') })).toThrow('enough');
    const faulty = session.promptStreaming([{ role: 'user', content: 'x', prefix: true }]);
    expect((await drain(faulty)).error).toMatchObject({ name: 'SyntaxError' });
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test('an abort errors the stream with the reason itself', async () => {
    const page = new Page();
    const { session } = await page.session();
    const controller = new AbortController();
    const reason = { mine: true };
    const stream = session.promptStreaming('hi', { signal: controller.signal });
    const { id } = await page.relay.hear('prompt');
    controller.abort(reason);
    expect((await drain(stream)).error).toBe(reason);
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
  });

  test('cancelling the stream aborts the request and surfaces no error', async () => {
    const page = new Page();
    const { session } = await page.session();
    const stream = session.promptStreaming('hi');
    const { id } = await page.relay.hear('prompt');
    page.relay.chunks(id, 'a');
    for await (const chunk of stream) {
      expect(chunk).toBe('a');
      break;
    }
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
    page.relay.error(id, { name: 'AbortError', message: '' });
    const next = session.prompt('b');
    page.relay.done((await page.relay.hear('prompt')).id, USAGE);
    expect(await next).toBe('');
  });

  test('chunks are acknowledged in groups as the reader takes them, not as they come', async () => {
    const page = new Page();
    const { session } = await page.session();
    const reader = session.promptStreaming('hi').getReader();
    const { id } = await page.relay.hear('prompt');
    page.relay.chunks(id, ...Array.from({ length: 20 }, (_, index) => String(index)));
    for (let taken = 0; taken < 7; taken += 1) {
      await reader.read();
    }
    expect(await page.relay.hearAll()).toEqual([]);
    for (let taken = 7; taken < 18; taken += 1) {
      await reader.read();
    }
    const credits = await page.relay.hearAll();
    expect(credits).toEqual([
      { type: 'credit', id, chunks: 8 },
      { type: 'credit', id, chunks: 8 },
    ]);
  });

  test('a Host that is gone errors the stream', async () => {
    const page = new Page();
    const { session } = await page.session();
    const stream = session.promptStreaming('hi');
    await page.relay.hear('prompt');
    page.relay.say({ type: 'lost', reason: 'host-gone' });
    expect((await drain(stream)).error).toMatchObject({ name: 'UnknownError' });
    expect((await drain(session.promptStreaming('hi'))).error).toMatchObject({ name: 'UnknownError' });
  });
});
