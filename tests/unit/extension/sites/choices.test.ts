import { describe, expect, it } from 'vitest';
import { NO_CHOICES, choiceFor, withChoice, type Choices } from '../../../../extension/src/sites/choices';
import { shapeScripts } from '../../../../extension/src/sites/shape_scripts';

const A = 'https://a.test';
const B = 'http://b.test:8000';
const OWN: Choices = { hasOwn: true, sites: {} };

describe('the choice for a site', () => {
  it('is ours with all of window.ai where the browser has no model', () => {
    expect(choiceFor(NO_CHOICES, A)).toEqual({ ai: 'on', answerer: 'ours' });
  });

  it('is the browser’s where it has one', () => {
    expect(choiceFor(OWN, A)).toEqual({ ai: 'on', answerer: 'browsers' });
  });

  it('is what was chosen, for that site alone', () => {
    const choices = withChoice(withChoice(OWN, A, { answerer: 'ours' }), A, { ai: 'off' });
    expect(choiceFor(choices, A)).toEqual({ ai: 'off', answerer: 'ours' });
    expect(choiceFor(choices, B)).toEqual({ ai: 'on', answerer: 'browsers' });
  });

  it('is ours again when the browser’s model is gone, and comes back with it', () => {
    const choices = withChoice(OWN, A, { answerer: 'ask' });
    expect(choiceFor({ ...choices, hasOwn: false }, A).answerer).toBe('ours');
    expect(choiceFor(choices, A).answerer).toBe('ask');
  });

  it('leaves no trace of a site when it is the rule again', () => {
    const choices = withChoice(OWN, A, { ai: 'today', answerer: 'ours' });
    expect(withChoice(choices, A, { ai: 'on', answerer: 'browsers' })).toEqual(OWN);
  });
});

describe('the scripts for sites', () => {
  it('are none without choices', () => {
    expect(shapeScripts(NO_CHOICES)).toEqual([]);
  });

  it('change window.ai where that was chosen', () => {
    const choices = withChoice(withChoice(NO_CHOICES, A, { ai: 'off' }), B, { ai: 'today' });
    expect(shapeScripts(choices)).toEqual([
      { id: 'ai-today', matches: [`${B}/*`], excludeMatches: [] },
      { id: 'ai-off', matches: [`${A}/*`], excludeMatches: [] },
    ]);
  });

  it.each(['ours', 'ask'] as const)('give all sites the browser’s own model but those of %s', (answerer) => {
    expect(shapeScripts(withChoice(OWN, B, { answerer }))).toEqual([
      { id: 'browsers-own', matches: ['<all_urls>'], excludeMatches: [`${B}/*`] },
    ]);
  });
});
