// The one connection to the Host: opened on first use, greeted, checked frame by frame, closed when idle.
// Order on a connection: `hello` up, `hello` down (welcome), then everything else. What is sent before the welcome
// waits for it, up to a bound. After a failure the next send connects anew.

import { decodeHostSays, WireError, type Client, type Hello, type HostHears, type HostSays, type Idle, type Welcome } from '../protocol';
import type { Port } from './port';

/** As in the manifest that `windowsill install` writes. */
export const NATIVE_HOST_NAME = 'app.windowsill.host';

/** Milliseconds from connecting to the welcome. A Host starts in 50-150 ms; a cold disk may need seconds. */
export const WELCOME_TIMEOUT = 10_000;

/** Requests of one document that wait for the welcome (count). Each may hold megabytes; an honest start has a few. */
export const MAX_WAITING = 64;

/** Milliseconds without traffic after the Host said `idle` until the port closes: pages often ask twice in a row. */
export const IDLE_GRACE = 3_000;

/** Why the Host cannot be used. */
export type HostProblem =
  | 'missing' // the browser knows no Host of that name
  | 'forbidden' // its manifest does not name this extension
  | 'exited' // it ended, or could not be started
  | 'silent' // no welcome in time
  | 'garbled' // it said what no Host of ours says
  | 'update-host'
  | 'update-extension';

export type HostState =
  | { readonly state: 'closed' }
  | { readonly state: 'connecting' }
  | { readonly state: 'open'; readonly version: string }
  | { readonly state: 'failed'; readonly problem: HostProblem };

/** What is left for others to handle. */
export type HostEvent = Exclude<HostSays, Idle | Welcome>;

export interface HostConnector {
  /** Like chrome.runtime.connectNative: failures arrive as a disconnect. */
  connect(): Port;
  /** Within an onDisconnect listener: the browser's words on why. */
  lastError(): string | undefined;
  hello(): Promise<Hello>;
}

export interface HostListener {
  heard(event: HostEvent): void;
  /** All the Host's work for us is gone. */
  lost(problem: HostProblem): void;
  /** Nothing is in use and the port was closed. */
  idle(): void;
  /** A frame that the browser would not serialize, that is too big for it, or that is one too many before the welcome. */
  refused(frame: HostHears): void;
  changed(state: HostState): void;
}

export class NativePort {
  readonly #connector: HostConnector;
  readonly #listener: HostListener;
  #state: HostState = { state: 'closed' };
  #port: Port | null = null;
  #waiting: HostHears[] = [];
  #welcomeTimer: ReturnType<typeof setTimeout> | undefined;
  /** Runs while no page uses the Host: from the welcome, or from its `idle`, until a page's request. */
  #idleTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(connector: HostConnector, listener: HostListener) {
    this.#connector = connector;
    this.#listener = listener;
  }

  get state(): HostState {
    return this.#state;
  }

  send(frame: HostHears): void {
    if (this.#port === null) this.#connect();
    this.notify(frame);
  }

  notify(frame: HostHears): void {
    if (frame.type === 'page') this.#disarm();
    else if (this.#idleTimer !== null) this.#arm();
    if (this.#state.state === 'open' && this.#port !== null) this.#post(this.#port, frame);
    else if (this.#state.state === 'connecting') this.#wait(frame);
  }

  #wait(frame: HostHears): void {
    if (frame.type === 'gone') {
      // The Host has not heard of this document yet, and need not.
      this.#waiting = this.#waiting.filter((waiting) => !isOf(waiting, frame.client));
    } else if (frame.type === 'page' && this.#waiting.filter((waiting) => isOf(waiting, frame.client)).length >= MAX_WAITING) {
      this.#listener.refused(frame);
    } else {
      this.#waiting.push(frame);
    }
  }

  #connect(): void {
    const port = this.#connector.connect();
    this.#port = port;
    this.#enter({ state: 'connecting' });
    this.#welcomeTimer = setTimeout(() => { this.#fail('silent'); }, WELCOME_TIMEOUT);
    port.onMessage.addListener((frame) => {
      if (this.#port === port) this.#hear(port, frame);
    });
    port.onDisconnect.addListener(() => {
      const words = this.#connector.lastError();
      if (this.#port === port) this.#fail(WORDS.get(words) ?? 'exited');
    });
    this.#connector.hello().then(
      (hello) => {
        if (this.#port === port) this.#post(port, hello);
      },
      (error: unknown) => {
        console.error('no hello to send', error);
        if (this.#port === port) this.#fail('silent');
      },
    );
  }

  #hear(port: Port, frame: unknown): void {
    const event = read(frame);
    // The welcome comes first, and once.
    if (event === null || (event.type === 'hello') !== (this.#state.state === 'connecting')) {
      this.#fail('garbled');
      return;
    }
    if (event.type === 'hello') {
      this.#welcome(port, event);
      return;
    }
    if (event.type === 'idle') {
      this.#arm();
      return;
    }
    if (!forOurselves(event)) this.#disarm();
    this.#listener.heard(event);
  }

  #welcome(port: Port, welcome: Welcome): void {
    if (welcome.update !== null) {
      this.#fail(welcome.update === 'host' ? 'update-host' : 'update-extension');
      return;
    }
    clearTimeout(this.#welcomeTimer);
    this.#enter({ state: 'open', version: welcome.version });
    if (!this.#waiting.some((frame) => frame.type === 'page')) this.#arm();
    for (const frame of this.#waiting.splice(0)) this.#post(port, frame);
  }

  #post(port: Port, frame: HostHears): void {
    try {
      port.postMessage(frame);
    } catch (error) {
      console.warn('a frame could not be sent', error);
      this.#listener.refused(frame);
    }
  }

  #arm(): void {
    this.#disarm();
    this.#idleTimer = setTimeout(() => { this.#rest(); }, IDLE_GRACE);
  }

  #disarm(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }

  #rest(): void {
    this.#close();
    this.#enter({ state: 'closed' });
    this.#listener.idle();
  }

  #fail(problem: HostProblem): void {
    this.#close();
    this.#enter({ state: 'failed', problem });
    this.#listener.lost(problem);
  }

  #close(): void {
    clearTimeout(this.#welcomeTimer);
    this.#disarm();
    this.#waiting = [];
    this.#port?.disconnect();
    this.#port = null;
  }

  #enter(state: HostState): void {
    this.#state = state;
    this.#listener.changed(state);
  }
}

function read(frame: unknown): HostSays | null {
  try {
    return decodeHostSays(frame);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    console.error('the Host said what cannot be read', error);
    return null;
  }
}

function isOf(frame: HostHears, client: Client): boolean {
  return 'client' in frame && frame.client === client;
}

/** For the extension's own pages, which do not keep an idle Host. */
function forOurselves(event: HostEvent): boolean {
  return event.type === 'live' || ((event.type === 'done' || event.type === 'error') && event.client === 0);
}

/** The browser tells these apart by its words only. Without one of these, the Host left or could not be started. */
const WORDS = new Map<string | undefined, HostProblem>([
  ['Specified native messaging host not found.', 'missing'],
  ['Access to the specified native messaging host is forbidden.', 'forbidden'],
  ['Error when communicating with the native messaging host.', 'garbled'],
]);
