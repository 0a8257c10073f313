// Builds the extension into dist/: `npm run build`.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { versioned } from './versioned.mjs';

const here = new URL('./', import.meta.url);
const dist = new URL('dist/', here);

async function writeManifest() {
  const manifest = await readFile(new URL('manifest.json', here), 'utf8');
  const host = await readFile(new URL('../host/windowsill/__init__.py', here), 'utf8');
  await writeFile(new URL('manifest.json', dist), versioned(manifest, host));
}

const shared = {
  absWorkingDir: fileURLToPath(here),
  outdir: fileURLToPath(dist),
  bundle: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  minify: true,
  target: 'chrome148',
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await Promise.all([
  // Content scripts cannot be modules; each is one function scope that leaves no global.
  build({
    ...shared,
    entryPoints: {
      relay: 'src/relay.ts',
      page: 'src/page/main.ts',
      'ai-today': 'src/page/shapes/ai_today.ts',
      'ai-off': 'src/page/shapes/ai_off.ts',
      'browsers-own': 'src/page/shapes/browsers_own.ts',
    },
    format: 'iife',
  }),
  build({
    ...shared,
    entryPoints: {
      worker: 'src/broker/worker.ts',
      ask: 'src/ui/ask.tsx',
      popup: 'src/ui/popup.tsx',
      options: 'src/ui/options.tsx',
    },
    format: 'esm',
    tsconfig: 'tsconfig.json',
  }),
  cp(new URL('src/ui/', here), dist, { recursive: true, filter: (source) => !/\.tsx?$/.test(source) }),
  cp(new URL('../host/windowsill/demo/playground/theme.css', here), new URL('theme.css', dist)),
  cp(new URL('icons/', here), new URL('icons/', dist), {
    recursive: true,
    filter: (source) => !source.endsWith('.py'),
  }),
  writeManifest(),
]);
