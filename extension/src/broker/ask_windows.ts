// The windows of questions, by chrome.windows: small, centred over the window that the user looks at.

import type { Ask } from '../protocol';
import type { AskWindows } from './asks';

const WIDTH = 460;
const HEIGHT = 530;
/** Pixels below the top of the browser's window. */
const DROP = 96;

async function placement(): Promise<chrome.windows.CreateData> {
  const size = { width: WIDTH, height: HEIGHT };
  const { left, top, width } = await chrome.windows.getLastFocused({ windowTypes: ['normal'] });
  if (left === undefined || top === undefined || width === undefined) return size;
  return { ...size, left: Math.max(0, Math.round(left + (width - WIDTH) / 2)), top: Math.max(0, top + DROP) };
}

async function create(bounds: chrome.windows.CreateData, ask: Ask): Promise<number> {
  const url = chrome.runtime.getURL(`ask.html?ask=${ask.ask}`);
  const window = await chrome.windows.create({ ...bounds, url, type: 'popup', focused: true });
  if (window?.id === undefined) throw new Error('the browser opened no window');
  return window.id;
}

export const askWindows: AskWindows = {
  async open(ask) {
    try {
      return await create(await placement(), ask);
    } catch (error) {
      // No normal window is open, or the place is off the screen: the browser chooses.
      console.warn('the browser places the question', error);
      return create({ width: WIDTH, height: HEIGHT }, ask);
    }
  },

  async focus(window) {
    await chrome.windows.update(window, { focused: true, drawAttention: true });
  },

  async close(window) {
    await chrome.windows.remove(window);
  },

  count(asks) {
    void chrome.action.setBadgeText({ text: asks === 0 ? '' : String(asks) });
    void chrome.action.setTitle({ title: asks === 0 ? 'Windowsill' : 'Windowsill: a site is waiting for your answer' });
  },
};
