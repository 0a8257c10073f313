/**
 * Puts in place of every interface a class of the standard's shape that writes down into `calls` what it is asked, and
 * answers by what the input begins with: `endless` streams one chunk and then waits, `broken` fails, `long` is too long.
 * With the sharedContext `pending` no object is ever made, with `refused` none may be.
 */
() => {
  const METHODS = {
    LanguageModel: ['prompt', 'measureContextUsage'],
    Summarizer: ['summarize', 'measureInputUsage'],
    Writer: ['write', 'measureInputUsage'],
    Rewriter: ['rewrite', 'measureInputUsage'],
    Proofreader: ['proofread', null],
    Translator: ['translate', 'measureInputUsage'],
    LanguageDetector: ['detect', 'measureInputUsage'],
  };
  const WHOLE = {
    Proofreader: (input) => ({
      correctedInput: `${input}!`,
      corrections: [
        { startIndex: 0, endIndex: 1, correction: 'X', types: ['spelling'], explanation: 'It is an X.' },
        { startIndex: input.length, endIndex: input.length, correction: '!' },
      ],
    }),
    LanguageDetector: () => [
      { detectedLanguage: 'de', confidence: 0.9 },
      { detectedLanguage: 'und', confidence: 0.05 },
    ],
  };
  const CHUNKS = ['* one', ' **two**', '\n* three'];

  globalThis.calls = [];
  globalThis.availabilityOf = 'available';

  /** The error that an input asks for; undefined where it asks for none. */
  function errorOf(input) {
    if (input.startsWith('broken')) return new DOMException('The model went away.', 'UnknownError');
    if (!input.startsWith('long')) return undefined;
    return Object.assign(new DOMException('Too long.', 'QuotaExceededError'), { requested: 5000, quota: 1000 });
  }

  function noted(name, method, input, { signal, ...options } = {}) {
    signal?.throwIfAborted();
    delete options.monitor;
    globalThis.calls.push({ name, method, input, options });
  }

  /** Rejects when `signal` fires, and otherwise never. */
  function ended(signal) {
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => { reject(signal.reason); });
    });
  }

  for (const [name, [method, measure]] of Object.entries(METHODS)) {
    const made = class {
      static async availability() {
        return globalThis.availabilityOf;
      }

      static async create(options) {
        noted(name, 'create', null, options);
        if (options?.sharedContext === 'pending') await ended(options.signal);
        if (options?.sharedContext === 'refused') throw new DOMException('Not here.', 'NotAllowedError');
        const object = new made();
        options?.signal?.addEventListener('abort', () => { noted(name, 'destroyed', null); });
        return object;
      }

      get inputQuota() {
        return name === 'LanguageDetector' ? Infinity : 1000;
      }

      get contextWindow() {
        return 1000;
      }

      get contextUsage() {
        return 100;
      }

      async [method](input, options) {
        noted(name, method, input, options);
        const error = errorOf(input);
        if (error) throw error;
        return WHOLE[name]?.(input) ?? CHUNKS.join('');
      }
    };
    if (measure) made.prototype[measure] = async (input) => input.length;
    if (!(name in WHOLE)) {
      made.prototype[`${method}Streaming`] = (input, options) => {
        noted(name, `${method}Streaming`, input, options);
        const error = errorOf(input);
        return new ReadableStream({
          async start(controller) {
            controller.enqueue(CHUNKS[0]);
            if (error) controller.error(error);
            if (error) return;
            if (input.startsWith('endless')) await ended(options.signal);
            for (const chunk of CHUNKS.slice(1)) controller.enqueue(chunk);
            controller.close();
          },
        });
      };
    }
    Object.defineProperty(globalThis, name, { configurable: true, value: made, writable: true });
  }
}
