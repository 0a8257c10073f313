// The random id by which the Host tells this browser profile from others.

const KEY = 'profile';

export async function profileId(storage: chrome.storage.StorageArea): Promise<string> {
  const { [KEY]: known } = await storage.get(KEY);
  if (typeof known === 'string') return known;
  const fresh = crypto.randomUUID();
  await storage.set({ [KEY]: fresh });
  return fresh;
}
