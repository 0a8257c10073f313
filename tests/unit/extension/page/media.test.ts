// Media parts up to their conversion, which is the browser's and scripted here; tests/e2e/test_media.py has a real one.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Page, reasonOf, user } from './support/page';

const USAGE = { type: 'usage', contextUsage: 5 } as const;
const EXPECTED = { expectedInputs: [{ type: 'image' }, { type: 'audio' }] };
const BYTES = new Uint8Array([1, 2]);

function image(value: unknown): object[] {
  return [{ role: 'user', content: [{ type: 'image', value }] }];
}

/** What the browser was asked to decode, oldest first: the test ends each when it likes. */
let decoding: { readonly end: () => void; readonly fail: (reason: unknown) => void }[];

class FakeCanvas {
  getContext(): object {
    return { drawImage: vi.fn() };
  }

  convertToBlob(): Promise<Blob> {
    return Promise.resolve(new Blob(['png']));
  }
}

class FakeReader {
  result = '';
  onload: (() => void) | null = null;

  async readAsDataURL(blob: Blob): Promise<void> {
    this.result = `data:image/png;base64,${btoa(await blob.text())}`;
    this.onload?.();
  }
}

beforeEach(() => {
  decoding = [];
  vi.stubGlobal('OffscreenCanvas', FakeCanvas);
  vi.stubGlobal('FileReader', FakeReader);
  vi.stubGlobal('createImageBitmap', () =>
    new Promise((resolve, reject) => {
      const bitmap = { width: 1, height: 1, close: vi.fn() };
      decoding.push({ end: () => { resolve(bitmap); }, fail: reject });
    }),
  );
});

describe('what a media part may be', () => {
  test.each([
    ['an image of the assistant', 'assistant', 'image', BYTES, 'NotSupportedError'],
    ['a string as an image', 'user', 'image', 'https://example.com/a.png', 'TypeError'],
    ['a number as audio', 'user', 'audio', 5, 'TypeError'],
    ['a plain object as an image', 'user', 'image', {}, 'TypeError'],
    ['a proxy of bytes as an image', 'user', 'image', new Proxy(BYTES, {}), 'TypeError'],
    ['more bytes than a call holds', 'user', 'image', new Uint8Array(2 ** 25 + 1), 'QuotaExceededError'],
  ])('refuses %s', async (_what, role, type, value, name) => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    expect(await reasonOf(session.prompt([{ role, content: [{ type, value }] }]))).toMatchObject({ name });
    expect(decoding).toEqual([]);
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test('is refused by the type before the value where the session does not expect it', async () => {
    const { session } = await new Page().session({ expectedInputs: [{ type: 'audio' }] });
    expect(await reasonOf(session.prompt(image('no image')))).toMatchObject({ name: 'NotSupportedError' });
  });

  test('is what a clone expects, too', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const cloning = session.clone();
    page.relay.done((await page.relay.hear('clone')).id, { type: 'session', contextWindow: 100, contextUsage: 0 });
    expect(await reasonOf((await cloning).prompt(image('no image')))).toBeInstanceOf(TypeError);
  });

  test('breaks a run of texts, and a pair of surrogates may come in two parts', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const text = (value: string): object => ({ type: 'text', value });
    const shown = { type: 'image', value: BYTES };
    void session.prompt([{ role: 'user', content: [text('\ud83d'), text('\ude00'), shown, shown, text('\ud83d')] }]);
    for (const { end } of decoding) {
      end();
    }
    const png = { type: 'image', data: btoa('png') };
    expect((await page.relay.hear('prompt')).input[0]?.content).toEqual([text('\ud83d\ude00'), png, png, text('\ufffd')]);
  });
});

describe('while an image is converted', () => {
  test('later calls wait, measuring does not, and all go up in their order', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const first = session.prompt(image(BYTES));
    const second = session.append('second');
    void session.clone();
    void session.measureContextUsage('x');
    await page.relay.hear('measure');
    expect(await page.relay.hearAll()).toEqual([]);
    decoding[0]?.end();
    const { id } = await page.relay.hear('prompt');
    page.relay.done(id, USAGE);
    await first;
    const { id: secondId, input } = await page.relay.hear('append');
    expect(input).toEqual([user('second')]);
    page.relay.done(secondId, USAGE);
    await second;
    await page.relay.hear('clone');
  });

  test('a fault ends its call only, once, and makes way', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const broken = session.prompt([...image(BYTES), ...image(BYTES)]);
    const next = session.prompt('next');
    decoding[1]?.fail('first in time');
    expect(await reasonOf(broken)).toBe('first in time');
    decoding[0]?.fail('later');
    page.relay.done((await page.relay.hear('prompt')).id, USAGE);
    expect(await next).toBe('');
  });

  test('an abort rejects at once, tells the Host nothing, and makes way', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const controller = new AbortController();
    const aborted = session.prompt(image(BYTES), { signal: controller.signal });
    void session.prompt('next');
    controller.abort('enough');
    expect(await reasonOf(aborted)).toBe('enough');
    decoding[0]?.end();
    expect((await page.relay.hear('prompt')).input).toEqual([user('next')]);
  });

  test('a reader that walks away makes way', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const stream = session.promptStreaming(image(BYTES));
    void session.prompt('next');
    await stream.cancel();
    expect((await page.relay.hear('prompt')).input).toEqual([user('next')]);
  });

  test('destroy() rejects with AbortError and nothing goes up', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const lost = session.prompt(image(BYTES));
    session.destroy();
    expect(await reasonOf(lost)).toMatchObject({ name: 'AbortError' });
    await page.relay.hear('destroy');
    decoding[0]?.end();
    expect(await page.relay.hearAll()).toEqual([]);
  });

  test('the session has context: no system message may follow, but may again where the call failed', async () => {
    const page = new Page();
    const { session } = await page.session(EXPECTED);
    const system = [{ role: 'system', content: 'Be kind.' }];
    const broken = session.prompt(image(BYTES));
    expect(await reasonOf(session.prompt(system))).toBeInstanceOf(TypeError);
    decoding[0]?.fail('broken');
    await reasonOf(broken);
    void session.append(system);
    await page.relay.hear('append');
  });

  test('create() with one in its initial prompts waits, and an abort ends it', async () => {
    const page = new Page();
    const controller = new AbortController();
    const options = { ...EXPECTED, initialPrompts: image(BYTES) };
    const aborted = page.LanguageModel.create({ ...options, signal: controller.signal });
    void page.LanguageModel.create(options);
    controller.abort('enough');
    expect(await reasonOf(aborted)).toBe('enough');
    decoding[0]?.end();
    decoding[1]?.end();
    expect((await page.relay.hear('create')).initialPrompts?.[0]?.content).toEqual([{ type: 'image', data: btoa('png') }]);
    expect(await page.relay.hearAll()).toEqual([]);
  });
});
