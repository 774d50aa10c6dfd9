import { describe, expect, it } from 'vitest';
import { Offsets } from './offsets';

describe('Offsets', () => {
  it('stacks heights', () => {
    const offsets = new Offsets([10, 20, 30]);
    expect([0, 1, 2].map((index) => offsets.top(index))).toEqual([0, 10, 30]);
    expect(offsets.total).toBe(60);
  });

  it('finds the block that covers an offset', () => {
    const offsets = new Offsets([10, 20, 30]);
    expect([-5, 0, 9.9, 10, 29, 30, 59, 1000].map((offset) => offsets.at(offset))).toEqual([
      0, 0, 0, 1, 1, 2, 2, 2,
    ]);
    expect(new Offsets().at(0)).toBe(-1);
  });

  it('moves what lies below a block that changes', () => {
    const offsets = new Offsets([10, 20, 30, 40]);
    expect(offsets.total).toBe(100);
    offsets.set(1, 25);
    expect(offsets.top(1)).toBe(10);
    expect(offsets.top(2)).toBe(35);
    expect(offsets.total).toBe(105);
    expect(offsets.at(34)).toBe(1);
  });
});
