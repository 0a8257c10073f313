// The parts of chrome.* that the choices for sites live in: storage, and the browser's list of scripts.

interface Script {
  readonly id: string;
  readonly matches: readonly string[];
}

type Changed = (changes: Record<string, { readonly newValue: unknown }>) => void;

export class FakeChrome {
  kept: Record<string, unknown>;
  scripts: readonly Script[] = [];
  readonly #listeners: Changed[] = [];

  constructor(kept: Record<string, unknown> = {}) {
    this.kept = kept;
  }

  readonly storage = {
    local: {
      get: (key: string): Promise<object> => Promise.resolve({ [key]: this.kept[key] }),
      set: (items: Record<string, unknown>): Promise<void> => {
        Object.assign(this.kept, items);
        const changes = Object.fromEntries(Object.entries(items).map(([key, newValue]) => [key, { newValue }]));
        for (const listener of this.#listeners) listener(changes);
        return Promise.resolve();
      },
      onChanged: { addListener: (listener: Changed): void => { this.#listeners.push(listener); } },
    },
  };

  readonly scripting = {
    unregisterContentScripts: (): Promise<void> => {
      this.scripts = [];
      return Promise.resolve();
    },
    registerContentScripts: (scripts: readonly Script[]): Promise<void> => {
      if (scripts.some(({ id }) => this.scripts.some((there) => there.id === id))) {
        return Promise.reject(new Error('Duplicate script ID'));
      }
      this.scripts = [...this.scripts, ...scripts];
      return Promise.resolve();
    },
  };
}

/** `navigator.locks` of one context: calls run one after the other. */
export class FakeLocks {
  readonly #last = new Map<string, Promise<unknown>>();

  request<T>(name: string, task: () => Promise<T>): Promise<T> {
    const run = (this.#last.get(name) ?? Promise.resolve()).then(task);
    this.#last.set(name, run);
    return run;
  }
}
