import { expect, it } from 'vitest';
import { blocksOf, type Section } from './blocks';
import { day, geometry, section } from './samples';
import { stripsOf } from './strips';

/** About three and a half photos a row. */
const options = { ...geometry, fillLast: false };

function strips(sections: Section[], columns: number | null = null): string[] {
  const blocks = sections.flatMap((each) => blocksOf(each, new Map()));
  return stripsOf(blocks, { ...options, columns }).map((strip) =>
    strip.blocks.map((block) => block.key.slice(5)).join(' '),
  );
}

it('gathers the small days of a month, and lets large ones stand by themselves', () => {
  const days = [day('2024-06-30', 1), day('2024-06-29', 2), day('2024-06-20', 80)];
  expect(strips([...days, day('2024-06-10', 3), day('2024-06-09', 1)])).toEqual([
    '06-30/1 06-29/1',
    '06-20/1',
    '06-10/1 06-09/1',
  ]);
});

it('begins anew with each month', () => {
  expect(strips([day('2024-07-01', 1), day('2024-06-30', 1), day('2023-06-30', 1)])).toEqual([
    '07-01/1',
    '06-30/1',
    '06-30/1',
  ]);
});

it('keeps each page of a large day, and each section that is no day, to itself', () => {
  const other = [section('#####other', 2), section('#####undated', 1)];
  expect(strips([day('2024-06-30', 1), day('2024-06-29', 210), ...other])).toEqual([
    '06-30/1',
    '06-29/1',
    '06-29/2',
    '06-29/3',
    'other/1',
    'undated/1',
  ]);
});

it('closes a strip after some rows, and leaves no crumb behind it', () => {
  const days = (count: number): Section[] =>
    Array.from({ length: count }, (_, index) => day(`2024-06-${30 - index}`, 1));
  expect(strips(days(24)).map((strip) => strip.split(' ').length)).toEqual([9, 9, 6]);
  expect(strips(days(20)).map((strip) => strip.split(' ').length)).toEqual([9, 11]);
});

it('goes by the days above alone, so that more of them below change only the end', () => {
  const days = Array.from({ length: 24 }, (_, index) =>
    day(`2024-06-${30 - index}`, 1 + (index % 3)),
  );
  const some = strips(days.slice(0, 15));
  expect(strips(days).slice(0, some.length - 2)).toEqual(some.slice(0, -2));
});

it('has on a phone no day of more than a row in company', () => {
  const days = [day('2024-06-30', 1), day('2024-06-29', 3), day('2024-06-28', 4)];
  expect(strips(days, 3)).toEqual(['06-30/1 06-29/1', '06-28/1']);
});
