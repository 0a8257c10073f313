import { describe, expect, test } from 'vitest';
import { StopSequences } from '../../../../../extension/src/page/window_ai/stop_sequences';

function through(sequences: readonly string[], pieces: readonly string[]): { text: string; met: boolean } {
  const stops = new StopSequences(sequences);
  let text = '';
  for (const piece of pieces) {
    text += stops.push(piece);
  }
  return { text: text + stops.rest(), met: stops.met };
}

/** All ways to cut a text into pieces. */
function cuts(text: string): string[][] {
  const ways = [[text]];
  for (let end = 1; end < text.length; end += 1) {
    ways.push(...cuts(text.slice(end)).map((rest) => [text.slice(0, end), ...rest]));
  }
  return ways;
}

describe('stop sequences', () => {
  test.each([
    ['ab', 'xxaaby', 'xxa', true],
    ['aab', 'aaaab', 'aa', true],
    ['abc', 'ababab', 'ababab', false],
    ['b', 'b', '', true],
  ])('%j ends %j at %j however it is cut', (sequence, whole, text, met) => {
    for (const pieces of cuts(whole)) {
      expect(through([sequence], pieces)).toEqual({ text, met });
    }
  });

  test('the one that comes first counts', () => {
    expect(through(['two', 'one'], ['a one a two'])).toEqual({ text: 'a ', met: true });
  });

  test('text that can be no beginning is let out at once', () => {
    const stops = new StopSequences(['END']);
    expect([stops.push('one E'), stops.push('N'), stops.push('G')]).toEqual(['one ', '', 'ENG']);
  });

  test('without any, all text goes through', () => {
    expect(through([], ['a', 'b'])).toEqual({ text: 'ab', met: false });
  });
});
