// A page of a web developer who writes TypeScript with the published types: a note may be as long as the model can read.

const note = document.querySelector('textarea') ?? document.body.appendChild(document.createElement('textarea'));
const left = document.body.appendChild(document.createElement('output'));
const button = document.body.appendChild(document.createElement('button'));
const summary = document.body.appendChild(document.createElement('p'));
button.textContent = 'Summarize';

const systemPrompt: LanguageModelSystemMessage = { role: 'system', content: 'Summarize the note.' };

async function open(signal: AbortSignal): Promise<LanguageModel | null> {
  const languages: LanguageModelExpected[] = [{ type: 'text', languages: ['en'] }];
  const core: LanguageModelCreateCoreOptions = { expectedInputs: languages, expectedOutputs: languages };
  const availability: Availability = await LanguageModel.availability(core);
  if (availability === 'unavailable') {
    return null;
  }
  const options: LanguageModelCreateOptions = { ...core, signal, initialPrompts: [systemPrompt] };
  return LanguageModel.create(options);
}

async function count(session: LanguageModel): Promise<void> {
  const size = await session.measureContextUsage(note.value);
  const room = session.contextWindow - session.contextUsage - size;
  left.textContent = room > 0 ? `${room} tokens left` : `${-room} tokens too many`;
}

async function summarize(session: LanguageModel): Promise<void> {
  const twin = await session.clone();
  try {
    const prompt: LanguageModelPrompt = [{ role: 'user', content: [{ type: 'text', value: note.value }] }];
    summary.textContent = await twin.prompt(prompt);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') {
      throw error;
    }
    summary.textContent = 'The note is too long.';
  } finally {
    twin.destroy();
  }
}

async function main(): Promise<void> {
  const leaving = new AbortController();
  addEventListener('pagehide', () => {
    leaving.abort();
  });
  const session = await open(leaving.signal);
  if (session) {
    await count(session);
    note.addEventListener('input', () => void count(session));
    button.addEventListener('click', () => void summarize(session));
  }
}

void main();
