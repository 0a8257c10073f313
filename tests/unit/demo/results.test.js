// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { Corrections } from '../../../host/windowsill/demo/playground/corrections.js';
import { Detections } from '../../../host/windowsill/demo/playground/detections.js';
import { Prose } from '../../../host/windowsill/demo/playground/prose.js';

const INPUT = 'i like teh  sea';
const CORRECTIONS = [
  { startIndex: 0, endIndex: 1, correction: 'I', types: ['capitalization'] },
  { startIndex: 7, endIndex: 10, correction: 'the', types: ['spelling'], explanation: 'Letters changed places.' },
  { startIndex: 11, endIndex: 12, correction: '' },
  { startIndex: 15, endIndex: 15, correction: '.' },
];

function corrected(input, result) {
  const shows = new Corrections();
  shows.begin({});
  shows.whole(result, input);
  return shows;
}

/** The shown text without its tips. */
function text({ element }) {
  const copy = element.querySelector('.written').cloneNode(true);
  for (const tip of copy.querySelectorAll('.tip')) tip.remove();
  return copy;
}

describe('corrections', () => {
  test('stand in their place: what was there struck out, what belongs there put in', () => {
    const shown = text(corrected(INPUT, { correctedInput: 'I like the sea.', corrections: CORRECTIONS }));
    for (const inserted of shown.querySelectorAll('ins')) inserted.remove();
    expect(shown.textContent).toBe(INPUT);
    expect([...shown.querySelectorAll('del')].map((deleted) => deleted.textContent)).toEqual(['i', 'teh', ' ']);
  });

  test('have their type and explanation in a tip that their mark names', () => {
    const [, mark] = corrected(INPUT, { correctedInput: '', corrections: CORRECTIONS }).element.querySelectorAll('mark');
    const tip = mark.querySelector('[role=tooltip]');
    expect(mark.tabIndex).toBe(0);
    expect(mark.getAttribute('aria-describedby')).toBe(tip.id);
    expect([...tip.children].map((line) => line.textContent)).toEqual(['spelling', 'Letters changed places.']);
  });

  test('that overlap or lie outside of the input are left out', () => {
    const corrections = [
      { startIndex: 2, endIndex: 6, correction: 'love' },
      { startIndex: 3, endIndex: 5, correction: 'x' },
      { startIndex: 9, endIndex: 7, correction: 'x' },
      { startIndex: 9, endIndex: 900, correction: 'x' },
    ];
    const shown = text(corrected(INPUT, { correctedInput: '', corrections }));
    expect(shown.textContent).toBe('i likelove teh  sea');
  });

  test('may be missing, as for a blank input', () => {
    const shows = corrected(' ', { correctedInput: ' ' });
    expect(text(shows).textContent).toBe(' ');
    expect(shows.element.textContent).toContain('Nothing to correct.');
  });

  test('give way to the corrected text on demand', () => {
    const shows = corrected(INPUT, { correctedInput: 'I like the sea.', corrections: CORRECTIONS });
    shows.view('Corrected text');
    expect(text(shows).innerHTML).toBe('I like the sea.');
  });
});

test('languages have their names, their tags and their share', () => {
  const shows = new Detections();
  shows.whole([
    { detectedLanguage: 'zh-Hant', confidence: 0.875 },
    { detectedLanguage: 'und', confidence: 0.02 },
  ]);
  expect([...shows.element.children].map((row) => row.textContent)).toEqual(['Traditional Chinese zh-Hant87.5%', 'Unknown und2%']);
  expect(shows.element.querySelector('.bar').style.getPropertyValue('--share')).toBe('0.875');
});

describe('prose', () => {
  function streamed(shows, options = {}) {
    shows.begin(options);
    for (const chunk of ['* a', '\n* ', '**b**']) shows.add(chunk);
    return shows.element;
  }

  test('is laid out as it comes, and shown as it was written on demand', () => {
    const shows = new Prose({ rendered: true });
    expect(streamed(shows).querySelectorAll('li').length).toBe(2);
    shows.view('As written');
    expect(shows.element.innerHTML).toBe('* a\n* **b**');
  });

  test('is shown as it was written where plain text was asked for', () => {
    expect(streamed(new Prose({ rendered: true }), { format: 'plain-text' }).innerHTML).toBe('* a\n* **b**');
  });

  test('of an interface without Markdown is only ever text', () => {
    const shows = new Prose({ rendered: false });
    expect(shows.views).toEqual([]);
    expect(streamed(shows).innerHTML).toBe('* a\n* **b**');
  });
});
