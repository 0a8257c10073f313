import { expect, test } from 'vitest';
import { TokenLimit } from '../../../../../extension/src/page/window_ai/token_limit';

/** A token is a word with the space before it, as far as it goes. */
function words(text: string): Promise<number> {
  return Promise.resolve(text.split(' ').filter((word) => word !== '').length);
}

test.each([
  [1, ['one two'], 'one '],
  [3, ['one two', ' three', ' four five'], 'one two three '],
  [9, ['one two', ' three'], 'one two three'],
  [1, ['🪴🪴 🪴'], '🪴🪴 '],
])('%i tokens of %j are %j', async (tokens, pieces, text) => {
  const limit = new TokenLimit(words, tokens);
  let admitted = '';
  for (const piece of pieces) {
    admitted += limit.reached ? '' : await limit.admit(piece);
  }
  expect(admitted).toBe(text);
  expect(limit.reached).toBe(text !== pieces.join(''));
});
