import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const repository = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The tests live beside the Python ones; what they import is installed here.
  resolve: { dedupe: ['esbuild', 'preact', 'vitest'] },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { fs: { allow: [repository] } },
  test: {
    dir: repository,
    include: ['tests/unit/extension/**/*.test.{ts,tsx}', 'tests/unit/demo/*.test.js', 'tests/wire/**/*.test.ts'],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
