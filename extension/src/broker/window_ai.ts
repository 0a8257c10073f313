// Has the script behind `window.ai` run in a document that wants it, as content scripts run in the page's own world.

/** Whether it ran. The document may be gone, or be one that the browser lets no extension into. */
export async function runWindowAI({ documentId, tab }: chrome.runtime.MessageSender): Promise<boolean> {
  if (documentId === undefined || tab?.id === undefined) return false;
  try {
    await chrome.scripting.executeScript({
      target: { tabId: tab.id, documentIds: [documentId] },
      world: 'MAIN',
      files: ['window-ai.js'],
      injectImmediately: true,
    });
    return true;
  } catch (reason) {
    console.warn('the script behind window.ai did not run:', reason);
    return false;
  }
}
