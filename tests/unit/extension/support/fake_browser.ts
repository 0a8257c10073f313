// The browser around a Broker: a Host at the other end of the native port, windows for questions, and documents.

import { vi } from 'vitest';
import { Broker, type Browser } from '../../../../extension/src/broker/broker';
import type { Sender } from '../../../../extension/src/broker/port';
import type { RelayHears, RelaySays } from '../../../../extension/src/broker/relay_messages';
import type { UiHears, UiSays, UiState } from '../../../../extension/src/broker/ui_messages';
import type { Ask, Hello, HostHears, HostSays } from '../../../../extension/src/protocol';
import { FakePort } from './fake_port';

export const EXTENSION = 'chrome-extension://windowsill';
const PROTOCOL = { min: 1, max: 1 };
const HELLO: Hello = { type: 'hello', protocol: PROTOCOL, version: '1.2.3', profile: 'profile' };

/** A Host process: what it heard, and a mouth. */
export class FakeHost {
  readonly heard: HostHears[] = [];
  readonly port: FakePort;
  readonly #listeners = new Map<string, () => void>();

  constructor(port: FakePort, greets: boolean) {
    this.port = port;
    port.onMessage.addListener((frame) => {
      this.heard.push(frame as HostHears);
      if (greets && (frame as HostHears).type === 'hello') this.welcome();
      this.#listeners.get((frame as HostHears).type)?.();
    });
  }

  on(type: HostHears['type'], listener: () => void): void {
    this.#listeners.set(type, listener);
  }

  welcome(update: 'host' | 'extension' | null = null): void {
    this.say({ type: 'hello', protocol: PROTOCOL, version: '1.2.3', update });
  }

  say(frame: HostSays): void {
    this.port.postMessage(frame);
  }

  /** What it heard after the greeting. */
  get frames(): readonly HostHears[] {
    return this.heard.filter(({ type }) => type !== 'hello');
  }
}

/** A document's Relay, or one of the extension's own pages. */
export class FakePeer<Says, Hears> {
  readonly heard: Hears[] = [];
  readonly port: FakePort;

  constructor(broker: Broker, sender: Sender) {
    const [near, far] = FakePort.pair(sender);
    this.port = near;
    near.onMessage.addListener((message) => this.heard.push(message as Hears));
    broker.connected(far);
  }

  say(message: Says): void {
    this.port.postMessage(message);
  }
}

export class FakeBrowser implements Browser {
  readonly id = 'windowsill';
  readonly origin = EXTENSION;
  /** Every Host that was started. */
  readonly hosts: FakeHost[] = [];
  /** Questions by the number of their window. */
  readonly open = new Map<number, Ask>();
  readonly focused: number[] = [];
  badge = 0;
  privateWindows = 0;
  greets = true;
  words: string | undefined;
  #lastWindow = 0;
  #lastDocument = 0;

  readonly windows = {
    open: vi.fn(async (ask: Ask): Promise<number> => {
      await Promise.resolve();
      this.open.set(++this.#lastWindow, ask);
      return this.#lastWindow;
    }),
    focus: async (window: number): Promise<void> => {
      await Promise.resolve();
      if (!this.open.has(window)) throw new Error(`No window with id: ${window}.`);
      this.focused.push(window);
    },
    close: async (window: number): Promise<void> => {
      await Promise.resolve();
      if (!this.open.delete(window)) throw new Error(`No window with id: ${window}.`);
      this.broker.windowClosed(window);
    },
    count: (asks: number): void => { this.badge = asks; },
  };

  readonly tabListeners = new Set<(tab: number) => void>();

  readonly tabRemoved = {
    addListener: (listener: (tab: number) => void): void => void this.tabListeners.add(listener),
    removeListener: (listener: (tab: number) => void): void => void this.tabListeners.delete(listener),
  };

  readonly broker = new Broker(this);

  connect(): FakePort {
    const [near, far] = FakePort.pair();
    near.onPost = JSON.stringify; // Throws on what a native port does not take.
    this.hosts.push(new FakeHost(far, this.greets));
    return near;
  }

  lastError(): string | undefined {
    return this.words;
  }

  hello(): Promise<Hello> {
    return Promise.resolve(HELLO);
  }

  hasPrivateWindow(): Promise<boolean> {
    return Promise.resolve(this.privateWindows > 0);
  }

  get host(): FakeHost {
    const host = this.hosts.at(-1);
    if (host === undefined) throw new Error('no Host was started');
    return host;
  }

  /** Whoever opens a port, before it says anything. */
  stranger(sender: Sender): FakePeer<RelaySays | object, RelayHears> {
    return new FakePeer(this.broker, sender);
  }

  /** A document whose Relay has stated its facts. */
  document(sender: Sender = {}): FakePeer<RelaySays | object, RelayHears> {
    const documentId = `document ${++this.#lastDocument}`;
    const peer = this.stranger({ id: this.id, origin: 'https://a.test', documentId, tab: { incognito: false }, ...sender });
    peer.say({ type: 'facts', allowed: ['language-model'], embedder: null });
    return peer;
  }

  page(): FakePage {
    return new FakePage(this.broker, { id: this.id, origin: EXTENSION, url: `${EXTENSION}/popup.html` });
  }

  userClosesTab(tab: number): void {
    for (const listener of this.tabListeners) listener(tab);
  }

  userCloses(window: number): void {
    this.open.delete(window);
    this.broker.windowClosed(window);
  }
}

export class FakePage extends FakePeer<UiSays, UiHears> {
  get state(): UiState | undefined {
    return this.heard.at(-1)?.state;
  }
}

export function request(content: unknown = { type: 'availability', id: 1 }): RelaySays {
  return { type: 'request', request: content, activated: true, active: true, visible: true };
}

/** Lets promises that are ready run, without moving the clock. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
