import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { locales } from './paraglide/runtime';

const MESSAGES = import.meta.glob<Record<string, unknown>>('../../messages/*/*.json', {
  eager: true,
  import: 'default',
});

const ENGLISH = Object.keys(MESSAGES).filter((path) => path.includes('/en/'));
const TRANSLATED = ENGLISH.flatMap((path) =>
  locales.filter((locale) => locale !== 'en').map((locale) => [locale, path] as const),
);

const SOURCES = import.meta.glob<string>(
  ['../**/*.{svelte,ts}', '!./paraglide/**', '!../**/*.test.ts'],
  { eager: true, import: 'default', query: '?raw' },
);

/** Attributes and properties that are read or heard. */
const WORDED =
  /^(aria-(label|valuetext|description|roledescription)|alt|empty|hint|label|none|placeholder|text|title)$/;
/** The same in all languages, or read by no person. */
const NAMES = ['LibrePhotos', 'ISO', 'Bearer', 'Nothing came.'];

describe('the message files', () => {
  it.each(TRANSLATED)('have in %s each text of %s, with the same parts', (locale, path) => {
    const texts = MESSAGES[path] ?? {};
    const translated = MESSAGES[path.replace('/en/', `/${locale}/`)] ?? {};
    expect(Object.keys(translated)).toEqual(Object.keys(texts));
    for (const key of Object.keys(texts)) {
      expect(partsOf(translated[key]), key).toEqual(partsOf(texts[key]));
    }
  });
});

describe('the German texts', () => {
  const texts = Object.keys(MESSAGES).filter((path) => path.includes('/de/'));
  /** Within a sentence; at its beginning "Sie" and "Ihre" may be of photos. */
  const formal = /[^.!?:"“„] (Sie|Ihr(e[mnrs]?)?|Ihnen)\b/g;

  it.each(texts)('of %s say du to whoever reads them', (path) => {
    expect(JSON.stringify(MESSAGES[path]).match(formal) ?? []).toEqual([]);
  });
});

/** What a text takes: the names in its braces, and those it is told apart by. */
function partsOf(text: unknown): string[] {
  const written = JSON.stringify(text) ?? '';
  return [...new Set(written.match(/\{\w+\}|"input \w+"/g))].sort();
}

describe('the page', () => {
  const components = Object.keys(SOURCES).filter((path) => path.endsWith('.svelte'));

  it.each(components)('%s has its words from the message files', (path) => {
    const { fragment } = parse(SOURCES[path] ?? '', { modern: true });
    expect(wordsIn(fragment)).toEqual([]);
  });

  it.each(Object.keys(SOURCES))('%s has no sentence in its script', (path) => {
    const source = SOURCES[path] ?? '';
    const component = path.endsWith('.svelte') ? source : `<script lang="ts">${source}</script>`;
    const { instance, module } = parse(component, { modern: true });
    expect(sentencesIn([instance?.content, module?.content])).toEqual([]);
  });

  it('says every text of the message files somewhere', () => {
    const said = new Set(
      Object.values(SOURCES).flatMap((source) =>
        [...source.matchAll(/\bm\.(\w+)/g)].map(([, key]) => key),
      ),
    );
    const texts = ENGLISH.flatMap((path) => Object.keys(MESSAGES[path] ?? {}));
    expect(texts.filter((key) => !said.has(key))).toEqual([]);
  });
});

type Syntax = Record<string, unknown>;

/** What is written in markup itself and would be read or heard by people. */
function wordsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsIn);
  if (!isSyntax(node)) return [];
  if (node.type === 'StyleDirective') return [];
  if (node.type === 'Text' || node.type === 'ExpressionTag') return literalsOf(node);
  if (node.type === 'Attribute') {
    return WORDED.test(String(node.name)) ? literalsOf(node.value) : [];
  }
  return Object.values(node).flatMap(wordsIn);
}

/** What of a script begins as a sentence does, but for errors that nobody is shown. */
function sentencesIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(sentencesIn);
  if (!isSyntax(node) || node.type === 'ThrowStatement') return [];
  if (node.type === 'Literal' || node.type === 'TemplateLiteral') {
    return literalsOf(node).filter((text) => /^\p{Lu}.*\s/u.test(text));
  }
  return Object.values(node).flatMap(sentencesIn);
}

/** The texts with letters that an expression, or a part of markup, may come to. */
function literalsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(literalsOf);
  if (!isSyntax(node)) return [];
  switch (node.type) {
    case 'Text':
      return withLetters(node.data);
    case 'Literal':
      return withLetters(node.value);
    case 'ExpressionTag':
      return literalsOf(node.expression);
    case 'TemplateLiteral':
      return [node.quasis, node.expressions].flatMap(literalsOf);
    case 'TemplateElement':
      return withLetters(isSyntax(node.value) ? node.value.cooked : '');
    case 'ConditionalExpression':
      return [node.consequent, node.alternate].flatMap(literalsOf);
    case 'BinaryExpression':
      return node.operator === '+' ? [node.left, node.right].flatMap(literalsOf) : [];
    case 'LogicalExpression':
      return [node.left, node.right].flatMap(literalsOf);
    default:
      return [];
  }
}

function withLetters(text: unknown): string[] {
  if (typeof text !== 'string' || NAMES.includes(text.trim())) return [];
  return /\p{L}/u.test(text) ? [text] : [];
}

function isSyntax(node: unknown): node is Syntax {
  return typeof node === 'object' && node !== null;
}
