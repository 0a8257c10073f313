import { describe, expect, test, vi } from 'vitest';
import { Page, reasonOf, user } from './support/page';

describe('availability()', () => {
  test('resolves with what the Host says about the expectations', async () => {
    const { LanguageModel, relay } = new Page();
    const answer = LanguageModel.availability({
      expectedInputs: [{ type: 'image' }, { type: 'text', languages: ['EN', 'en', 'iw'] }],
      samplingMode: 'creative',
      signal: 'ignored',
    });
    const request = await relay.hear('availability');
    expect(request).toEqual({
      type: 'availability',
      id: 1,
      interface: 'language-model',
      expectedInputs: [
        { kind: 'image', languages: [] },
        { kind: 'text', languages: ['en', 'he'] },
      ],
      expectedOutputs: [],
    });
    relay.done(request.id, { type: 'availability', availability: 'downloadable' });
    expect(await answer).toBe('downloadable');
  });

  test('rejects what does not convert, before it says anything', async () => {
    const { LanguageModel, relay } = new Page();
    expect(await reasonOf(LanguageModel.availability('x'))).toBeInstanceOf(TypeError);
    expect(await reasonOf(LanguageModel.availability({ expectedInputs: [{}] }))).toBeInstanceOf(TypeError);
    const type = { expectedInputs: [{ type: 'soup' }] };
    expect(await reasonOf(LanguageModel.availability(type))).toBeInstanceOf(TypeError);
    expect(await reasonOf(LanguageModel.availability({ samplingMode: 'default' }))).toBeInstanceOf(TypeError);
    const languages = { expectedOutputs: [{ type: 'text', languages: 'en' }] };
    expect(await reasonOf(LanguageModel.availability(languages))).toBeInstanceOf(TypeError);
    const tag = { expectedOutputs: [{ type: 'text', languages: ['en_US'] }] };
    expect(await reasonOf(LanguageModel.availability(tag))).toBeInstanceOf(RangeError);
    expect(await relay.hearAll()).toEqual([]);
  });

  test('rejects with InvalidStateError where the document is not fully active', async () => {
    const page = new Page();
    page.isFullyActive = false;
    expect(await reasonOf(page.LanguageModel.availability())).toMatchObject({ name: 'InvalidStateError' });
  });
});

describe('what the Host would not read', () => {
  test.each<[string, object]>([
    ['too many inputs', { expectedInputs: new Array(4097).fill({ type: 'text' }) }],
    ['too many outputs', { expectedOutputs: new Array(4097).fill({ type: 'text' }) }],
    [
      'too many languages',
      { expectedInputs: [{ type: 'text', languages: Array.from({ length: 4097 }, (_, index) => `en-x-${index}`) }] },
    ],
    ['a language tag that is too long', { expectedOutputs: [{ type: 'text', languages: [`en-x${'-abcdefgh'.repeat(28)}`] }] }],
  ])('is refused in the Page: %s', async (_, options) => {
    const { LanguageModel } = new Page();
    const refused = { name: 'NotSupportedError' };
    await expect(reasonOf(LanguageModel.availability(options))).resolves.toMatchObject(refused);
    await expect(reasonOf(LanguageModel.create(options))).resolves.toMatchObject(refused);
  });

  test('is not refused at the bound', async () => {
    const { LanguageModel, relay } = new Page();
    const expectedInputs = new Array(4096).fill({ type: 'text' });
    const languages = [`en-x${'-abcdefgh'.repeat(27)}-abcdefg`];
    void LanguageModel.availability({ expectedInputs, expectedOutputs: [{ type: 'text', languages }] });
    await expect(relay.hear('availability')).resolves.toMatchObject({ expectedOutputs: [{ languages }] });
  });
});

