import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

// What is unused or of another type, svelte-check and tsc find; how it is laid out, Prettier.
export default ts.config(
  { ignores: ['src/lib/api/schema.d.ts', 'src/lib/paraglide/'] },
  js.configs.recommended,
  ts.configs.recommended,
  svelte.configs.recommended,
  svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    rules: {
      // tsc and svelte-check find what is unused.
      '@typescript-eslint/no-unused-vars': 'off',
      // A set or date that nothing is drawn from need not be reactive.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
);
