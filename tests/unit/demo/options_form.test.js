// @vitest-environment happy-dom
import { describe, expect, test } from 'vitest';
import { INTERFACES } from '../../../host/windowsill/demo/playground/interfaces.js';
import { OptionsForm } from '../../../host/windowsill/demo/playground/options_form.js';

function form(name) {
  return new OptionsForm(INTERFACES.find((task) => task.name === name));
}

describe('the form of', () => {
  test.each(INTERFACES.map((task) => [task.name, task]))('%s has every option, and says nothing of defaults', (name, task) => {
    const made = new OptionsForm(task);
    for (const option of [...task.create, ...task.call]) {
      expect(made.element.querySelector(`[name="${option.name}"]`), option.name).not.toBeNull();
    }
    expect(made.read()).toEqual({ create: name === 'Translator' ? { sourceLanguage: 'en', targetLanguage: 'de' } : {}, call: {} });
    expect(made.streams).toBe(task.streams);
  });

  test('Summarizer tells what was chosen', () => {
    const made = form('Summarizer');
    made.write({ type: 'headline', length: 'long', sharedContext: 'news', expectedInputLanguages: ' en,de  fr ', context: 'of today' });
    expect(made.read()).toEqual({
      create: { type: 'headline', length: 'long', sharedContext: 'news', expectedInputLanguages: ['en', 'de', 'fr'] },
      call: { context: 'of today' },
    });
  });

  test('LanguageModel gives its options the standard’s shapes', () => {
    const made = form('LanguageModel');
    made.write({ initialPrompts: 'Be brief.', samplingMode: 'creative', expectedInputs: 'en, ja', responseConstraint: '/[ab]+/i' });
    expect(made.read()).toEqual({
      create: {
        initialPrompts: [{ role: 'system', content: 'Be brief.' }],
        samplingMode: 'creative',
        expectedInputs: [{ type: 'text', languages: ['en', 'ja'] }],
      },
      call: { responseConstraint: /[ab]+/i },
    });
    made.write({ responseConstraint: '{"type": "number"}' });
    expect(made.read().call).toEqual({ responseConstraint: { type: 'number' } });
  });

  test('LanguageModel refuses a constraint that nobody can read', () => {
    const made = form('LanguageModel');
    made.write({ responseConstraint: '{"type":' });
    expect(() => made.read()).toThrow(SyntaxError);
  });

  test('Translator swaps its languages', () => {
    const made = form('Translator');
    made.element.querySelector('.swap').click();
    expect(made.read().create).toEqual({ sourceLanguage: 'de', targetLanguage: 'en' });
  });
});
