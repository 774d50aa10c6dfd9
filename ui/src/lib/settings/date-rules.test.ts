import { describe, expect, it } from 'vitest';
import { areSame, defaults, moved, readRules, unused, writtenRules } from './date-rules';

const all = [
  { id: 14, name: 'entered', is_default: true },
  { id: 1, name: 'taken', exif_tag: 'EXIF:DateTimeOriginal', is_default: true },
  { id: 8, name: 'file', is_default: false },
];
const ids = (rules: { id: number }[]): number[] => rules.map(({ id }) => id);

describe('rules for dates', () => {
  it.each(['', 'no JSON', '{}', '[1]', '[{"name": "without a number"}]', 'null'])(
    'are none in %j',
    (text) => {
      expect(readRules(text)).toBeNull();
    },
  );

  it('are written with all that they hold, but for what they are by default', () => {
    const read = readRules(writtenRules(all));
    expect(read).toEqual([
      { id: 14, name: 'entered' },
      { id: 1, name: 'taken', exif_tag: 'EXIF:DateTimeOriginal' },
      { id: 8, name: 'file' },
    ]);
    expect(areSame(read ?? [], all)).toBe(true);
    expect(areSame(moved(all, 0, 1), all)).toBe(false);
  });

  it.each([
    [0, 1, [1, 14, 8]],
    [2, -1, [14, 8, 1]],
    [0, -1, [14, 1, 8]],
    [2, 1, [14, 1, 8]],
    [7, 1, [14, 1, 8]],
  ])('move: number %d by %d', (index, by, expected) => {
    expect(ids(moved(all, index, by))).toEqual(expected);
    expect(ids(all)).toEqual([14, 1, 8]);
  });

  it('are told apart by their numbers', () => {
    expect(ids(unused(all, [{ id: 1, name: 'renamed' }]))).toEqual([14, 8]);
    expect(ids(defaults(all))).toEqual([14, 1]);
  });
});
