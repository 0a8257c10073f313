/** Owns the order of the sampling modes. Imports no code: the script behind `window.ai` takes it in as well. */

import type { SamplingMode } from '../protocol';

/** From the least to the most varied. */
export const SAMPLING_MODES: readonly SamplingMode[] = [
  'most-predictable',
  'predictable',
  'slightly-predictable',
  'balanced',
  'slightly-creative',
  'creative',
  'most-creative',
];
