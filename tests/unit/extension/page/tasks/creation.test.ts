import { describe, expect, test } from 'vitest';
import { Page, reasonOf } from '../support/page';

describe('create() of a task', () => {
  test('sends the defaults, and resolves with an object that reads them', async () => {
    const page = new Page();
    const creation = page.tasks.Summarizer.create();
    const request = await page.relay.hear('createTask');
    expect(request).toEqual({
      type: 'createTask',
      id: 1,
      options: {
        type: 'summarizer',
        expectedContextLanguages: [],
        expectedInputLanguages: [],
        format: 'markdown',
        length: 'short',
        outputLanguage: null,
        preference: 'auto',
        kind: 'key-points',
      },
      sharedContext: '',
    });
    page.relay.done(request.id, { type: 'task', options: request.options, inputQuota: 64 });
    const { type, format, sharedContext, expectedInputLanguages, outputLanguage, inputQuota } = await creation;
    expect({ type, format, sharedContext, expectedInputLanguages, outputLanguage, inputQuota }).toEqual({
      type: 'key-points',
      format: 'markdown',
      sharedContext: '',
      expectedInputLanguages: null,
      outputLanguage: null,
      inputQuota: 64,
    });
  });

  test('reads each option once, in the order of Web IDL', async () => {
    const page = new Page();
    const read: PropertyKey[] = [];
    const options = new Proxy(
      { signal: AbortSignal.abort('stop') },
      {
        get(target, key) {
          read.push(key);
          return Reflect.get(target, key) as unknown;
        },
      },
    );
    expect(await reasonOf(page.tasks.Summarizer.create(options))).toBe('stop');
    expect(read).toEqual([
      'expectedContextLanguages',
      'expectedInputLanguages',
      'format',
      'length',
      'outputLanguage',
      'preference',
      'type',
      'monitor',
      'sharedContext',
      'signal',
    ]);
  });

  test('canonicalizes languages, and reads those that the Host matched, in one frozen list', async () => {
    const page = new Page();
    const creation = page.tasks.Writer.create({ expectedInputLanguages: ['EN-gb', 'iw', 'he'], outputLanguage: 'PT' });
    const request = await page.relay.hear('createTask');
    expect(request.options).toMatchObject({ expectedInputLanguages: ['en-GB', 'he'], outputLanguage: 'pt' });
    const options = { ...request.options, expectedInputLanguages: ['en', 'he'], outputLanguage: 'pt-BR' };
    page.relay.done(request.id, { type: 'task', options: options as typeof request.options, inputQuota: null });
    const { expectedInputLanguages, outputLanguage, inputQuota } = await creation;
    expect([expectedInputLanguages, outputLanguage, inputQuota]).toEqual([['en', 'he'], 'pt-BR', Infinity]);
    expect(Object.isFrozen(expectedInputLanguages)).toBe(true);
    const { object } = await page.task('Writer', { expectedInputLanguages: ['en'] });
    expect(object['expectedInputLanguages']).toBe(object['expectedInputLanguages']);
  });

  test.each<[string, object, unknown]>([
    ['an unknown value of an enumeration', { type: 'tl;dr' }, TypeError],
    ['a string for a list', { expectedInputLanguages: 'en' }, TypeError],
    ['a monitor that is no function', { monitor: {} }, TypeError],
    ['a signal that is none', { signal: null }, TypeError],
    ['a tag that is none', { outputLanguage: 'en_US' }, RangeError],
    ['an empty tag', { expectedContextLanguages: [''] }, RangeError],
  ])('rejects %s', async (_, options, error) => {
    const { tasks, relay } = new Page();
    expect(await reasonOf(tasks.Summarizer.create(options))).toBeInstanceOf(error);
    expect(await relay.hearAll()).toEqual([]);
  });

  test('names faults in the order of the standard', async () => {
    const page = new Page();
    const { Translator } = page.tasks;
    const signal = AbortSignal.abort('stop');
    const monitor = (): never => {
      throw new Error('not called');
    };
    const pair = { sourceLanguage: 'en', targetLanguage: 'es' };
    expect(await reasonOf(Translator.create({ ...pair, targetLanguage: '-', signal, monitor }))).toBeInstanceOf(RangeError);
    expect(await reasonOf(Translator.create({ ...pair, signal, monitor }))).toBe('stop');
    page.isFullyActive = false;
    expect(await reasonOf(Translator.create({ ...pair, targetLanguage: '-' }))).toMatchObject({
      name: 'InvalidStateError',
    });
    expect(await reasonOf(Translator.create({ targetLanguage: '-' }))).toBeInstanceOf(TypeError);
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test('refuses a shared context that no model could hold', async () => {
    const { tasks, relay } = new Page();
    const sharedContext = 'x'.repeat(2 ** 21 + 1);
    expect(await reasonOf(tasks.Writer.create({ sharedContext }))).toMatchObject({ name: 'QuotaExceededError' });
    expect(await relay.hearAll()).toEqual([]);
  });

  test('keeps the shared context as it was given, and sends it well-formed', async () => {
    const page = new Page();
    const creation = page.tasks.Rewriter.create({ sharedContext: 'half \ud83d' });
    const request = await page.relay.hear('createTask');
    expect(request.sharedContext).toBe('half \ufffd');
    page.relay.done(request.id, { type: 'task', options: request.options, inputQuota: 1 });
    expect((await creation)['sharedContext']).toBe('half \ud83d');
  });

  test('gives up what was made for an aborted call, and for a document that lost its road', async () => {
    const page = new Page();
    const controller = new AbortController();
    const creation = page.tasks.Proofreader.create({ signal: controller.signal });
    const { id, options } = await page.relay.hear('createTask');
    controller.abort('no');
    expect(await reasonOf(creation)).toBe('no');
    await page.relay.hear('abort');
    page.relay.done(id, { type: 'task', options, inputQuota: null });
    expect(await page.relay.hear('destroy')).toEqual({ type: 'destroy', session: id });
    const lost = page.tasks.Proofreader.create();
    const request = await page.relay.hear('createTask');
    page.relay.say({ type: 'lost', reason: 'suspended' });
    expect(await reasonOf(lost)).toMatchObject({ name: 'UnknownError' });
    page.relay.done(request.id, { type: 'task', options, inputQuota: null });
    expect(await page.relay.hear('destroy')).toEqual({ type: 'destroy', session: request.id });
  });

  test('fires the progress that the Host reports', async () => {
    const page = new Page();
    const loaded: number[] = [];
    const creation = page.tasks.LanguageDetector.create({
      monitor(monitor: EventTarget) {
        monitor.addEventListener('downloadprogress', (event) => loaded.push((event as ProgressEvent).loaded));
      },
    });
    const { id, options } = await page.relay.hear('createTask');
    page.relay.event({ type: 'progress', id, loaded: 0 });
    page.relay.event({ type: 'progress', id, loaded: 1 });
    page.relay.done(id, { type: 'task', options, inputQuota: null });
    await creation;
    expect(loaded).toEqual([0, 1]);
  });
});

describe('availability() of a task', () => {
  test('asks for the core options alone', async () => {
    const { tasks, relay } = new Page();
    const answer = tasks.LanguageDetector.availability({ expectedInputLanguages: ['EN'], signal: 5, monitor: 5 });
    const request = await relay.hear('taskAvailability');
    expect(request).toEqual({
      type: 'taskAvailability',
      id: 1,
      options: { type: 'language-detector', expectedInputLanguages: ['en'] },
    });
    relay.done(request.id, { type: 'availability', availability: 'downloadable' });
    expect(await answer).toBe('downloadable');
  });

  test('rejects where the document is not fully active, before it looks at languages', async () => {
    const page = new Page();
    page.isFullyActive = false;
    const answer = page.tasks.Writer.availability({ outputLanguage: '-' });
    expect(await reasonOf(answer)).toMatchObject({ name: 'InvalidStateError' });
  });
});
