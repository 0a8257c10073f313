// What a page bundles that talks to the browser's model through the Vercel AI SDK: both providers, and the SDK's calls.

export { browserAI } from '@browser-ai/core';
export { builtInAI } from '@built-in-ai/core';
export { Output, generateText, stepCountIs, streamText, tool } from 'ai';
// eslint-disable-next-line @typescript-eslint/no-deprecated -- pages written for the SDK's last version call them
export { generateObject, streamObject } from 'ai';
export { z } from 'zod';
