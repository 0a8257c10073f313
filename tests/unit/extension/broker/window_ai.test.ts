import { beforeEach, expect, it, vi } from 'vitest';
import { runWindowAI } from '../../../../extension/src/broker/window_ai';

const executeScript = vi.fn();

const sender = { documentId: 'document', tab: { id: 7 } } as chrome.runtime.MessageSender;

beforeEach(() => {
  executeScript.mockReset();
  vi.stubGlobal('chrome', { scripting: { executeScript } });
});

it('runs the script in the world and in the document of the page that wants it, and in no other of its tab', async () => {
  executeScript.mockResolvedValueOnce([]);
  expect(await runWindowAI(sender)).toBe(true);
  expect(executeScript).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ target: { tabId: 7, documentIds: ['document'] }, world: 'MAIN', files: ['window-ai.js'] }),
  );
});

it('says that it did not run where the document is gone', async () => {
  vi.spyOn(console, 'warn').mockReturnValueOnce();
  executeScript.mockRejectedValueOnce(new Error('No document with id document'));
  expect(await runWindowAI(sender)).toBe(false);
});

it('says that it did not run in a document without a tab, which the browser has no name for', async () => {
  expect(await runWindowAI({ documentId: 'document' })).toBe(false);
  expect(executeScript).not.toHaveBeenCalled();
});
