// One tab: an interface's options, its stage (what goes in and comes out), and the course of a call.
//
// data-state says where that is: idle, starting (permission, model), answering, then done, stopped or failed. What runs is
// what the code shows: both come from the same reading of the options.

import { Availability } from './availability.js';
import { CodeCard } from './code_card.js';
import { button, make } from './dom.js';
import { Fault } from './faults.js';
import { Figures } from './figures.js';
import { Maker } from './maker.js';
import { Meter } from './meter.js';
import { OptionsForm } from './options_form.js';

const STATES = { idle: '', starting: 'Getting ready…', answering: 'Answering…', done: 'Done', stopped: 'Stopped', failed: '' };
const FEW = 5; // controls that are shown at once beside a narrow window's stage, too
const PAUSE = 250; // milliseconds without typing after which an input is measured

export class Workbench {
  element;
  #task;
  #stage;
  #options;
  #maker;
  #figures;
  #availability = new Availability();
  #code = new CodeCard();
  #fault = new Fault();
  #meter = new Meter();
  #status = make('span', { class: 'status', role: 'status' });
  #run;
  #stop = button('Stop', 'secondary stop', () => { this.#end(); });
  #stopping = new AbortController();
  #measuring = new AbortController();
  #pause = 0;

  /** `stage` has an `element`, an `input`, and what the course below calls; `samples` are inputs to start from. */
  constructor(task, stage, samples) {
    this.#task = task;
    this.#stage = stage;
    this.#options = new OptionsForm(task);
    this.#maker = new Maker(task.name, () => { stage.renewed?.(); });
    this.#figures = new Figures(task);
    this.#run = make('button', { class: 'primary run' }, task.run);
    this.element = this.#laidOut(samples);
    this.#enter('idle');
    this.#options.element.addEventListener('change', () => { this.#changed(); });
    stage.input.addEventListener('input', () => { this.#typed(); });
  }

  /** The tab was opened. */
  shown() {
    if (this.#task.name in globalThis) {
      void this.#refresh();
      return;
    }
    this.#run.disabled = true;
    this.#showCode();
    void this.#look();
    this.#fault.say(
      `This browser has no ${this.#task.name}.`,
      'The Windowsill extension is not active, or this page was open before it was.',
    );
  }

  /** Write `input` into the box, and choose `options`, as a user would. */
  fill(input, options = {}) {
    this.#stage.input.value = input;
    this.#stage.input.setSelectionRange(0, 0); // a long one is seen from its beginning
    this.#options.write(options);
  }

  get #isBusy() {
    return ['starting', 'answering'].includes(this.element.dataset.state);
  }

