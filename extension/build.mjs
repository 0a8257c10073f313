// Builds the extension into dist/: `npm run build`.

import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { contentScripts, modules } from './bundles.mjs';
import { versioned } from './versioned.mjs';

const here = new URL('./', import.meta.url);
const dist = new URL('dist/', here);

async function writeManifest() {
  const manifest = await readFile(new URL('manifest.json', here), 'utf8');
  const host = await readFile(new URL('../host/windowsill/__init__.py', here), 'utf8');
  await writeFile(new URL('manifest.json', dist), versioned(manifest, host));
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
await Promise.all([
  build(contentScripts),
  build(modules),
  cp(new URL('src/ui/', here), dist, { recursive: true, filter: (source) => !/\.tsx?$/.test(source) }),
  cp(new URL('../host/windowsill/demo/playground/theme.css', here), new URL('theme.css', dist)),
  cp(new URL('icons/', here), new URL('icons/', dist), {
    recursive: true,
    filter: (source) => !source.endsWith('.py'),
  }),
  writeManifest(),
]);
