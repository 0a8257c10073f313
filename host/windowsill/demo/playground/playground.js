// The playground: one conversation through the standard LanguageModel, with what it measures of every answer.
// body[data-state] says where it is: idle, starting (permission, model), answering, done or failed.

const element = (id) => document.getElementById(id);
const conversation = element('conversation');
const prompt = element('prompt');

const AVAILABILITY = {
  available: 'ready',
  downloadable: 'asks first',
  downloading: 'downloading',
  unavailable: 'unavailable',
};

let session = null;
let stop = null;

function enter(state) {
  document.body.dataset.state = state;
  const busy = state === 'starting' || state === 'answering';
  element('send').hidden = busy;
  element('stop').hidden = !busy;
}

function trouble(text) {
  element('trouble').textContent = text;
  element('trouble').hidden = text === '';
}

async function showAvailability() {
  const value = 'LanguageModel' in globalThis ? await LanguageModel.availability() : 'unavailable';
  element('availability').dataset.value = value;
  element('availability').textContent = AVAILABILITY[value];
}

function say(role, text) {
  const message = document.createElement('div');
  message.className = `message ${role}`;
  message.textContent = text;
  conversation.append(message);
  message.scrollIntoView({ block: 'nearest' });
  return message;
}

/** Streams one answer into `message` and keeps the figures under it up to date. */
async function stream(text, message, signal) {
  const asked = performance.now();
  let first = null;
  let chunks = 0;
  let characters = 0;
  for await (const chunk of session.promptStreaming(text, { signal })) {
    const now = performance.now();
    first ??= now;
    chunks += 1;
    characters += chunk.length;
    message.append(chunk);
    message.scrollIntoView({ block: 'nearest' });
    element('first-chunk').textContent = `${Math.round(first - asked)} ms`;
    element('characters').textContent = characters.toLocaleString('en');
    if (now > first) element('rate').textContent = ((chunks - 1) / ((now - first) / 1000)).toFixed(1);
  }
  element('context').textContent = `${session.contextUsage} / ${session.contextWindow}`;
}

async function ask(text) {
  trouble('');
  say('user', text);
  const message = say('assistant', '');
  message.classList.add('live');
  stop = new AbortController();
  enter('starting');
  try {
    session ??= await LanguageModel.create({ signal: stop.signal });
    await showAvailability();
    enter('answering');
    await stream(text, message, stop.signal);
    enter('done');
  } catch (error) {
    if (message.textContent === '') message.remove();
    if (error.name === 'AbortError') {
      enter('done');
      return;
    }
    trouble(`${error.name}: ${error.message}`);
    enter('failed');
  } finally {
    message.classList.remove('live');
  }
}

element('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  if (!element('stop').hidden) return;
  const text = prompt.value.trim();
  if (text === '') return;
  prompt.value = '';
  void ask(text);
});

prompt.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  element('composer').requestSubmit();
});

element('stop').addEventListener('click', () => { stop.abort(); });

element('restart').addEventListener('click', () => {
  stop?.abort();
  session?.destroy();
  session = null;
  for (const message of conversation.querySelectorAll('.message')) message.remove();
  for (const figure of document.querySelectorAll('dd')) figure.textContent = '–';
  trouble('');
  prompt.focus();
});

element('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(element('sample').textContent);
  element('copy').textContent = 'Copied';
});

prompt.value = new URLSearchParams(location.search).get('prompt') ?? '';
prompt.focus();
if (!('LanguageModel' in globalThis)) trouble('This browser has no LanguageModel: the Windowsill extension is not active.');
void showAvailability();
