// The playground: a tab for each interface.

import { ChatStage } from './chat_stage.js';
import { INTERFACES } from './interfaces.js';
import { languageSuggestions } from './option_kinds.js';
import { SAMPLES } from './samples.js';
import { newTabs } from './tabs.js';
import { TextStage } from './text_stage.js';
import { Workbench } from './workbench.js';

const benches = new Map();
for (const task of INTERFACES) {
  const samples = SAMPLES[task.name];
  const isChat = task.name === 'LanguageModel';
  const bench = new Workbench(task, isChat ? new ChatStage(task) : new TextStage(task), samples);
  if (!isChat) bench.fill(samples[0].text, samples[0].options);
  benches.set(task.name, bench);
}

const prompt = new URLSearchParams(location.search).get('prompt');
if (prompt !== null) benches.get('LanguageModel').fill(prompt);

const panels = new Map([...benches].map(([name, { element }]) => [name, element]));
document.querySelector('main').append(...panels.values(), languageSuggestions());
newTabs(document.querySelector('[role=tablist]'), panels, (name) => { benches.get(name).shown(); });
