import { describe, expect, it } from 'vitest';
import { estimateHeight, justify, tileAspect, type RowOptions } from './justified';

const options: RowOptions = {
  width: 1000,
  targetHeight: 200,
  gap: 5,
  columns: null,
  fillLast: false,
};
const phone: RowOptions = { ...options, width: 384, targetHeight: 126, gap: 3, columns: 3 };
const mixed = Array.from({ length: 100 }, (_, index) => [1.5, 0.67, 1.33, 1, 2.2][index % 5] ?? 1);

function rightEdge(row: { boxes: { left: number; width: number }[] }): number {
  const last = row.boxes.at(-1);
  return (last?.left ?? 0) + (last?.width ?? 0);
}

describe('justify', () => {
  it('fills every row but the last to the exact width', () => {
    const { rows } = justify(mixed, options);
    expect(rows.length).toBeGreaterThan(5);
    for (const row of rows.slice(0, -1)) expect(rightEdge(row)).toBeCloseTo(1000, 6);
  });

  it('keeps rows near the target height', () => {
    const { rows } = justify(mixed, options);
    for (const row of rows.slice(0, -1)) {
      expect(row.height).toBeGreaterThan(140);
      expect(row.height).toBeLessThan(280);
    }
  });

  it('shows every photo once and in order', () => {
    const { rows } = justify(mixed, options);
    const shown = rows.flatMap((row) =>
      Array.from({ length: row.end - row.start }, (_, index) => row.start + index),
    );
    expect(shown).toEqual(mixed.map((_, index) => index));
  });

  it('leaves a lone last photo at the target height', () => {
    const { rows } = justify([1.5], options);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.height).toBe(200);
  });

  it('fills the last row too where photos of the same day follow', () => {
    for (let count = 6; count <= 100; count += 1) {
      const { rows } = justify(mixed.slice(0, count), { ...options, fillLast: true });
      const last = rows.at(-1);
      expect(last && rightEdge(last)).toBeCloseTo(1000, 6);
    }
  });

  it('leaves no rest that rows of other lengths can hold', () => {
    for (let count = 4; count <= 30; count += 1) {
      const { rows } = justify(
        Array.from({ length: count }, () => 1.4),
        options,
      );
      for (const row of rows) expect(rightEdge(row)).toBeCloseTo(1000, 6);
    }
  });

  it.each([options, phone])('moves none but the last rows when more photos follow', (screen) => {
    const { rows } = justify(mixed.slice(0, 60), screen);
    const grown = justify(mixed.slice(0, 90), screen).rows;
    expect(rows.length).toBeGreaterThan(8);
    expect(grown.slice(0, rows.length - 3)).toEqual(rows.slice(0, -3));
  });

  it('has three photos in each row of a phone, each about a third wide', () => {
    const { rows } = justify(mixed.slice(0, 80), phone);
    expect(rows.map((row) => row.end - row.start)).toEqual([...Array<number>(26).fill(3), 2]);
    for (const row of rows.slice(0, -1)) {
      expect(rightEdge(row)).toBeCloseTo(384, 6);
      for (const { width } of row.boxes) {
        expect(width).toBeGreaterThan(0.23 * 384);
        expect(width).toBeLessThan(0.44 * 384);
      }
    }
  });

  it('blows up no photo of a phone, also where a page of a day ends', () => {
    const page = justify(mixed, { ...phone, fillLast: true }).rows;
    expect(page.slice(-2).map((row) => row.end - row.start)).toEqual([2, 2]);
    for (const row of page) expect(rightEdge(row)).toBeCloseTo(384, 6);
    expect(justify([0.5], phone).rows[0]?.height).toBe(126);
  });

  it('reports the height its rows take', () => {
    const { rows, height } = justify(mixed, options);
    const last = rows.at(-1);
    expect(height).toBeCloseTo((last?.top ?? 0) + (last?.height ?? 0), 6);
    expect(justify([], options)).toEqual({ rows: [], height: 0 });
  });
});

describe('tileAspect', () => {
  it('crops extremes and survives nonsense', () => {
    expect(tileAspect(20, null)).toBe(4);
    expect(tileAspect(0.01, null)).toBe(0.45);
    expect(tileAspect(Number.NaN, null)).toBe(1.4);
    expect(tileAspect(-1, null)).toBe(1.4);
  });

  it('crops to like widths in columns', () => {
    expect([0.1, 0.75, 1, 1.5].map((aspect) => tileAspect(aspect, 3))).toEqual([0.8, 0.8, 1, 1.25]);
  });
});

describe('estimateHeight', () => {
  it.each([options, phone])('comes near the real height of ordinary photos', (screen) => {
    const ratio = estimateHeight(100, screen) / justify(mixed, screen).height;
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  });
});
