// A conversation with a session.

import { make } from './dom.js';

export class ChatStage {
  #conversation = make('div', { 'aria-label': 'Conversation', 'aria-live': 'polite', class: 'conversation', role: 'log' });
  #answer = null;
  #last = 'Tell me a story.';
  input;
  element;

  constructor({ name, input }) {
    const attributes = { 'aria-label': input, dir: 'auto', id: `${name}-input`, name: 'input', placeholder: input, rows: '1' };
    this.input = make('textarea', attributes);
    this.element = make('div', { class: 'chat' }, this.#conversation, this.input);
    this.input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.input.form.requestSubmit();
    });
    this.clear();
  }

  /** What a call would be made with, or was made with last. */
  get asked() {
    return this.input.value || this.#last;
  }

  /** Send `input`; false where nothing is written. */
  begin(input) {
    if (input.trim() === '') return false;
    this.#last = input;
    this.#say('user', input);
    this.#answer = this.#say('assistant live', '');
    this.input.value = '';
    return true;
  }

  add(chunk) {
    this.#answer.append(chunk);
    this.#show();
  }

  whole(text) {
    this.add(text);
  }

  end() {
    this.#answer.classList.remove('live');
    if (this.#answer.textContent === '') this.#answer.remove();
  }

  /** A session is about to be made. */
  renewed() {
    if (this.#conversation.querySelector('.assistant:not(.live)')) {
      const line = make('p', { class: 'divider' }, 'A new session, which knows nothing of what is above');
      this.#conversation.insertBefore(line, this.#conversation.querySelector('.user:has(+ .live)'));
    }
  }

  clear() {
    this.#conversation.replaceChildren(
      make('p', { class: 'empty' }, 'Ask something below. The first question makes the browser ask you first.'),
    );
  }

  #say(role, text) {
    const message = make('div', { class: `message ${role}`, dir: 'auto' }, text);
    this.#conversation.append(message);
    this.#show();
    return message;
  }

  #show() {
    this.#conversation.scrollTop = this.#conversation.scrollHeight;
  }
}
