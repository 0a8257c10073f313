import { describe, expect, test } from 'vitest';
import { Page, reasonOf, user } from './support/page';

const USAGE = { type: 'usage', contextUsage: 5 } as const;

describe('prompt()', () => {
  test('resolves with all chunks as one string and updates the usage', async () => {
    const page = new Page();
    const { session, id } = await page.session();
    const answer = session.prompt('hi');
    const request = await page.relay.hear('prompt');
    expect(request).toEqual({ type: 'prompt', id: request.id, session: id, input: [user('hi')], stream: false });
    page.relay.chunks(request.id, 'a', 'b');
    page.relay.done(request.id, USAGE);
    expect(await answer).toBe('ab');
    expect(session.contextUsage).toBe(5);
    expect(session.inputUsage).toBe(5);
  });

  test.each([
    ['null', null, 'null'],
    ['undefined', undefined, 'undefined'],
    ['a number', 5, '5'],
    ['a single message object', { role: 'user', content: 'x' }, '[object Object]'],
    ['an empty list', [], ''],
    ['a set of messages', new Set([{ role: 'user', content: 'x' }]), 'x'],
    ['a lone surrogate', '\ud800', '\ufffd'],
    ['content that is a number', [{ role: 'user', content: 5 }], '5'],
    ['an empty list of parts', [{ role: 'user', content: [] }], ''],
  ])('takes %s', async (_what, input, text) => {
    const page = new Page();
    const { session } = await page.session();
    void session.prompt(input);
    expect((await page.relay.hear('prompt')).input).toEqual([user(text)]);
  });

  test('a missing prefix is false and a given one goes along', async () => {
    const page = new Page();
    const { session } = await page.session();
    void session.prompt([{ role: 'user', content: 'x' }, { role: 'assistant', content: 'y', prefix: true }]);
    expect((await page.relay.hear('prompt')).input).toEqual([
      user('x'),
      { role: 'assistant', content: [{ type: 'text', value: 'y' }], prefix: true },
    ]);
  });

  test.each([
    ['a prefix of a user', [{ role: 'user', content: 'x', prefix: true }], 'SyntaxError'],
    [
      'a prefix before the end',
      [
        { role: 'assistant', content: 'x', prefix: true },
        { role: 'user', content: 'y' },
      ],
      'SyntaxError',
    ],
    ['an image', [{ role: 'user', content: [{ type: 'image', value: new Uint8Array(1) }] }], 'NotSupportedError'],
    ['bytes as text', [{ role: 'user', content: [{ type: 'text', value: new Uint8Array(1) }] }], 'TypeError'],
    ['a blob as text', [{ role: 'user', content: [{ type: 'text', value: new Blob() }] }], 'TypeError'],
    ['a system message after another', [{ role: 'user', content: 'x' }, { role: 'system', content: 'y' }], 'TypeError'],
    ['a symbol', Symbol('x'), 'TypeError'],
    ['a list of strings', ['x'], 'TypeError'],
    ['text beyond any window', 'x'.repeat(2 ** 21 + 1), 'QuotaExceededError'],
  ])('refuses %s', async (_what, input, name) => {
    const page = new Page();
    const { session } = await page.session();
    expect(await reasonOf(session.prompt(input))).toMatchObject({ name });
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test.each([
    ['long text', 'x'.repeat(2 ** 21 + 1), 2 ** 21 + 1],
    ['many messages', Array(4097).fill({ role: 'user', content: '' }), 4097],
    ['many pictures', [{ role: 'user', content: Array(4097).fill({ type: 'image', value: new Uint8Array(1) }) }], 101],
  ])('tells the numbers of %s that fits no context window', async (_what, input, requested) => {
    const { session } = await new Page().session({ expectedInputs: [{ type: 'image' }] });
    const numbers = { name: 'QuotaExceededError', quota: 100, requested };
    expect(await reasonOf(session.prompt(input))).toMatchObject(numbers);
    expect(await reasonOf(session.append(input))).toMatchObject(numbers);
    expect(await reasonOf(session.measureContextUsage(input))).toMatchObject(numbers);
  });

  test('an abort rejects at once with the reason itself and ends only that call', async () => {
    const page = new Page();
    const { session } = await page.session();
    const controller = new AbortController();
    const reason = { mine: true };
    const aborted = session.prompt('a', { signal: controller.signal });
    const other = session.prompt('b');
    const { id } = await page.relay.hear('prompt');
    const { id: otherId } = await page.relay.hear('prompt');
    controller.abort(reason);
    expect(await reasonOf(aborted)).toBe(reason);
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id });
    page.relay.error(id, { name: 'AbortError', message: '' });
    page.relay.chunks(otherId, 'fine');
    page.relay.done(otherId, USAGE);
    expect(await other).toBe('fine');
  });

  test('a listener of the page cannot keep its signal from us', async () => {
    const page = new Page();
    const { session } = await page.session();
    const controller = new AbortController();
    controller.signal.addEventListener('abort', (event) => {
      event.stopImmediatePropagation();
    });
    const answer = session.prompt('a', { signal: controller.signal });
    controller.abort('enough');
    expect(await reasonOf(answer)).toBe('enough');
  });

  test('an error of the Host rejects and leaves the session usable', async () => {
    const page = new Page();
    const { session } = await page.session();
    const answer = session.prompt('a');
    const { id } = await page.relay.hear('prompt');
    page.relay.error(id, { name: 'QuotaExceededError', message: 'Too much.', requested: 120, quota: 100 });
    expect(await reasonOf(answer)).toMatchObject({ name: 'QuotaExceededError', requested: 120, quota: 100 });
    const next = session.prompt('b');
    page.relay.done((await page.relay.hear('prompt')).id, USAGE);
    expect(await next).toBe('');
  });

  test('a lost Host rejects calls under way and all later ones', async () => {
    const page = new Page();
    const { session } = await page.session();
    const answer = session.prompt('a');
    await page.relay.hear('prompt');
    page.relay.say({ type: 'lost', reason: 'host-gone' });
    expect(await reasonOf(answer)).toMatchObject({ name: 'UnknownError' });
    expect(await reasonOf(session.prompt('b'))).toMatchObject({ name: 'UnknownError' });
    session.destroy();
    expect(await page.relay.hearAll()).toEqual([]);
    const { session: next } = await page.session();
    expect(next.contextWindow).toBe(100);
  });

  test('a session outlives the back/forward cache', async () => {
    const page = new Page();
    const { session } = await page.session();
    const answer = session.prompt('a');
    await page.relay.hear('prompt');
    page.relay.say({ type: 'lost', reason: 'suspended' });
    expect(await reasonOf(answer)).toMatchObject({ name: 'UnknownError' });
    const next = session.prompt('b');
    page.relay.done((await page.relay.hear('prompt')).id, USAGE);
    expect(await next).toBe('');
  });

  test('overflow is fired at the session before the call settles', async () => {
    const page = new Page();
    const { session } = await page.session();
    const fired: string[] = [];
    const note = (event: Event): void => {
      fired.push(`${event.type} ${String(event.bubbles)} ${String(event.cancelable)}`);
    };
    expect(session.oncontextoverflow).toBeNull();
    session.oncontextoverflow = note;
    session.addEventListener('quotaoverflow', note);
    const answer = session.prompt('a').then(() => fired.push('settled'));
    const { id } = await page.relay.hear('prompt');
    page.relay.event({ type: 'overflow', id });
    page.relay.done(id, USAGE);
    await answer;
    expect(fired).toEqual(['contextoverflow false false', 'quotaoverflow false false', 'settled']);
  });

  test('a document that is not fully active rejects or throws InvalidStateError', async () => {
    const page = new Page();
    const { session } = await page.session();
    page.isFullyActive = false;
    expect(await reasonOf(session.prompt('x'))).toMatchObject({ name: 'InvalidStateError' });
    expect(await reasonOf(session.clone())).toMatchObject({ name: 'InvalidStateError' });
    expect(() => session.promptStreaming('x')).toThrow(expect.objectContaining({ name: 'InvalidStateError' }));
  });
});

