// Every sentence of the extension's own pages.

import type { GrantState, Interface } from '../protocol';
import type { AIShape, Answerer } from '../sites/choices';

export const INTERFACE_WANTS: Record<Interface, string> = {
  'language-model': 'wants to use the AI model on this computer',
  summarizer: 'wants to have the AI model on this computer summarize text',
  writer: 'wants to have the AI model on this computer write text',
  rewriter: 'wants to have the AI model on this computer rewrite text',
  proofreader: 'wants to have the AI model on this computer proofread text',
  translator: 'wants to have the AI model on this computer translate text',
  'language-detector': 'wants to have this computer tell which language text is in',
};

export const GRANT_STATE: Record<GrantState, string> = {
  allow: 'Allowed',
  once: 'Allowed this time',
  block: 'Blocked',
};

export const ASK = {
  embedded: 'Shown inside a page of',
  may: 'While allowed, it may have the model read and write text at any time. What it does with the answers is up to the site.',
  model: 'Model',
  runs: 'Runs on',
  thisComputer: 'this computer',
  private: 'This is a private window: your choice is forgotten when it closes.',
  localFile: 'A file may use it until you close or reload it. Blocking one file blocks all of them.',
  allow: 'Allow',
  once: 'Allow this time',
  block: 'Block',
  later: 'Close this window to decide later.',
  browsers: 'Use the browser’s own model',
  browsersWhy: 'This browser has a model of its own.',
  browsersChosen: 'gets the browser’s own model once you reload its page',
  close: 'Close',
};

export const POPUP = {
  answer: 'Answer',
  waiting: 'is waiting for your answer',
  thisSite: 'This site',
  noSite: 'This page belongs to no site.',
  notAsked: 'Has not been given access. It has to ask first.',
  forget: 'Forget',
  everywhere: 'for all browsers',
  model: 'Model',
  settings: 'Settings',
  whatToDo: 'See what to do',
};

interface Position {
  readonly label: string;
  readonly detail: string;
}

export const AI_SHAPE: Record<AIShape, Position> = {
  on: { label: 'On', detail: 'Older pages find every earlier shape of it too.' },
  today: { label: 'Today’s', detail: 'The current standard alone, nothing older.' },
  off: { label: 'Off', detail: 'Pages see no window.ai. The standard’s classes stay.' },
};

export const ANSWERER: Record<Answerer, Position> = {
  ours: { label: 'Windowsill', detail: 'The model that you chose, once you allow it.' },
  browsers: { label: 'Browser', detail: 'The browser’s own model, without Windowsill.' },
  ask: { label: 'Ask', detail: 'When the site next wants access, you choose whose model it gets.' },
};

export const SITE_CHOICES = {
  ai: 'window.ai',
  answerer: 'Answers come from',
  answered: 'You answered on the command line, for all browsers, so the site does not ask.',
  changed: 'Takes effect with a reload.',
  reload: 'Reload page',
};

export const OPTIONS = {
  tagline: 'The browser’s own AI interfaces, answered by a model on your own machine.',
  run: 'Run this in a terminal, then check again:',
  copy: 'Copy',
  copied: 'Copied',
  check: 'Check again',
  extension: 'Extension',
  host: 'Program',
  model: 'Model',
  sites: 'Sites',
  sitesNone: 'No site has been given or refused access yet. When one asks, a small window opens and you decide.',
  sitesUnknown: 'Your answers are kept by the program and appear here once it runs.',
  chosen: 'Choices for sites',
  reset: 'Reset',
  resetting: (origin: string): string => `Take back what was chosen for ${origin}`,
  forget: 'Forget',
  forgetting: (origin: string): string => `Forget the answer for ${origin}`,
  everywhere: 'All browsers',
  everywhereWhy: 'Given on the command line, and taken back there: windowsill grants revoke',
  private: 'Everything stays on this computer: the model, what sites ask of it, and your answers.',
  how: 'How it works',
  howSteps: [
    'A site asks for the browser’s built-in AI. Windowsill answers in its place.',
    'You decide, site by site. Nothing is answered before you allow it.',
    'A model that you chose does the work, on this machine, without a network.',
  ],
};

export const IN_USE = {
  title: 'In use now',
  nobody: 'No site is using the model.',
  stop: 'Stop',
  stopping: (origin: string): string => `Stop the answers for ${origin}`,
  memory: (size: string, device: string, cacheUsed: number): string =>
    `${device}, ${size} of memory, ${Math.round(100 * cacheUsed)} % of its cache in use`,
  elsewhere: (count: number): string =>
    count === 1 ? 'One more answer for another browser or profile' : `${count} more answers for other browsers or profiles`,
};

export const COUNTS = {
  sessions: (count: number): string => (count === 1 ? '1 session' : `${count} sessions`),
  requests: (count: number): string => (count === 1 ? '1 answer under way' : `${count} answers under way`),
  running: (count: number): string => `${count} running`,
  waiting: (count: number): string => `${count} waiting`,
  rate: (tokensPerSecond: number): string => `${tokensPerSecond.toFixed(1)} tokens/s`,
  size: (bytes: number): string =>
    bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GB` : `${(bytes / 2 ** 20).toFixed(0)} MB`,
};

export const HOST = {
  connecting: { title: 'Looking for the program…', detail: 'Windowsill’s program on this computer is being started.' },
  ready: { title: 'Ready', detail: 'Sites can ask for the model.' },
  problem: { title: 'The model cannot be used' },
  missing: {
    title: 'The program is not installed',
    detail: 'The browser found no Windowsill program. The extension needs it to run the model.',
  },
  forbidden: {
    title: 'The program belongs to another extension',
    detail: 'Windowsill’s program is installed, but not for this copy of the extension.',
  },
  exited: {
    title: 'The program stopped',
    detail: 'It ended by itself or could not be started. It is started again when it is next needed.',
  },
  silent: {
    title: 'The program does not answer',
    detail: 'It was started but said nothing. The doctor says what is wrong:',
  },
  garbled: {
    title: 'The program cannot be understood',
    detail: 'It said something that this extension does not know. The doctor says what is wrong:',
  },
  'update-host': {
    title: 'The program is too old',
    detail: 'This extension needs a newer Windowsill program. Update it, then run:',
  },
  'update-extension': {
    title: 'The extension is too old',
    detail: 'The Windowsill program is newer than this extension. Update the extension in the browser’s extensions page.',
  },
};
