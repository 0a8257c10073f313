// What every frame of every page pays for: its scripts' bytes are read and compiled before the page's own first script.

import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { contentScripts } from '../../../extension/bundles.mjs';
import { text } from './support/repository';

/** Bytes of all scripts that run in every document: about a millisecond to read and run on a common machine. */
const MAX_INJECTED = 40_000;

interface Manifest {
  readonly content_scripts: readonly { readonly js: readonly string[] }[];
}

it('the scripts of every document are small', async () => {
  const { outputFiles } = await build({ ...contentScripts, write: false });
  const sizes = new Map(outputFiles.map(({ path, contents }) => [path.replace(/.*[/\\]/, ''), contents.length]));
  const manifest = JSON.parse(text('extension/manifest.json')) as Manifest;
  const injected = manifest.content_scripts.flatMap(({ js }) => js).map((name) => sizes.get(name) ?? Infinity);
  expect(injected.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(MAX_INJECTED);
});
