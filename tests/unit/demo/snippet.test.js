import { describe, expect, test } from 'vitest';
import { literal, snippet } from '../../../host/windowsill/demo/playground/snippet.js';

const SUMMARIZER = {
  name: 'Summarizer',
  variable: 'summarizer',
  method: 'summarize',
  use: (result) => [`document.body.append(${result});`],
};

describe('code', () => {
  test('without options is what a first page writes', () => {
    expect(snippet(SUMMARIZER, { create: {}, call: {} }, 'Long.', true)).toBe(
      [
        'const summarizer = await Summarizer.create();',
        "const input = 'Long.';",
        'for await (const chunk of summarizer.summarizeStreaming(input)) {',
        '  document.body.append(chunk);',
        '}',
      ].join('\n'),
    );
  });

  test('gives the options of create() and of the call where each belongs', () => {
    const options = { create: { type: 'tldr' }, call: { context: 'news' } };
    expect(snippet(SUMMARIZER, options, 'Long.', false)).toBe(
      [
        "const summarizer = await Summarizer.create({ type: 'tldr' });",
        "const input = 'Long.';",
        "document.body.append(await summarizer.summarize(input, { context: 'news' }));",
      ].join('\n'),
    );
  });

  test('breaks options that are too long for a line', () => {
    const create = { sharedContext: 'w'.repeat(60), expectedInputLanguages: ['en', 'de'] };
    expect(snippet(SUMMARIZER, { create, call: {} }, '', true).split('\n').slice(0, 4)).toEqual([
      'const summarizer = await Summarizer.create({',
      `  sharedContext: '${'w'.repeat(60)}',`,
      "  expectedInputLanguages: ['en', 'de'],",
      '});',
    ]);
  });
});

describe('a literal', () => {
  test.each([
    ["it's"],
    ['"quoted"'],
    ['\\"both\\\' \\'],
    ['two\nlines\r\n\t\u2028'],
    ['${not} `a` template'],
    ['half of a pair: \ud83c'],
    ['</script><!-- -->'],
    [[]],
    [{}],
    [[1, 'a', { 'a-b': [true, false, null] }]],
    [{ type: 'object', properties: { a: { enum: Array.from({ length: 30 }, (_, at) => `value ${at}`) } } }],
    [/a\/b+/i],
  ])('of %j is that value again', (value) => {
    expect((0, eval)(`(${literal(value)})`)).toEqual(value);
  });

  test('of a text ends no script element that it is pasted into', () => {
    expect(literal('</script><!--')).toBe("'<\\/script><\\!--'");
  });
});
