import { expect, it } from 'vitest';
import { cheapestCut } from './breaking';

/** Runs that should add up to ten, and may never be more than fourteen. */
function cut(items: number[]): readonly (readonly number[])[] {
  const costOf = (start: number, end: number): number => {
    const sum = items.slice(start, end).reduce((total, item) => total + item, 0);
    return sum > 14 && end - start > 1 ? Infinity : (sum - 10) ** 2;
  };
  return cheapestCut(items.length, costOf).runs.map(([start, end]) => items.slice(start, end));
}

it('shares out what would leave a poor rest', () => {
  expect(cut([3, 3, 3, 3, 3, 3, 2])).toEqual([
    [3, 3, 3],
    [3, 3, 3, 2],
  ]);
});

it('leaves by itself what is too large for any company', () => {
  expect(cut([5, 40, 5])).toEqual([[5], [40], [5]]);
});

it('has nothing to cut of nothing, and tells what a cut costs', () => {
  expect(cheapestCut(0, () => 1)).toEqual({ runs: [], cost: 0 });
  expect(cheapestCut(3, (start, end) => (end - start - 2) ** 2).cost).toBe(1);
});
