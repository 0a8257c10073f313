/**
 * Owns the first shape of all, the text sessions of mid 2024: `ai.createTextSession()` and what belongs to it.
 */

import type { Factory } from './factory';
import { PARAMETERS, withMembers, type OldAvailability } from './old_words';
import type { Session } from './standard';

/** The members for `ai`, at which the events of downloads are heard. */
export function textSessions(ai: EventTarget, factory: Factory<Session>): object {
  const { defaultTopK, maxTopK, defaultTemperature } = PARAMETERS;

  async function canCreate(): Promise<OldAvailability> {
    return (await factory.capabilities()).available;
  }

  function create(options?: unknown): Promise<Session> {
    return factory.create(withMembers(options, { monitor }));
  }

  function monitor(downloads: EventTarget): void {
    downloads.addEventListener('downloadprogress', (event) => {
      const { lengthComputable, loaded, total } = event as ProgressEvent;
      ai.dispatchEvent(new ProgressEvent('textmodeldownloadprogress', { lengthComputable, loaded, total }));
    });
  }

  function defaults(): Promise<object> {
    return Promise.resolve({ topK: defaultTopK, temperature: defaultTemperature });
  }

  return {
    canCreateTextSession: canCreate,
    canCreateGenericSession: canCreate,
    createTextSession: create,
    createGenericSession: create,
    textModelInfo: () => Promise.resolve({ defaultTopK, maxTopK, defaultTemperature }),
    defaultTextSessionOptions: defaults,
    defaultGenericSessionOptions: defaults,
  };
}
