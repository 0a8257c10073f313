import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_WAITING, NativePort, type HostListener } from '../../../../extension/src/broker/native_port';
import type { Hello, HostHears, HostSays, Welcome } from '../../../../extension/src/protocol';
import { FakePort } from '../support/fake_port';

const HELLO: Hello = { type: 'hello', protocol: { min: 1, max: 1 }, version: '1.2.3', profile: 'profile' };
const WELCOME: Welcome = { type: 'hello', protocol: { min: 1, max: 1 }, version: '1.2.3', update: null };

function page(client: number): HostHears {
  return {
    type: 'page',
    client,
    origin: 'https://a.test',
    incognito: false,
    request: {},
    allowed: [],
    activated: false,
    active: false,
    visible: true,
  };
}

function gone(client: number): HostHears {
  return { type: 'gone', client, suspended: false };
}

let host: FakePort;
let heardByHost: unknown[];
let native: NativePort;
const listener = {
  heard: vi.fn<HostListener['heard']>(),
  lost: vi.fn<HostListener['lost']>(),
  idle: vi.fn<HostListener['idle']>(),
  refused: vi.fn<HostListener['refused']>(),
  changed: vi.fn<HostListener['changed']>(),
};

function say(frame: HostSays): void {
  host.postMessage(frame);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  native = new NativePort(
    {
      connect: () => {
        const [near, far] = FakePort.pair();
        host = far;
        heardByHost = [];
        far.onMessage.addListener((frame) => heardByHost.push(frame));
        return near;
      },
      lastError: () => undefined,
      hello: () => Promise.resolve(HELLO),
    },
    listener,
  );
});
afterEach(() => {
  vi.useRealTimers();
});

describe('before the welcome', () => {
  it.each<HostSays>([
    { type: 'idle' },
    { type: 'askEnded', ask: 1 },
    { type: 'protocolError', message: 'no' },
  ])('nothing else may come: $type', (frame) => {
    native.send(page(1));
    say(frame);
    expect(listener.lost.mock.calls).toEqual([['garbled']]);
    expect(listener.heard).not.toHaveBeenCalled();
    expect(host.closed).toBe(true);
  });

  it('no more than a bounded number of requests of one document waits, which leaves room for others', async () => {
    for (let count = 1; count <= MAX_WAITING + 1; count++) native.send(page(1));
    native.send(page(2));
    native.send({ type: 'status', id: 1 });
    await vi.advanceTimersByTimeAsync(0);
    expect(listener.refused.mock.calls).toEqual([[page(1)]]);
    say(WELCOME);
    expect(heardByHost).toHaveLength(1 + MAX_WAITING + 2);
  });

  it('a document that leaves takes its waiting requests along, unheard', async () => {
    native.send(page(1));
    native.send(page(2));
    native.notify({ type: 'visible', client: 1, visible: false });
    native.notify(gone(1));
    await vi.advanceTimersByTimeAsync(0);
    say(WELCOME);
    expect(heardByHost).toEqual([HELLO, page(2)]);
  });
});

describe('after the welcome', () => {
  it('a second one is not what a Host of ours says', async () => {
    native.send(page(1));
    await vi.advanceTimersByTimeAsync(0);
    say(WELCOME);
    expect(native.state).toEqual({ state: 'open', version: '1.2.3' });
    say(WELCOME);
    expect(listener.lost.mock.calls).toEqual([['garbled']]);
  });

  it('a notice goes out, and without a connection it goes nowhere', async () => {
    native.notify(gone(1));
    native.send(page(2));
    await vi.advanceTimersByTimeAsync(0);
    say(WELCOME);
    native.notify(gone(2));
    expect(heardByHost).toEqual([HELLO, page(2), gone(2)]);
  });
});
