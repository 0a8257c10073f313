// The kinds of options there are: how each looks in a form, and what it says. `control` finds a control by its name.

import { button, make } from './dom.js';
import { LANGUAGES } from './languages.js';

const FEW = 4; // values that are shown beside each other rather than in a list

export const KINDS = {
  choice: {
    field: choiceField,
    read: (control, { name, standard }) => named(name, control(name).value === standard ? '' : control(name).value),
  },
  text: { field: textField, read: (control, { name }) => named(name, control(name).value) },
  system: {
    field: textField,
    read(control, { name }) {
      const content = control(name).value.trim();
      return named(name, content && [{ role: 'system', content }]);
    },
  },
  constraint: { field: textField, read: (control, { name }) => named(name, constraint(control(name).value.trim())) },
  flag: { field: flagField, read: (control, { name }) => named(name, control(name).checked) },
  language: { field: languageField, read: (control, { name }) => named(name, control(name).value.trim()) },
  languages: { field: tagsField, read: (control, { name }) => named(name, tags(control(name))) },
  expected: {
    field: tagsField,
    read(control, { name }) {
      const languages = tags(control(name));
      return named(name, languages && [{ type: 'text', languages }]);
    },
  },
  pair: {
    field: pairField,
    read: (control, { name, other }) => ({ [name]: control(name).value, [other.name]: control(other.name).value }),
  },
};

/** An option with its value; none where that is empty. */
function named(name, value) {
  return value === '' || value === false || value === undefined ? {} : { [name]: value };
}

/** The tags that a field names; undefined where it names none. */
function tags({ value }) {
  const found = value.split(/[\s,]+/).filter((tag) => tag !== '');
  return found.length === 0 ? undefined : found;
}

function constraint(text) {
  if (text === '') return undefined;
  const expression = /^\/(.+)\/([a-z]*)$/s.exec(text);
  return expression === null ? JSON.parse(text) : new RegExp(expression[1], expression[2]);
}

function labelled(id, name, control) {
  return make('div', { class: 'field' }, make('label', { for: id }, make('code', {}, name)), control);
}

function choiceField(option, id) {
  const { name, standard, values } = option;
  if (values.length > FEW) {
    const choices = values.map((value) => make('option', { selected: value === standard, value }, value));
    return labelled(id, name, make('select', { id, name }, ...choices));
  }
  const choices = values.map((value) =>
    make('label', {}, make('input', { checked: value === standard, name, type: 'radio', value }), make('span', {}, value)),
  );
  return make(
    'fieldset',
    { class: 'field' },
    make('legend', {}, make('code', {}, name)),
    make('div', { class: 'choice' }, ...choices),
  );
}

function textField({ name, hint }, id) {
  return labelled(id, name, make('textarea', { dir: 'auto', id, name, placeholder: hint, rows: '2' }));
}

function flagField({ name }, id) {
  return make('label', { class: 'flag' }, make('input', { id, name, type: 'checkbox' }), make('code', {}, name));
}

function languageField({ name, hint }, id) {
  return labelled(id, name, tagInput({ id, list: 'languages', name, placeholder: hint }));
}

function tagsField({ name }, id) {
  return labelled(id, name, tagInput({ id, name, placeholder: 'any, or tags: en, de' }));
}

function tagInput(attributes) {
  return make('input', { ...attributes, autocapitalize: 'off', autocomplete: 'off', spellcheck: 'false', type: 'text' });
}

function pairField({ name, standard, other }, id) {
  const source = languagePicker(id, name, standard);
  const target = languagePicker(`${id}-other`, other.name, other.standard);
  const swap = button('⇅', 'secondary swap', () => {
    [source.value, target.value] = [target.value, source.value];
    target.dispatchEvent(new Event('change', { bubbles: true }));
  });
  swap.setAttribute('aria-label', 'Swap the languages');
  return make(
    'div',
    { class: 'pair' },
    labelled(source.id, name, source),
    swap,
    labelled(target.id, other.name, target),
  );
}

function languagePicker(id, name, standard) {
  const choices = LANGUAGES.map(({ tag, name: called }) =>
    make('option', { selected: tag === standard, value: tag }, `${called} (${tag})`),
  );
  return make('select', { id, name }, ...choices);
}

/** What fields for a single tag suggest; to be put into the page once. */
export function languageSuggestions() {
  return make('datalist', { id: 'languages' }, ...LANGUAGES.map(({ tag, name }) => make('option', { value: tag }, name)));
}
