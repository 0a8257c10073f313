// The parts of chrome.* that the choices for sites live in: storage, and the browser's list of scripts.

interface Script {
  readonly id: string;
  readonly matches: readonly string[];
}

export class FakeChrome {
  kept: Record<string, unknown>;
  scripts: readonly Script[] = [];

  constructor(kept: Record<string, unknown> = {}) {
    this.kept = kept;
  }

  readonly storage = {
    local: {
      get: (key: string): Promise<object> => Promise.resolve({ [key]: this.kept[key] }),
      set: (items: object): Promise<void> => {
        Object.assign(this.kept, items);
        return Promise.resolve();
      },
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
  #last: Promise<unknown> = Promise.resolve();

  request<T>(_name: string, task: () => Promise<T>): Promise<T> {
    const run = this.#last.then(task);
    this.#last = run;
    return run;
  }
}
