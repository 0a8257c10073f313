import { describe, expect, test } from 'vitest';
import { Page, drain } from '../support/page';

describe('the text sessions of 2024', () => {
  test.each([
    ['available', 'readily'],
    ['downloadable', 'after-download'],
    ['unavailable', 'no'],
  ] as const)('can be created where the model is %s: %s', async (availability, word) => {
    const page = new Page();
    const asked = [page.ai.canCreateTextSession(), page.ai.canCreateGenericSession()];
    await page.tellAvailability(availability);
    await page.tellAvailability(availability);
    expect(await Promise.all(asked)).toEqual([word, word]);
  });

  test.each(['createTextSession', 'createGenericSession'] as const)('%s() makes a session of the old shape', async (create) => {
    const page = new Page();
    const session = await page.oldSession({ topK: 8, temperature: 0.5 }, page.ai[create]);
    expect(session).toMatchObject({ topK: 8, temperature: 0.5 });
    const stream = session.promptStreaming('hi');
    await page.answer('a', 'b');
    expect(await drain(stream)).toEqual({ chunks: ['a', 'ab'] });
  });

  test('are found at ai.languageModel too, where some pages look', async () => {
    const page = new Page();
    const factory = page.ai.languageModel as unknown as Pick<typeof page.ai, 'createTextSession'>;
    expect(await page.oldSession(undefined, factory.createTextSession)).toMatchObject({ tokensLeft: 90 });
  });

  test('tell their numbers', async () => {
    const { ai } = new Page();
    expect(await ai.textModelInfo()).toEqual({ defaultTopK: 3, maxTopK: 128, defaultTemperature: 1 });
    expect(await ai.defaultTextSessionOptions()).toEqual({ topK: 3, temperature: 1 });
  });

  test('tell the progress of a download at ai', async () => {
    const page = new Page();
    const loaded: number[] = [];
    page.ai.addEventListener('textmodeldownloadprogress', (event) => {
      loaded.push((event as ProgressEvent).loaded);
    });
    const creation = page.ai.createTextSession();
    const { id } = await page.relay.hear('create');
    page.relay.event({ type: 'progress', id, loaded: 0 });
    page.relay.event({ type: 'progress', id, loaded: 1 });
    page.relay.done(id, { type: 'session', contextWindow: 100, contextUsage: 0 });
    await creation;
    expect(loaded).toEqual([0, 1]);
  });
});
