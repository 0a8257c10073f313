// The repository's own files.

import { readFileSync } from 'node:fs';

export function text(path: string): string {
  return readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
}
