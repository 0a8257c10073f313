// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { rendered } from '../../../host/windowsill/demo/playground/markdown.js';

/** The HTML of `text` as it is shown, without the attribute that every block has. */
function shown(text) {
  const holder = document.createElement('div');
  holder.append(rendered(text));
  return holder.innerHTML.replaceAll(' dir="auto"', '');
}

describe('markdown', () => {
  test.each([
    ['two\nlines\n\nand another', '<p>two\nlines</p><p>and another</p>'],
    ['# One', '<h3>One</h3>'],
    ['###### Six ##', '<h6>Six</h6>'],
    ['a **b** _c_ `d*e*` *f*', '<p>a <strong>b</strong> <em>c</em> <code>d*e*</code> <em>f</em></p>'],
    ['**a *b* c**', '<p><strong>a <em>b</em> c</strong></p>'],
    ['snake_case_name and 2 * 3 * 4', '<p>snake_case_name and 2 * 3 * 4</p>'],
    ['* a\n* b\n\n* c', '<ul><li>a</li><li>b</li><li>c</li></ul>'],
    ['3. a\n4) b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['- a\n  - b\n  - c\n- d', '<ul><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ul>'],
    ['- a\n  goes on\n\nout', '<ul><li>a\ngoes on</li></ul><p>out</p>'],
    ['text\n- a', '<p>text</p><ul><li>a</li></ul>'],
    ['> a\n> * b', '<blockquote><p>a</p><ul><li>b</li></ul></blockquote>'],
    ['```js\n* no list *\n```\nafter', '<pre><code>* no list *</code></pre><p>after</p>'],
    ['```\nnot closed yet', '<pre><code>not closed yet</code></pre>'],
    ['a\n\n***\n\nb', '<p>a</p><hr><p>b</p>'],
    ['', ''],
    ['**not closed', '<p>**not closed</p>'],
  ])('%j', (text, html) => {
    expect(shown(text)).toBe(html);
  });

  test('shows HTML as the text that it is', () => {
    expect(shown('<img src=x onerror=alert(1)> <b>')).toBe('<p>&lt;img src=x onerror=alert(1)&gt; &lt;b&gt;</p>');
  });

  test('neither fetches an image nor links anywhere', () => {
    const holder = document.createElement('div');
    holder.append(rendered('![a](https://example.com/a.png) [b](javascript:alert(1)) <https://example.com>'));
    expect(holder.querySelector('img, a, [href], [src]')).toBeNull();
    expect(holder.textContent).toContain('b');
  });

  test.each([['>'], ['> '], ['**'], ['*a'], ['['], ['- '], ['`'], ['_ ']])('takes any amount of %j', (piece) => {
    expect(shown(piece.repeat(2000)).length).toBeGreaterThan(0);
  });
});