describe('create()', () => {
  test('sends canonical options and resolves with a session', async () => {
    const { LanguageModel, relay } = new Page();
    const creation = LanguageModel.create({
      initialPrompts: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: [{ type: 'text', value: 'a' }, { type: 'text', value: 'b' }] },
      ],
      samplingMode: 'predictable',
      topK: 'ignored',
      signal: undefined,
      misspelt: true,
    });
    const request = await relay.hear('create');
    expect(request).toEqual({
      type: 'create',
      id: 1,
      interface: 'language-model',
      expectedInputs: [],
      expectedOutputs: [],
      initialPrompts: [
        { role: 'system', content: [{ type: 'text', value: 'Be kind.' }], prefix: false },
        user('ab'),
      ],
      samplingMode: 'predictable',
      tools: [],
    });
    relay.done(request.id, { type: 'session', contextWindow: 64, contextUsage: 7 });
    const session = await creation;
    expect(session).toMatchObject({ contextWindow: 64, contextUsage: 7, samplingMode: 'predictable' });
    expect(session).toMatchObject({ inputQuota: 64, inputUsage: 7 });
  });

  test.each([
    ['options that are a number', 5],
    ['a null signal', { signal: null }],
    ['a signal that is none', { signal: { aborted: false } }],
    ['a monitor that is no function', { monitor: {} }],
    ['a string for initialPrompts', { initialPrompts: 'hi' }],
    ['a message without a role', { initialPrompts: [{ content: 'x' }] }],
    ['a message without content', { initialPrompts: [{ role: 'user' }] }],
    ['a part without a value', { initialPrompts: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['an unknown role', { initialPrompts: [{ role: 'tool', content: 'x' }] }],
    ['a second system message', { initialPrompts: [{ role: 'user', content: 'x' }, { role: 'system', content: 'y' }] }],
    ['a tool without a schema', { tools: [{ name: 'n', description: 'd' }] }],
  ])('rejects %s with TypeError', async (_what, options) => {
    const { LanguageModel, relay } = new Page();
    expect(await reasonOf(LanguageModel.create(options))).toBeInstanceOf(TypeError);
    expect(await relay.hearAll()).toEqual([]);
  });

  test('refuses what is not supported by name', async () => {
    const { LanguageModel } = new Page();
    const image = [{ role: 'user', content: [{ type: 'image', value: 'x' }] }];
    const pictured = LanguageModel.create({ initialPrompts: image });
    expect(await reasonOf(pictured)).toMatchObject({ name: 'NotSupportedError' });
    const prefix = [{ role: 'assistant', content: 'x', prefix: true }];
    expect(await reasonOf(LanguageModel.create({ initialPrompts: prefix }))).toMatchObject({ name: 'SyntaxError' });
  });

  test('reads each member of the options once, in the order of the IDL', async () => {
    const { LanguageModel } = new Page();
    const read: string[] = [];
    const options = new Proxy({}, { get: (_target, name) => void read.push(String(name)) });
    void LanguageModel.create(options).catch(() => undefined);
    const core = ['expectedInputs', 'expectedOutputs', 'samplingMode', 'tools'];
    expect(read).toEqual([...core, 'initialPrompts', 'monitor', 'signal']);
    await Promise.resolve();
  });

  test('an aborted signal rejects with its reason itself and sends nothing', async () => {
    const { LanguageModel, relay } = new Page();
    const reason = { mine: true };
    const monitor = vi.fn();
    expect(await reasonOf(LanguageModel.create({ signal: AbortSignal.abort(reason), monitor }))).toBe(reason);
    expect(monitor).not.toHaveBeenCalled();
    expect(await relay.hearAll()).toEqual([]);
  });

  test('an abort rejects at once, tells the Host, and gives up a session that comes too late', async () => {
    const { LanguageModel, relay } = new Page();
    const controller = new AbortController();
    const creation = LanguageModel.create({ signal: controller.signal });
    const { id } = await relay.hear('create');
    controller.abort('enough');
    expect(await reasonOf(creation)).toBe('enough');
    expect(await relay.hear('abort')).toEqual({ type: 'abort', id });
    relay.done(id, { type: 'session', contextWindow: 10, contextUsage: 0 });
    expect(await relay.hear('destroy')).toEqual({ type: 'destroy', session: id });
  });

  test('the monitor is called inside create(), with this undefined', async () => {
    const { LanguageModel } = new Page();
    let seen: unknown = 'not called';
    void LanguageModel.create({
      monitor(this: unknown, monitor: unknown) {
        seen = [this, Object.prototype.toString.call(monitor)];
      },
    });
    expect(seen).toEqual([undefined, '[object CreateMonitor]']);
    await Promise.resolve();
  });

  test('what the monitor throws is the rejection, and nothing starts', async () => {
    const { LanguageModel, relay } = new Page();
    const thrown = new Error('mine');
    const creation = LanguageModel.create({
      monitor() {
        throw thrown;
      },
    });
    expect(await reasonOf(creation)).toBe(thrown);
    expect(await relay.hearAll()).toEqual([]);
  });

  test('a monitor that aborts the signal starts nothing', async () => {
    const { LanguageModel, relay } = new Page();
    const controller = new AbortController();
    const creation = LanguageModel.create({
      signal: controller.signal,
      monitor() {
        controller.abort('no');
      },
    });
    expect(await reasonOf(creation)).toBe('no');
    expect(await relay.hearAll()).toEqual([]);
  });

  test('progress is fired at the monitor as fractions of one', async () => {
    const { LanguageModel, relay } = new Page();
    const fired: ProgressEvent[] = [];
    const creation = LanguageModel.create({
      monitor(monitor: EventTarget & { ondownloadprogress: unknown }) {
        monitor.addEventListener('downloadprogress', (event) => fired.push(event as ProgressEvent));
        monitor.ondownloadprogress = (event: ProgressEvent) => fired.push(event);
      },
    });
    const { id } = await relay.hear('create');
    relay.event({ type: 'progress', id, loaded: 0 });
    relay.event({ type: 'progress', id, loaded: 1 });
    relay.done(id, { type: 'session', contextWindow: 10, contextUsage: 0 });
    await creation;
    expect(fired.map(({ loaded }) => loaded)).toEqual([0, 0, 1, 1]);
    expect(fired[0]).toMatchObject({ type: 'downloadprogress', total: 1, lengthComputable: true });
  });

  test('aborting in reaction to progress stops progress and rejects, even at the last event', async () => {
    const { LanguageModel, relay } = new Page();
    const controller = new AbortController();
    const loaded: number[] = [];
    const creation = LanguageModel.create({
      signal: controller.signal,
      monitor(monitor: EventTarget) {
        monitor.addEventListener('downloadprogress', (event) => {
          loaded.push((event as ProgressEvent).loaded);
          controller.abort('stop');
        });
      },
    });
    const { id } = await relay.hear('create');
    relay.event({ type: 'progress', id, loaded: 0 });
    relay.event({ type: 'progress', id, loaded: 1 });
    relay.done(id, { type: 'session', contextWindow: 10, contextUsage: 0 });
    expect(await reasonOf(creation)).toBe('stop');
    await relay.hear('abort');
    await relay.hear('destroy');
    expect(loaded).toEqual([0]);
  });

  test('the signal of create() destroys the session later, with its reason for every call', async () => {
    const page = new Page();
    const controller = new AbortController();
    const { session, id } = await page.session({ signal: controller.signal });
    const pending = session.prompt('hi');
    const { id: call } = await page.relay.hear('prompt');
    const reason = new Error('mine');
    controller.abort(reason);
    expect(await reasonOf(pending)).toBe(reason);
    expect(await reasonOf(session.prompt('again'))).toBe(reason);
    expect(() => session.promptStreaming('again')).toThrow(reason);
    expect(await page.relay.hear('abort')).toEqual({ type: 'abort', id: call });
    expect(await page.relay.hear('destroy')).toEqual({ type: 'destroy', session: id });
  });
});
