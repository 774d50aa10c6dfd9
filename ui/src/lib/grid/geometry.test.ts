import { expect, it } from 'vitest';
import { geometryFor } from './geometry';

it('has three columns on a phone, from edge to edge', () => {
  for (const width of [320, 390, 599]) {
    const { columns, side, gap, width: flow } = geometryFor(width, true, 16);
    expect(columns).toBe(3);
    expect(flow + 2 * side).toBe(width);
    expect(side).toBeLessThanOrEqual(4);
    expect(gap).toBeGreaterThanOrEqual(2);
    expect(gap).toBeLessThanOrEqual(4);
  }
  expect(geometryFor(600, true, 16).columns).toBeNull();
});

it('leaves room for the scrubber at a desk, and for nothing else', () => {
  const plain = geometryFor(1280, false, 16);
  expect(plain.width + 2 * plain.side).toBe(1280);
  expect(geometryFor(1280, true, 16).width).toBeLessThan(plain.width);
});

it('has headings that grow with the letters', () => {
  const [usual, large] = [16, 32].map((letters) => geometryFor(1280, true, letters));
  expect(large!.labelHeight).toBe(2 * usual!.labelHeight);
  expect(large!.headingHeight).toBe(2 * usual!.headingHeight);
  expect(large!.width).toBeLessThan(usual!.width);
});

it('makes rows lower, and those of a phone fuller, where photos are to be small', () => {
  const [large, small] = [1, 2].map((scale) => geometryFor(1280, true, 16, scale));
  expect(small?.targetHeight).toBeLessThan((large?.targetHeight ?? 0) * 0.7);
  expect([1, 2].map((scale) => geometryFor(390, true, 16, scale).columns)).toEqual([3, 5]);
});
