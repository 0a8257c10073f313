import { fileURLToPath } from 'node:url';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Names that the browser defines. */
function globals(names) {
  return Object.fromEntries(names.map((name) => [name, 'readonly']));
}

export default tseslint.config(
  { ignores: ['extension/dist/', 'extension/node_modules/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: ['tsconfig.tests.json', '../tests/clients/tsconfig.json'], tsconfigRootDir: here } },
    rules: {
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['warn', 'error'] }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A closed union is handled case by case: a new member must not compile until somebody thought of it.
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, allowDefaultCaseForExhaustiveSwitch: false },
      ],
    },
  },
  {
    // Interface objects: a rest or optional parameter would change an operation's `length`, which pages see.
    files: ['extension/src/page/{language_model,tool_values,tasks/task_interface}.ts'],
    rules: {
      'prefer-rest-params': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['extension/*.{js,mjs}'],
    languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['host/windowsill/demo/playground/*.js', 'tests/unit/demo/*.js'],
    languageOptions: {
      globals: globals([
        'AbortController', 'CSS', 'Event', 'EventTarget', 'Highlight', 'StaticRange', 'URLSearchParams', 'addEventListener',
        'clearTimeout', 'document', 'history', 'location', 'matchMedia', 'navigator', 'performance', 'setTimeout',
      ]),
    },
  },
  {
    // One function each, which a test evaluates in a page.
    files: ['tests/support/*.js'],
    languageOptions: { globals: globals(['AbortSignal', 'AudioBuffer', 'Blob', 'DOMException', 'ReadableStream']) },
  },
);
