// What esbuild makes of the sources: for the build, and for the tests of what it makes.

import { fileURLToPath } from 'node:url';

const here = new URL('./', import.meta.url);

/** @satisfies {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: fileURLToPath(here),
  outdir: fileURLToPath(new URL('dist/', here)),
  bundle: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  minify: true,
  target: 'chrome148',
};

/**
 * Content scripts cannot be modules; each is one function scope that leaves no global.
 *
 * @satisfies {import('esbuild').BuildOptions}
 */
export const contentScripts = {
  ...shared,
  entryPoints: {
    relay: 'src/relay.ts',
    page: 'src/page/main.ts',
    'window-ai': 'src/page/window_ai/main.ts',
    'ai-today': 'src/page/shapes/ai_today.ts',
    'ai-off': 'src/page/shapes/ai_off.ts',
    'browsers-own': 'src/page/shapes/browsers_own.ts',
  },
  format: 'iife',
};

/** @satisfies {import('esbuild').BuildOptions} */
export const modules = {
  ...shared,
  entryPoints: {
    worker: 'src/broker/worker.ts',
    ask: 'src/ui/ask.tsx',
    popup: 'src/ui/popup.tsx',
    options: 'src/ui/options.tsx',
  },
  format: 'esm',
  tsconfig: 'tsconfig.json',
};
