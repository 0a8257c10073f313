import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { INTERFACES } from '../../../../extension/src/broker/relay_messages';
import { HAND_OVER } from '../../../../extension/src/hand_over';
import { WANT_WINDOW_AI } from '../../../../extension/src/window_ai_script';
import type { RelayMessage } from '../../../../extension/src/page/link';
import { FakePort } from '../support/fake_port';

interface FrameOptions {
  readonly origin?: string;
  readonly ancestors?: readonly string[];
  readonly policy?: { readonly known: readonly string[]; readonly allowed: readonly string[] } | null;
  readonly prerendering?: boolean;
  readonly secure?: boolean;
}

/** Something that document.open() takes all listeners from. */
class Target extends EventTarget {
  readonly #listeners: Parameters<EventTarget['addEventListener']>[] = [];

  override addEventListener(...listener: Parameters<EventTarget['addEventListener']>): void {
    this.#listeners.push(listener);
    super.addEventListener(...listener);
  }

  removeAll(): void {
    for (const [type, listener, options] of this.#listeners.splice(0)) this.removeEventListener(type, listener, options);
  }
}

/** A frame with the Relay in it: the globals that it reads, and both of its neighbours. */
class Frame {
  readonly document: Target & { prerendering: boolean; visibilityState: string };
  readonly window = new Target();
  /** Whoever watches the document's children. */
  readonly observers = new Set<() => void>();
  readonly runtime = {
    id: 'windowsill' as string | undefined,
    connect: vi.fn(() => this.#connect()),
    sendMessage: vi.fn(() => Promise.resolve(true)),
  };
  readonly activation = { hasBeenActive: false, isActive: false };
  readonly channel = new MessageChannel();
  readonly heard: RelayMessage[] = [];
  /** The Broker's ends of the ports that the Relay opened. */
  readonly brokers: FakePort[] = [];

  constructor({ origin = 'https://a.test', ancestors = [], policy, prerendering = false, secure = true }: FrameOptions = {}) {
    const { known, allowed } = policy ?? { known: INTERFACES, allowed: INTERFACES };
    const featurePolicy = { features: () => known, allowsFeature: (name: string) => allowed.includes(name) };
    const { observers } = this;
    vi.stubGlobal('MutationObserver', class {
      readonly #changed: () => void;

      constructor(changed: () => void) {
        this.#changed = changed;
      }

      observe(): void {
        observers.add(this.#changed);
      }

      disconnect(): void {
        observers.delete(this.#changed);
      }
    });
    this.document = Object.assign(new Target(), {
      prerendering,
      visibilityState: 'visible',
      ...(policy === null ? {} : { featurePolicy }),
    });
    vi.stubGlobal('document', this.document);
    vi.stubGlobal('addEventListener', this.window.addEventListener.bind(this.window));
    vi.stubGlobal('location', { ancestorOrigins: ancestors });
    vi.stubGlobal('self', { origin });
    vi.stubGlobal('isSecureContext', secure);
    vi.stubGlobal('navigator', { userActivation: this.activation });
    vi.stubGlobal('chrome', { runtime: this.runtime });
    this.channel.port1.onmessage = (event: MessageEvent<RelayMessage>) => { this.heard.push(event.data); };
  }

  /** Runs the content script, then does what the Page does in the same step. */
  async load(): Promise<this> {
    vi.resetModules();
    await import('../../../../extension/src/relay');
    this.handOver(this.channel.port2);
    return this;
  }

  handOver(port: MessagePort): void {
    this.window.dispatchEvent(new MessageEvent(HAND_OVER, { ports: [port] }));
  }

  /** Says something as the Page and waits until the Broker has it. */
  async request(request: unknown): Promise<void> {
    const before = this.#received.flat().length;
    this.channel.port1.postMessage(request);
    await vi.waitFor(() => {
      expect(this.#received.flat().slice(before)).toContainEqual(expect.objectContaining({ request }));
    });
  }

  async hears(message: RelayMessage): Promise<void> {
    await vi.waitFor(() => { expect(this.heard).toContainEqual(message); });
  }

  hide(persisted: boolean): void {
    this.window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }));
  }

  show(persisted: boolean): void {
    this.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
  }

  /** The page calls document.open(). */
  rewrite(): void {
    this.window.removeAll();
    this.document.removeAll();
    for (const changed of this.observers) changed();
  }

  look(visibilityState: 'hidden' | 'visible'): void {
    this.document.visibilityState = visibilityState;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }

  get broker(): FakePort | undefined {
    return this.brokers.at(-1);
  }

  /** What the Broker got over the newest port. */
  get received(): readonly unknown[] {
    return this.#received.at(-1) ?? [];
  }

  readonly #received: unknown[][] = [];

  #connect(): FakePort {
    const [near, far] = FakePort.pair();
    const received: unknown[] = [];
    far.onMessage.addListener((message) => received.push(message));
    this.brokers.push(far);
    this.#received.push(received);
    return near;
  }

