// The service worker's entry: registers every listener synchronously, so that no event that started it is missed.

import { PROTOCOL_MAX, PROTOCOL_MIN } from '../protocol';
import { refreshChoices } from '../sites/site_choices';
import { WANT_WINDOW_AI } from '../window_ai_script';
import { askWindows } from './ask_windows';
import { Broker } from './broker';
import { NATIVE_HOST_NAME } from './native_port';
import { profileId } from './profile';
import { runWindowAI } from './window_ai';

const broker = new Broker({
  id: chrome.runtime.id,
  origin: location.origin,
  windows: askWindows,
  tabRemoved: chrome.tabs.onRemoved,
  hasPrivateWindow: async () => (await chrome.windows.getAll()).some(({ incognito }) => incognito),
  connect: () => chrome.runtime.connectNative(NATIVE_HOST_NAME),
  lastError: () => chrome.runtime.lastError?.message,
  hello: async () => ({
    type: 'hello',
    protocol: { min: PROTOCOL_MIN, max: PROTOCOL_MAX },
    version: chrome.runtime.getManifest().version,
    profile: await profileId(chrome.storage.local),
  }),
});

chrome.runtime.onConnect.addListener((port) => { broker.connected(port); });
chrome.runtime.onMessage.addListener((message, sender, answer) => {
  if (message !== WANT_WINDOW_AI) return false;
  void runWindowAI(sender).then(answer);
  return true;
});
chrome.windows.onRemoved.addListener((window) => { broker.windowClosed(window); });
chrome.runtime.onStartup.addListener(() => { void refreshChoices(); });
chrome.runtime.onInstalled.addListener(({ reason }) => {
  void refreshChoices();
  // openOptionsPage() would take over a blank tab that somebody is about to use.
  if (reason === 'install') void chrome.tabs.create({ url: chrome.runtime.getURL('options.html') });
});
void chrome.action.setBadgeBackgroundColor({ color: '#2f7d4f' });
void chrome.action.setBadgeTextColor({ color: '#ffffff' });
