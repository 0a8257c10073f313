// Owns one object of an interface: made for the chosen options when it is first needed, and anew once they have changed.
//
// The signal given to create() ends an object for good, so that it is the one way to be rid of it, ready or not.

export class Maker {
  #interface;
  #making;
  #key = '';
  #life = new AbortController();
  #made = null;

  /** `making` is told when an object is about to be made. */
  constructor(name, making) {
    this.#interface = name;
    this.#making = making;
  }

  /** Whether an object for these options is there or on its way. */
  holds(options) {
    return this.#made !== null && this.#key === JSON.stringify(options);
  }

  /** An object for these options; `progress` is told how much of a download is there, from 0 to 1. */
  get(options, progress) {
    if (!this.holds(options)) {
      this.drop();
      this.#make(options, progress);
    }
    return this.#made;
  }

  /** Be rid of the object; its calls reject. */
  drop() {
    this.#life.abort();
    this.#made = null;
  }

  #make(options, progress) {
    this.#making();
    this.#life = new AbortController();
    const made = globalThis[this.#interface].create({
      ...options,
      signal: this.#life.signal,
      monitor(monitor) {
        monitor.addEventListener('downloadprogress', ({ loaded }) => { progress(loaded); });
      },
    });
    this.#key = JSON.stringify(options);
    this.#made = made;
    made.catch(() => {
      if (this.#made === made) this.#made = null;
    });
  }
}