  close(): void {
    this.channel.port1.close();
  }
}

const FACTS = { type: 'facts', allowed: INTERFACES, embedder: null };
const REQUEST = { type: 'availability', id: 1, interface: 'language-model' };

let frames: Frame[] = [];

async function load(options?: FrameOptions): Promise<Frame> {
  const frame = new Frame(options);
  frames.push(frame);
  return frame.load();
}

beforeEach(() => { frames = []; });
afterEach(() => {
  for (const frame of frames) frame.close();
});

describe('Relay', () => {
  it('opens no port as long as the Page asks for nothing', async () => {
    const frame = await load();
    frame.hide(true);
    expect(frame.runtime.connect).not.toHaveBeenCalled();
  });

  it('does not touch the document, which is dear, as long as the Page asks for nothing', async () => {
    const frame = new Frame();
    frames.push(frame);
    vi.stubGlobal('document', undefined);
    await frame.load();
    vi.stubGlobal('document', frame.document);
    await frame.request(REQUEST);
    expect(frame.received).toHaveLength(2);
  });

  it('states the facts first and forwards requests unread, with what it sees at that moment', async () => {
    const frame = await load();
    const odd = { type: 'no such verb', deep: [{ origin: 'https://b.test' }] };
    await frame.request(REQUEST);
    frame.activation.hasBeenActive = true;
    frame.activation.isActive = true;
    frame.document.visibilityState = 'hidden';
    await frame.request(odd);
    expect(frame.received).toEqual([
      FACTS,
      { type: 'request', request: REQUEST, activated: false, active: false, visible: true },
      { type: 'request', request: odd, activated: true, active: true, visible: false },
    ]);
    expect(frame.runtime.connect).toHaveBeenCalledTimes(1);
  });

  it('hides the handing over from the page and takes only the first', async () => {
    const frame = new Frame();
    frames.push(frame);
    const seen = vi.fn();
    vi.resetModules();
    await import('../../../../extension/src/relay');
    frame.window.addEventListener(HAND_OVER, seen);
    frame.handOver(frame.channel.port2);
    expect(seen).not.toHaveBeenCalled();
    const forged = new MessageChannel();
    frame.handOver(forged.port2);
    forged.port1.postMessage({ type: 'forged' });
    await frame.request(REQUEST);
    expect(frame.received).toHaveLength(2);
    forged.port1.close();
  });

  it('takes no port from the scripts of an insecure page', async () => {
    const frame = await load({ secure: false });
    frame.channel.port1.postMessage(REQUEST);
    await new Promise((done) => { setImmediate(done); });
    expect(frame.runtime.connect).not.toHaveBeenCalled();
  });

  it('hands on what the Broker says', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    const message: RelayMessage = {
      type: 'event',
      event: { type: 'done', id: 1, result: { type: 'availability', availability: 'available' } },
    };
    frame.broker?.postMessage(message);
    await frame.hears(message);
  });

  it('has the script behind window.ai run without opening a port, and says when the attempt is over', async () => {
    const frame = await new Frame({ prerendering: true }).load();
    let ran!: (value: boolean) => void;
    frame.runtime.sendMessage.mockReturnValueOnce(new Promise((resolve) => { ran = resolve; }));
    frame.channel.port1.postMessage(WANT_WINDOW_AI);
    await vi.waitFor(() => { expect(frame.runtime.sendMessage).toHaveBeenCalledWith(WANT_WINDOW_AI); });
    expect(frame.heard).toEqual([]);
    ran(true);
    await frame.hears({ type: 'window-ai' });
    expect(frame.runtime.connect).not.toHaveBeenCalled();
    frame.close();
  });

  it('says so too when nobody is there to run the script behind window.ai', async () => {
    const frame = await new Frame().load();
    frame.runtime.sendMessage.mockImplementationOnce(() => { throw new Error('Extension context invalidated.'); });
    frame.channel.port1.postMessage(WANT_WINDOW_AI);
    await frame.hears({ type: 'window-ai' });
    frame.close();
  });

  it('leaves the Page alone when the Broker idles, and connects anew for the next request', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    const first = frame.broker;
    first?.postMessage({ type: 'idle' });
    await frame.hears({ type: 'idle', taken: 1 });
    expect(first?.closed).toBe(true);
    await frame.request(REQUEST);
    expect(frame.brokers).toHaveLength(2);
    expect(frame.received[0]).toEqual(FACTS);
    expect(frame.heard).toEqual([{ type: 'idle', taken: 1 }]);
  });

