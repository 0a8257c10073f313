import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { Page, drain, reasonOf, user } from './support/page';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const USAGE = { type: 'usage', contextUsage: 5 } as const;

describe('append(), measureContextUsage() and clone()', () => {
  test('append resolves with undefined once the messages are in', async () => {
    const page = new Page();
    const { session, id } = await page.session();
    const appended = session.append('x');
    const request = await page.relay.hear('append');
    expect(request).toEqual({ type: 'append', id: request.id, session: id, input: [user('x')] });
    page.relay.done(request.id, USAGE);
    await expect(appended).resolves.toBeUndefined();
    expect(session.contextUsage).toBe(5);
  });

  test('measuring changes nothing, also under its older name', async () => {
    const page = new Page();
    const { session, id } = await page.session({}, 2);
    const measured = session.measureInputUsage('x');
    const request = await page.relay.hear('measure');
    expect(request).toEqual({ type: 'measure', id: request.id, session: id, input: [user('x')] });
    page.relay.done(request.id, { type: 'measure', usage: 3 });
    expect(await measured).toBe(3);
    expect(session.contextUsage).toBe(2);
  });

  test('a clone is another session with the same mode, named by its own request', async () => {
    const page = new Page();
    const { session, id } = await page.session({ samplingMode: 'creative' });
    const cloning = session.clone();
    const request = await page.relay.hear('clone');
    expect(request).toEqual({ type: 'clone', id: request.id, session: id });
    page.relay.done(request.id, { type: 'session', contextWindow: 100, contextUsage: 9 });
    const clone = await cloning;
    expect(clone).toBeInstanceOf(page.LanguageModel);
    expect(clone).toMatchObject({ samplingMode: 'creative', contextUsage: 9, contextWindow: 100 });
    session.destroy();
    expect(await page.relay.hear('destroy')).toEqual({ type: 'destroy', session: id });
    void clone.prompt('x');
    expect((await page.relay.hear('prompt')).session).toBe(request.id);
  });

  test('a clone that nobody waits for any more is given up', async () => {
    const page = new Page();
    const { session } = await page.session();
    const controller = new AbortController();
    const cloning = session.clone({ signal: controller.signal });
    const { id } = await page.relay.hear('clone');
    controller.abort('enough');
    expect(await reasonOf(cloning)).toBe('enough');
    await page.relay.hear('abort');
    page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 9 });
    expect(await page.relay.hear('destroy')).toEqual({ type: 'destroy', session: id });
  });
});

describe('destroy()', () => {
  test('ends pending calls with AbortError and later ones with InvalidStateError', async () => {
    const page = new Page();
    const { session, id } = await page.session();
    const pending = session.prompt('a');
    const stream = session.promptStreaming('b');
    session.destroy();
    session.destroy();
    expect(await reasonOf(pending)).toMatchObject({ name: 'AbortError' });
    expect((await drain(stream)).error).toMatchObject({ name: 'AbortError' });
    expect(await reasonOf(session.prompt('c'))).toMatchObject({ name: 'InvalidStateError' });
    expect(() => session.promptStreaming('d')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
    expect(session.contextWindow).toBe(100);
    const notices = (await page.relay.hearAll()).filter(({ type }) => type === 'destroy');
    expect(notices).toEqual([{ type: 'destroy', session: id }]);
  });

  test('outlives a later abort of the signal of create()', async () => {
    const page = new Page();
    const controller = new AbortController();
    const { session } = await page.session({ signal: controller.signal });
    session.destroy();
    controller.abort('late');
    expect(await reasonOf(session.prompt('x'))).toMatchObject({ name: 'InvalidStateError' });
  });

  test('happens by itself once the page has dropped the session', async () => {
    const page = new Page();
    const { id } = await page.session();
    const heard = page.relay.hear('destroy');
    const collecting = setInterval(collectGarbage, 5);
    expect(await heard).toEqual({ type: 'destroy', session: id });
    clearInterval(collecting);
  });

  test('does not happen while a call is pending, though the page has dropped the session', async () => {
    const page = new Page();
    const cloning = (await page.session()).session.clone();
    const { id } = await page.relay.hear('clone');
    for (let round = 0; round < 10; round += 1) {
      collectGarbage();
      await new Promise(setImmediate);
    }
    expect(await page.relay.hearAll()).toEqual([]);
    page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 0 });
    await expect(cloning).resolves.toBeInstanceOf(page.LanguageModel);
  });
});

describe('event handler attributes', () => {
  test('hold objects only, call functions only, and can be taken back', async () => {
    const { session } = await new Page().session();
    const handler = vi.fn();
    session.oncontextoverflow = 5;
    expect(session.oncontextoverflow).toBeNull();
    session.oncontextoverflow = {};
    session.dispatchEvent(new Event('contextoverflow'));
    session.oncontextoverflow = handler;
    session.dispatchEvent(new Event('contextoverflow'));
    expect(handler).toHaveBeenCalledTimes(1);
    expect(handler.mock.contexts[0]).toBe(session);
    session.oncontextoverflow = null;
    session.dispatchEvent(new Event('contextoverflow'));
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test('a handler that returns false cancels the event', async () => {
    const { session } = await new Page().session();
    session.onquotaoverflow = () => false;
    expect(session.dispatchEvent(new Event('quotaoverflow', { cancelable: true }))).toBe(false);
  });
});
