// What the Page's modules take from the browser at injection and Node does not have. Import it before any of them.

class FakeDocument extends EventTarget {
  view: object | null = globalThis;

  get defaultView(): object | null {
    return this.view;
  }
}

class FakeProgressEvent extends Event {
  readonly lengthComputable: boolean;
  readonly loaded: number;
  readonly total: number;

  constructor(type: string, { lengthComputable = false, loaded = 0, total = 0 }: ProgressEventInit = {}) {
    super(type);
    this.lengthComputable = lengthComputable;
    this.loaded = loaded;
    this.total = total;
  }
}

const view = new EventTarget();

Object.assign(globalThis, {
  addEventListener: view.addEventListener.bind(view),
  dispatchEvent: view.dispatchEvent.bind(view),
  removeEventListener: view.removeEventListener.bind(view),
  Document: FakeDocument,
  ProgressEvent: FakeProgressEvent,
  document: new FakeDocument(),
  isSecureContext: true,
});
