import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Overview, STATUS_INTERVAL, type OverviewSource } from '../../../../extension/src/broker/overview';
import type { UiSays } from '../../../../extension/src/broker/ui_messages';
import { FakePort } from '../support/fake_port';

const send = vi.fn<OverviewSource['send']>();
const notify = vi.fn<OverviewSource['notify']>();
const asked = vi.fn<OverviewSource['asked']>();
let overview: Overview;

function open(): FakePort {
  const [near, far] = FakePort.pair();
  overview.accept(far);
  return near;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  overview = new Overview({ host: () => ({ state: 'closed' }), asks: () => [], send, notify, asked });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a page of ours', () => {
  it.each<UiSays>([
    { type: 'decide', ask: 7, decision: 'block' },
    { type: 'show', ask: 7 },
  ])('has something done about a question: $type', (said) => {
    open().postMessage(said);
    expect(asked.mock.calls).toEqual([[said]]);
  });

  it.each([
    ['nothing', undefined],
    ['a word', 'refresh'],
    ['an unknown type', { type: 'allow' }],
    ['a decision that does not exist', { type: 'decide', ask: 7, decision: 'always' }],
    ['a decision about no question', { type: 'decide', decision: 'allow' }],
    ['a question that is no number', { type: 'show', ask: '7' }],
    ['an origin that is no text', { type: 'revoke', origin: null }],
    ['no origin to stop', { type: 'stop' }],
  ])('that says %s is let go', (_, said) => {
    const page = open();
    page.postMessage(said);
    expect(page.closed).toBe(true);
    overview.worked();
    expect(send).not.toHaveBeenCalled();
    expect(asked).not.toHaveBeenCalled();
  });
});

it('one request for the status is under way at a time', () => {
  const page = open();
  page.postMessage({ type: 'refresh' });
  page.postMessage({ type: 'refresh' });
  overview.worked();
  vi.advanceTimersByTime(2 * STATUS_INTERVAL);
  expect(send.mock.calls).toEqual([[{ type: 'status', id: 1 }]]);
});