  it('tells the Page when the worker is gone, and connects anew', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    frame.broker?.disconnect();
    await frame.hears({ type: 'lost', reason: 'host-gone', taken: 1 });
    await frame.request(REQUEST);
    expect(frame.brokers).toHaveLength(2);
  });

  it('tells the Page when the extension is gone, then and at every later request', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    frame.runtime.id = undefined;
    frame.broker?.disconnect();
    await frame.hears({ type: 'lost', reason: 'extension-gone', taken: 1 });
    frame.channel.port1.postMessage(REQUEST);
    await vi.waitFor(() => { expect(frame.heard).toHaveLength(2); });
    expect(frame.heard[1]).toEqual({ type: 'lost', reason: 'extension-gone', taken: 2 });
    expect(frame.runtime.connect).toHaveBeenCalledTimes(1);
  });

  it('says when the document comes on screen or leaves it, while a port is open', async () => {
    const frame = await load();
    frame.look('hidden');
    await frame.request(REQUEST);
    expect(frame.runtime.connect).toHaveBeenCalledTimes(1);
    frame.look('visible');
    frame.look('hidden');
    expect(frame.received.slice(2)).toEqual([{ type: 'visible', visible: true }, { type: 'visible', visible: false }]);
  });

  it.each<[string, (frame: Frame) => Promise<void>]>([
    ['the Broker idles', async (frame) => {
      frame.broker?.postMessage({ type: 'idle' });
      await frame.hears({ type: 'idle', taken: 1 });
    }],
    ['the worker is gone', async (frame) => {
      frame.broker?.disconnect();
      await frame.hears({ type: 'lost', reason: 'host-gone', taken: 1 });
    }],
    ['the document goes', (frame) => {
      frame.hide(false);
      return Promise.resolve();
    }],
  ])('listens for nothing once %s, and once again after the next request', async (_, part) => {
    const frame = await load();
    const removed = vi.spyOn(frame.document, 'removeEventListener');
    await frame.request(REQUEST);
    await part(frame);
    expect(removed).toHaveBeenCalledWith('visibilitychange', expect.any(Function));
    frame.look('hidden');
    expect(frame.received).toHaveLength(2);
    await frame.request(REQUEST);
    frame.look('visible');
    expect(frame.received.slice(2)).toEqual([{ type: 'visible', visible: true }]);
  });

  it('lets go before the back/forward cache takes the document, and tells both sides', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    const first = frame.broker;
    frame.hide(true);
    expect(frame.received.at(-1)).toEqual({ type: 'suspended' });
    expect(first?.closed).toBe(true);
    await frame.hears({ type: 'lost', reason: 'suspended', taken: 1 });
    frame.show(true);
    await frame.request(REQUEST);
    expect(frame.brokers).toHaveLength(2);
  });

  it('keeps what the Page asks on its way into the back/forward cache until it is back', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    frame.hide(true);
    frame.channel.port1.postMessage('first');
    frame.channel.port1.postMessage('second');
    await new Promise((done) => { setImmediate(done); });
    expect(frame.brokers).toHaveLength(1);
    frame.show(true);
    frame.channel.port1.postMessage('third');
    await vi.waitFor(() => { expect(frame.received).toHaveLength(4); });
    expect(frame.received).toMatchObject([FACTS, { request: 'first' }, { request: 'second' }, { request: 'third' }]);
    expect(frame.heard).toEqual([{ type: 'lost', reason: 'suspended', taken: 1 }]);
  });

  it('hears what happens to the document when the page has taken all its listeners by document.open()', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    frame.rewrite();
    frame.look('hidden');
    expect(frame.received.at(-1)).toEqual({ type: 'visible', visible: false });
    frame.hide(true);
    expect(frame.received.at(-1)).toEqual({ type: 'suspended' });
    expect(frame.broker?.closed).toBe(true);
    expect(frame.observers.size).toBe(0);
  });

  it('only closes the port when the document goes for good', async () => {
    const frame = await load();
    await frame.request(REQUEST);
    frame.hide(false);
    expect(frame.received).toHaveLength(2);
    expect(frame.broker?.closed).toBe(true);
    expect(frame.heard).toEqual([]);
  });

  it('keeps the requests of a prerendered document until the user comes to it', async () => {
    const frame = await load({ prerendering: true });
    frame.channel.port1.postMessage('first');
    frame.channel.port1.postMessage('second');
    await new Promise((done) => { setImmediate(done); });
    frame.show(false); // As the load of any page ends, looked at or not.
    frame.rewrite();
    expect(frame.runtime.connect).not.toHaveBeenCalled();
    frame.document.prerendering = false;
    frame.document.dispatchEvent(new Event('prerenderingchange'));
    frame.channel.port1.postMessage('third');
    await vi.waitFor(() => { expect(frame.received).toHaveLength(4); });
    expect(frame.received.slice(1)).toMatchObject([{ request: 'first' }, { request: 'second' }, { request: 'third' }]);
  });
});

describe('the facts', () => {
  const unknown = { known: [], allowed: [] };
  const denied = { known: INTERFACES, allowed: [] };
  it.each<[string, FrameOptions, object]>([
    ['deny what the policy denies', { policy: denied }, { allowed: [] }],
    ['allow the top document where the build knows no such feature', { policy: unknown }, { allowed: INTERFACES }],
    ['allow the top document where the build has no policy object', { policy: null }, { allowed: INTERFACES }],
    [
      'allow a same-origin frame where the build knows no such feature',
      { policy: unknown, ancestors: ['https://a.test'] },
      { allowed: INTERFACES, embedder: null },
    ],
    [
      'deny a frame with a foreign ancestor where the build knows no such feature',
      { policy: unknown, ancestors: ['https://b.test', 'https://a.test'] },
      { allowed: [], embedder: null },
    ],
    [
      'name the top document when it is another origin',
      { ancestors: ['https://a.test', 'https://top.test'] },
      { allowed: INTERFACES, embedder: 'https://top.test' },
    ],
  ])('%s', async (_, options, expected) => {
    const frame = await load(options);
    await frame.request(REQUEST);
    expect(frame.received[0]).toMatchObject(expected);
  });
});
