import './support/dom';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Result } from '../../../../extension/src/protocol';
import { Link, type Interim, type Request } from '../../../../extension/src/page/link';
import { WANT_WINDOW_AI } from '../../../../extension/src/window_ai_script';
import { FakeRelay } from './support/fake_relay';

class RecordingListener {
  readonly events: Interim[] = [];
  readonly outcome: Promise<Result | DOMException>;
  outcomes = 0;
  #settle!: (outcome: Result | DOMException) => void;

  constructor() {
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  event(event: Interim): void {
    this.events.push(event);
  }

  done(result: Result): void {
    this.outcomes += 1;
    this.#settle(result);
  }

  failed(error: DOMException): void {
    this.outcomes += 1;
    this.#settle(error);
  }
}

function road(): { relay: FakeRelay; link: Link } {
  const relay = new FakeRelay();
  onTestFinished(() => {
    relay.close();
  });
  return { relay, link: new Link(relay.pagePort) };
}

function send(link: Link): { request: Request; listener: RecordingListener } {
  const listener = new RecordingListener();
  const request: Request = { type: 'clone', id: link.nextId(), session: 1 };
  link.send(request, listener, link.era);
  return { request, listener };
}

const SESSION: Result = { type: 'session', contextWindow: 10, contextUsage: 0 };

describe('Link', () => {
  test('the script behind window.ai is wanted once per call, and is no message of a road', async () => {
    const { relay, link } = road();
    const ended = new Promise<void>((resolve) => {
      link.loadWindowAI(resolve);
    });
    relay.say({ type: 'window-ai' });
    await ended;
    expect(await relay.hearAll()).toEqual([WANT_WINDOW_AI]);
    const { request } = send(link);
    expect(await relay.hear('clone')).toEqual(request);
    relay.say({ type: 'idle', taken: 1 });
    expect(await relay.hear('clone')).toEqual(request);
  });

  test('a request goes up as it is and hears its events until the last', async () => {
    const { relay, link } = road();
    const { request, listener } = send(link);
    expect(await relay.hear('clone')).toEqual(request);
    relay.event({ type: 'progress', id: request.id, loaded: 0 });
    relay.event({ type: 'overflow', id: request.id });
    relay.done(request.id, SESSION);
    expect(await listener.outcome).toEqual(SESSION);
    expect(listener.events).toEqual([
      { type: 'progress', id: request.id, loaded: 0 },
      { type: 'overflow', id: request.id },
    ]);
  });

  test('ids are never used twice', () => {
    const { link } = road();
    expect([link.nextId(), link.nextId(), link.nextId()]).toEqual([1, 2, 3]);
  });

  test('an error event fails its request with the exception that it names', async () => {
    const { relay, link } = road();
    const { request, listener } = send(link);
    relay.error(request.id, { name: 'OperationError', message: 'It did not load.' });
    expect(await listener.outcome).toMatchObject({ name: 'OperationError', message: 'It did not load.' });
  });

  test.each(['host-gone', 'host-missing', 'suspended', 'extension-gone'] as const)(
    '%s fails every request under way with UnknownError',
    async (reason) => {
      const { relay, link } = road();
      const first = send(link);
      const second = send(link);
      relay.say({ type: 'lost', reason });
      expect(await first.listener.outcome).toMatchObject({ name: 'UnknownError' });
      expect(await second.listener.outcome).toMatchObject({ name: 'UnknownError' });
    },
  );

  test('a request that had not entered the road is not lost with it', async () => {
    const { relay, link } = road();
    const first = send(link);
    const second = send(link);
    relay.say({ type: 'lost', reason: 'suspended', taken: 1 });
    expect(await first.listener.outcome).toMatchObject({ name: 'UnknownError' });
    relay.done(second.request.id, SESSION);
    expect(await second.listener.outcome).toEqual(SESSION);
  });

  test('a request that had not entered the road is not sent again when it idles, nor one sent again after it did', async () => {
    const { relay, link } = road();
    const first = send(link);
    const second = send(link);
    relay.say({ type: 'idle', taken: 1 });
    relay.say({ type: 'idle', taken: 2 });
    relay.done(first.request.id, SESSION);
    await first.listener.outcome;
    expect(await relay.hearAll()).toEqual([first.request, second.request, first.request, second.request]);
  });

  test('what tools gave counts among the messages of a road', async () => {
    const { relay, link } = road();
    const first = send(link);
    link.answerTools(first.request.id, []);
    const second = send(link);
    const results = { type: 'toolResults', id: first.request.id, responses: [] };
    relay.event({ type: 'overflow', id: first.request.id });
    relay.say({ type: 'idle', taken: 2 });
    relay.done(first.request.id, SESSION);
    await first.listener.outcome;
    expect(await relay.hearAll()).toEqual([first.request, results, second.request]);
  });

  test('a request that needs a Host that is gone fails at once and is not posted', async () => {
    const { relay, link } = road();
    const { era } = link;
    const first = send(link);
    relay.say({ type: 'lost', reason: 'host-gone' });
    await first.listener.outcome;
    const late = new RecordingListener();
    link.send({ type: 'clone', id: link.nextId(), session: 1 }, late, era);
    expect(late.outcomes).toBe(1);
    link.destroy(1, era);
    const next = send(link);
    expect(await relay.hearAll()).toEqual([first.request, next.request]);
  });

  test('a suspended road keeps the Host that its sessions need', async () => {
    const { relay, link } = road();
    const { era } = link;
    const first = send(link);
    relay.say({ type: 'lost', reason: 'suspended' });
    await first.listener.outcome;
    expect(link.era).toBe(era);
  });

  test('nothing is posted any more once the extension is gone', async () => {
    const { relay, link } = road();
    const first = send(link);
    relay.say({ type: 'lost', reason: 'extension-gone' });
    await first.listener.outcome;
    const { listener } = send(link);
    expect(await listener.outcome).toMatchObject({ name: 'UnknownError' });
    expect(await relay.hearAll()).toEqual([first.request]);
  });

  test('an idle road sends again, unchanged and in order, what had no event yet', async () => {
    const { relay, link } = road();
    const first = send(link);
    const second = send(link);
    await relay.hear('clone');
    await relay.hear('clone');
    relay.say({ type: 'idle' });
    expect(await relay.hear('clone')).toEqual(first.request);
    expect(await relay.hear('clone')).toEqual(second.request);
    relay.done(second.request.id, SESSION);
    expect(await second.listener.outcome).toEqual(SESSION);
  });

  test('an idle road does not send again what was aborted', async () => {
    const { relay, link } = road();
    const { request, listener } = send(link);
    link.abort(request.id);
    relay.say({ type: 'idle' });
    expect(await listener.outcome).toMatchObject({ name: 'AbortError' });
    expect(await relay.hearAll()).toEqual([request, { type: 'abort', id: request.id }]);
  });

  test('an aborted request still hears how it ended', async () => {
    const { relay, link } = road();
    const { request, listener } = send(link);
    link.abort(request.id);
    await relay.hear('clone');
    expect(await relay.hear('abort')).toEqual({ type: 'abort', id: request.id });
    relay.done(request.id, SESSION);
    expect(await listener.outcome).toEqual(SESSION);
  });

  test('a session that was opened for a request already lost is given up', async () => {
    const { relay, link } = road();
    const { request, listener } = send(link);
    await relay.hear('clone');
    relay.say({ type: 'lost', reason: 'host-gone' });
    await listener.outcome;
    relay.done(request.id, SESSION);
    expect(await relay.hear('destroy')).toEqual({ type: 'destroy', session: request.id });
    expect(listener.outcomes).toBe(1);
  });

  test('credits for a request that has ended are not sent', async () => {
    const { relay, link } = road();
    const { request, listener } = send(link);
    relay.done(request.id, SESSION);
    await listener.outcome;
    link.credit(request.id, 8);
    expect(await relay.hearAll()).toEqual([request]);
  });
});
