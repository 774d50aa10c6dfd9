import { describe, expect, it } from 'vitest';
import { pack, type DayShape, type PackOptions, type PackedDay } from './packing';

const options: PackOptions = {
  width: 1000,
  targetHeight: 200,
  gap: 4,
  columns: null,
  labelHeight: 30,
};
const phone: PackOptions = { ...options, width: 384, targetHeight: 126, gap: 3, columns: 3 };

/** A day of photos of a shape. */
function day(count: number, aspect = 1.5): DayShape {
  const aspects = Array.from({ length: count }, () => aspect);
  return { count, aspects, isLabelled: true, goesOn: false };
}

/** How many of the days stand in each row, from the top down. */
function shelves(days: PackedDay[]): number[] {
  const tops = days.map(({ top }) => top);
  return [...new Set(tops)].map((top) => tops.filter((other) => other === top).length);
}

function rightEdge(placed: PackedDay): number {
  const box = placed.rows[0]?.boxes.at(-1);
  return placed.left + (box?.left ?? 0) + (box?.width ?? 0);
}

describe('pack', () => {
  it('puts small days beside each other, in rows over the whole width', () => {
    const { days } = pack([day(1), day(2), day(1), day(2), day(1)], options);
    expect(shelves(days)).toEqual([3, 2]);
    expect(rightEdge(days[2]!)).toBeCloseTo(1000, 6);
    expect(rightEdge(days[4]!)).toBeCloseTo(1000, 6);
  });

  it('leaves the gap of photos between days, and no more', () => {
    const [first, second] = pack([day(1), day(2)], options).days;
    expect(second!.left - rightEdge(first!)).toBeCloseTo(4, 6);
    expect(first!.width).toBeCloseTo(rightEdge(first!), 6);
  });

  it('gives each day room for its label above its photos', () => {
    const { days, height } = pack([day(1), day(2), day(9)], options);
    for (const placed of days) expect(placed.rowsTop).toBe(30);
    const [first, second, third] = days;
    expect(second!.height).toBe(first!.height);
    expect(third!.top).toBeCloseTo(first!.height + 4, 6);
    expect(height).toBeCloseTo(third!.top + third!.height, 6);
  });

  it('gives a large day rows of its own', () => {
    const { days } = pack([day(1), day(30), day(1)], options);
    expect(shelves(days)).toEqual([1, 1, 1]);
    expect(days[1]!.left).toBe(0);
    expect(days[1]!.rows.length).toBeGreaterThan(5);
  });

  it('blows no photo up to fill a row, and leaves the rest of it to the label', () => {
    const [only] = pack([day(1)], options).days;
    expect(only!.rows[0]!.height).toBe(200);
    expect(only!.width).toBe(1000);
  });

  it('makes rows neither flat nor tall, whatever the shapes', () => {
    for (const aspect of [0.6, 1, 1.5, 3]) {
      for (let count = 2; count <= 12; count += 1) {
        const days = Array.from({ length: count }, (_, index) => day(1 + (index % 3), aspect));
        for (const { rows } of pack(days, options).days) {
          for (const row of rows) {
            expect(row.height).toBeGreaterThan(110);
            expect(row.height).toBeLessThan(300);
          }
        }
      }
    }
  });

  it('has at most three photos in a row of a phone, of however many days', () => {
    const { days } = pack([day(1), day(1), day(1), day(2), day(2), day(1)], phone);
    expect(shelves(days)).toEqual([3, 1, 2]);
  });

  it('takes no room for a day that was emptied', () => {
    const { days, height } = pack([day(0), day(2)], options);
    expect(days[0]!.height).toBe(0);
    expect(height).toBe(pack([day(2)], options).height);
    expect(pack([day(0)], options).height).toBe(0);
  });

  it('counts photos that are not known as usual ones', () => {
    const unknown = { ...day(2), aspects: null };
    expect(pack([unknown, unknown], options).height).toBe(
      pack([day(2, 1.4), day(2, 1.4)], options).height,
    );
    const large = pack([{ ...day(80), aspects: null }], options);
    expect(large.height / pack([day(80, 1.4)], options).height).toBeCloseTo(1, 0);
    expect(large.days[0]!.rows).toEqual([]);
  });
});
