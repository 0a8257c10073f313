// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest';
import { Maker } from '../../../host/windowsill/demo/playground/maker.js';

/** What was given to each create(), and the ends of its promise. */
let created = [];

beforeEach(() => {
  created = [];
  vi.stubGlobal('Thing', {
    create(options) {
      return new Promise((resolve, reject) => {
        options.signal.addEventListener('abort', () => { reject(options.signal.reason); });
        created.push({ options, resolve, reject });
      });
    },
  });
});

function maker(making = () => undefined) {
  return new Maker('Thing', making);
}

test('one object serves all calls with the same options', async () => {
  const made = maker();
  const first = made.get({ type: 'tldr' }, () => undefined);
  expect(made.get({ type: 'tldr' }, () => undefined)).toBe(first);
  created[0].resolve('object');
  expect(await first).toBe('object');
  expect(created.length).toBe(1);
});

test('other options end the object before and make another', async () => {
  const making = vi.fn();
  const made = maker(making);
  const first = made.get({ type: 'tldr' }, () => undefined);
  void made.get({ type: 'teaser' }, () => undefined);
  await expect(first).rejects.toBe(created[0].options.signal.reason);
  expect(created.map(({ options }) => [options.type, options.signal.aborted])).toEqual([['tldr', true], ['teaser', false]]);
  expect(making).toHaveBeenCalledTimes(2);
});

test('a failure is not kept', async () => {
  const made = maker();
  const first = made.get({}, () => undefined);
  created[0].reject(new Error('no'));
  await expect(first).rejects.toThrow('no');
  expect(made.holds({})).toBe(false);
});

test('a download tells how far it is', () => {
  const progress = vi.fn();
  void maker().get({}, progress);
  const monitor = new EventTarget();
  created[0].options.monitor(monitor);
  monitor.dispatchEvent(Object.assign(new Event('downloadprogress'), { loaded: 0.5 }));
  expect(progress).toHaveBeenCalledWith(0.5);
});