  #enter(state) {
    this.element.dataset.state = state;
    this.#status.textContent = STATES[state];
    const [there, gone] = this.#isBusy ? [this.#stop, this.#run] : [this.#run, this.#stop];
    const isFocused = document.activeElement === gone; // the focus goes on from where it was, not from the page's beginning
    gone.hidden = true;
    there.hidden = false;
    if (isFocused) there.focus();
  }

  async #call() {
    this.#fault.clear();
    const options = this.#read();
    const input = this.#stage.input.value;
    if (this.#isBusy || options === null || !this.#stage.begin(input, options)) return;
    this.#measuring.abort();
    this.#stopping = new AbortController();
    this.#figures.clear();
    this.#enter('starting');
    const state = await this.#course(input, options, this.#stopping.signal);
    this.#stage.end();
    this.#enter(state);
    await this.#refresh();
  }

  /** The state that the call ends in. */
  async #course(input, options, signal) {
    try {
      const made = await this.#maker.get(options.create, (share) => { this.#progress(share); });
      signal.throwIfAborted();
      this.#enter('answering');
      this.#figures.begin();
      await this.#answer(made, input, { ...options.call, signal });
      this.#figures.end();
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'stopped';
      this.#fault.error(error);
      return 'failed';
    }
  }

  async #answer(made, input, options) {
    const { method } = this.#task;
    if (!this.#options.streams) {
      const result = await made[method](input, options);
      if (typeof result === 'string') this.#figures.text(result);
      this.#stage.whole(result);
      return;
    }
    for await (const chunk of made[`${method}Streaming`](input, options)) {
      this.#figures.chunk(chunk);
      this.#stage.add(chunk);
    }
  }

  /** Stop the call. What is not ready yet is given up; what is there serves the next call. */
  #end() {
    this.#stopping.abort();
    if (this.element.dataset.state === 'starting') this.#maker.drop();
  }

  #restart() {
    this.#end();
    this.#maker.drop();
    this.#stage.clear();
    this.#figures.clear();
    this.#fault.clear();
    this.#stage.input.focus();
    void this.#refresh();
  }

  #progress(share) {
    if (this.element.dataset.state !== 'starting' || share === 0 || share === 1) return;
    this.#status.textContent = `Downloading: ${Math.round(share * 100)} %`;
  }

  /** What the form says; null where that cannot be read, which is shown. */
  #read() {
    try {
      return this.#options.read();
    } catch (error) {
      this.#fault.error(error);
      return null;
    }
  }

  #changed() {
    this.#fault.clear();
    void this.#refresh();
  }

  #typed() {
    this.#fault.clear();
    this.#showCode();
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => { void this.#measure(); }, PAUSE);
  }

  async #refresh() {
    this.#showCode();
    await this.#look();
    await this.#measure();
  }

  #showCode() {
    const options = this.#read();
    if (options !== null) this.#code.show(this.#task, options, this.#stage.asked, this.#options.streams);
  }

  async #look() {
    const options = this.#read();
    if (options === null) return;
    try {
      await this.#availability.look(this.#task.name, options.create);
    } catch (error) {
      this.#fault.error(error);
    }
  }

  /** Only with an object that is there, or that can be made without a question to the user. */
  async #measure() {
    const { measure } = this.#task;
    const options = this.#read();
    if (measure === null || options === null || this.#isBusy) return;
    this.#measuring.abort();
    this.#measuring = new AbortController();
    const { signal } = this.#measuring;
    if (!this.#maker.holds(options.create) && this.#availability.value !== 'available') {
      this.#meter.unknown();
      return;
    }
    try {
      const made = await this.#maker.get(options.create, () => undefined);
      await this.#meter.measure(measure, made, this.#stage.input.value, { ...options.call, signal });
    } catch (error) {
      if (!signal.aborted) this.#fault.error(error);
    }
  }

  #laidOut(samples) {
    const { about, measure, name } = this.#task;
    const bar = make('div', { class: 'actions' }, ...(measure === null ? [] : [this.#meter.element]), this.#status);
    if (this.#stage.clear) bar.append(button('New conversation', 'quiet restart', () => { this.#restart(); }));
    bar.append(this.#stop, this.#run);
    const stage = make(
      'form',
      { 'aria-label': name, class: 'card stage' },
      this.#starts(samples),
      this.#stage.element,
      this.#fault.element,
      bar,
    );
    stage.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#call();
    });
    stage.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) stage.requestSubmit();
    });
    const { length } = this.#options.element.elements;
    const isOpen = length <= FEW || matchMedia('(min-width: 900px)').matches;
    return make(
      'section',
      { class: 'workbench', id: `panel-${name}` },
      make('div', { class: 'intro' }, make('h2', {}, name), make('p', {}, about), this.#availability.element),
      make('details', { class: 'card options', open: isOpen }, make('summary', {}, 'Options'), this.#options.element),
      make('div', { class: 'work' }, stage, this.#figures.element, this.#code.element),
    );
  }

  #starts(samples) {
    const chips = samples.map(({ name, text, options }) =>
      button(name, 'chip', () => {
        this.fill(text, options);
        this.#stage.input.focus();
        this.#changed();
      }),
    );
    return make('div', { 'aria-label': 'Inputs to start from', class: 'samples', role: 'group' }, 'Try', ...chips);
  }
}