describe('system messages', () => {
  const system = [{ role: 'system', content: 'Be kind.' }];

  test('one may lead the first call of a session without context', async () => {
    const page = new Page();
    const { session } = await page.session();
    void session.append(system);
    expect((await page.relay.hear('append')).input).toHaveLength(1);
  });

  test('none may follow initial prompts', async () => {
    const { session } = await new Page().session({ initialPrompts: system });
    expect(await reasonOf(session.prompt(system))).toBeInstanceOf(TypeError);
  });

  test('none may follow a call that succeeded or is still under way', async () => {
    const page = new Page();
    const { session } = await page.session();
    const first = session.append('x');
    expect(await reasonOf(session.prompt(system))).toBeInstanceOf(TypeError);
    page.relay.done((await page.relay.hear('append')).id, USAGE);
    await first;
    expect(await reasonOf(session.prompt(system))).toBeInstanceOf(TypeError);
  });

  test('one may follow a call that failed', async () => {
    const page = new Page();
    const { session } = await page.session();
    const first = session.append('x');
    page.relay.error((await page.relay.hear('append')).id, { name: 'UnknownError', message: '' });
    await reasonOf(first);
    void session.append(system);
    await page.relay.hear('append');
  });

  test.each(['prompt', 'append'] as const)('one may follow an aborted %s() at once', async (method) => {
    const page = new Page();
    const { session } = await page.session();
    const controller = new AbortController();
    const aborted = session[method](system, { signal: controller.signal });
    await page.relay.hear(method);
    controller.abort('early');
    expect(await reasonOf(aborted)).toBe('early');
    void session.append(system);
    await page.relay.hear('abort');
    await page.relay.hear('append');
  });

  test('one may follow a stream at once whose reader left', async () => {
    const page = new Page();
    const { session } = await page.session();
    await session.promptStreaming(system).cancel();
    await page.relay.hear('prompt');
    void session.append(system);
    await page.relay.hear('abort');
    await page.relay.hear('append');
  });

  test('none may follow an aborted call that the Host had finished', async () => {
    const page = new Page();
    const { session } = await page.session();
    const controller = new AbortController();
    const aborted = session.append('x', { signal: controller.signal });
    const { id } = await page.relay.hear('append');
    controller.abort('late');
    await reasonOf(aborted);
    await page.relay.hear('abort');
    page.relay.done(id, USAGE);
    const measured = session.measureContextUsage('y');
    page.relay.done((await page.relay.hear('measure')).id, { type: 'measure', usage: 1 });
    await measured;
    expect(session.contextUsage).toBe(5);
    expect(await reasonOf(session.prompt(system))).toBeInstanceOf(TypeError);
  });

  test('measuring always allows one, and a clone inherits the context', async () => {
    const page = new Page();
    const { session } = await page.session({ initialPrompts: system });
    const measured = session.measureContextUsage(system);
    page.relay.done((await page.relay.hear('measure')).id, { type: 'measure', usage: 7 });
    expect(await measured).toBe(7);
    const cloning = session.clone();
    const { id } = await page.relay.hear('clone');
    page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 3 });
    expect(await reasonOf((await cloning).prompt(system))).toBeInstanceOf(TypeError);
  });
});
