import { expect, it } from 'vitest';
import { UNDATED, namedOffset, topNamedAfter, yearMarks } from './scrubber';
import type { Block } from './blocks';

function block(date: string | null, at: number): Block {
  return { section: { date }, count: at } as Block;
}

const fraction = (each: Block): number => each.count / 100;

it('marks each year, and what has no date at the end', () => {
  const blocks = [
    block('2021-05-01', 0),
    block('2021-01-01', 20),
    block('2020-01-01', 40),
    block(null, 97),
  ];
  const marks = yearMarks(blocks, fraction, 0.05);
  expect(marks.map((mark) => [mark.year, mark.labelled])).toEqual([
    ['2021', true],
    ['2020', true],
    [UNDATED, true],
  ]);
});

it('names the undated rather than the year beside them', () => {
  const marks = yearMarks(
    [block('2021-05-01', 0), block('2020-01-01', 95), block(null, 98)],
    fraction,
    0.05,
  );
  expect(marks.map((mark) => mark.labelled)).toEqual([true, false, true]);
});

it('names the year with most photos rather than a short one beside it', () => {
  const blocks = [
    block('2026-05-01', 0),
    block('2025-01-01', 4),
    block('2024-01-01', 60),
    block('2023-01-01', 64),
  ];
  const marks = yearMarks(blocks, fraction, 0.05);
  expect(marks.map((mark) => [mark.year, mark.labelled])).toEqual([
    ['2026', false],
    ['2025', true],
    ['2024', false],
    ['2023', true],
  ]);
});

it('names one of the years that are all at the end', () => {
  const blocks = [block('2025-01-01', 0), block('2024-01-01', 100), block('2023-01-01', 100)];
  expect(yearMarks(blocks, fraction, 0.05).map((mark) => mark.year)).toEqual(['2025', '2024']);
});

it('puts no dot upon a label', () => {
  const blocks = [
    block('2026-05-01', 0),
    block('2025-01-01', 2),
    block('2024-01-01', 4),
    block('2023-01-01', 99),
  ];
  const marks = yearMarks([...blocks, block(null, 100)], fraction, 0.05);
  expect(marks.map((mark) => mark.year)).toEqual(['2026', '2024', UNDATED]);
});

it('marks nothing where nothing has a date', () => {
  expect(yearMarks([block(null, 0)], fraction, 0.05)).toEqual([]);
});

it('names the top of the view, and at the end all that is left below it', () => {
  const extent = { lastTop: 1000, viewHeight: 400 };
  expect([0, 500, 600].map((top) => namedOffset(top, extent))).toEqual([0, 500, 600]);
  expect(namedOffset(1000, extent)).toBe(1400);
  for (const top of [0, 300, 600, 700, 1000]) {
    expect(topNamedAfter(namedOffset(top, extent), extent)).toBe(top);
  }
});

it('marks no year of which all photos were put away', () => {
  const emptied = { ...block('2020-01-01', 40), photos: [] };
  const marks = yearMarks([block('2021-05-01', 0), emptied], fraction, 0.05);
  expect(marks.map((mark) => mark.year)).toEqual(['2021']);
});
