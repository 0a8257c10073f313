import { beforeEach, expect, it, vi } from 'vitest';
import { Asks, type AskListener, type AskWindows } from '../../../../extension/src/broker/asks';
import type { Ask } from '../../../../extension/src/protocol';

const windows = {
  open: vi.fn<AskWindows['open']>(),
  focus: vi.fn<AskWindows['focus']>(),
  close: vi.fn<AskWindows['close']>(),
  count: vi.fn<AskWindows['count']>(),
};
const listener = { decided: vi.fn<AskListener['decided']>(), changed: vi.fn<AskListener['changed']>() };
let asks: Asks;

function ask(id: number): Ask {
  return { type: 'ask', ask: id, origin: 'https://a.test', interface: 'language-model', model: 'Basil', incognito: false };
}

beforeEach(() => {
  vi.resetAllMocks();
  windows.open.mockImplementation(({ ask: id }) => Promise.resolve(100 + id));
  asks = new Asks(windows, listener);
});

it('a question is open until it is decided, and is decided once', async () => {
  await asks.raise(ask(1));
  expect(asks.open).toEqual([ask(1)]);
  await asks.decide(1, 'once');
  await asks.decide(1, 'block');
  expect(listener.decided.mock.calls).toEqual([[1, 'once']]);
  expect(windows.close.mock.calls).toEqual([[101]]);
  expect(asks.open).toEqual([]);
});

it('a closed window dismisses its own question and no other', async () => {
  await asks.raise(ask(1));
  await asks.raise(ask(2));
  await asks.windowClosed(102);
  await asks.windowClosed(7);
  expect(listener.decided.mock.calls).toEqual([[2, 'dismiss']]);
  expect(windows.close).not.toHaveBeenCalled();
  expect(asks.open).toEqual([ask(1)]);
});

it('a question whose window is lost gets another when it is shown', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  await asks.raise(ask(1));
  windows.focus.mockRejectedValueOnce(new Error('No window with id: 101.'));
  await asks.show(1);
  expect(windows.open).toHaveBeenCalledTimes(2);
  expect(warn).toHaveBeenCalledOnce();
});

it('the end of all questions answers none of them', async () => {
  await asks.raise(ask(1));
  await asks.raise(ask(2));
  await asks.endAll();
  expect(listener.decided).not.toHaveBeenCalled();
  expect(windows.close.mock.calls).toEqual([[101], [102]]);
  expect(windows.count).toHaveBeenLastCalledWith(0);
});
