import { cheapestCut, type Cut, type Run } from './breaking';

/** A tile's place inside its row, in CSS pixels. */
export interface Box {
  left: number;
  width: number;
}

/** Photos [start, end) of a block side by side; `top` is relative to its first row. */
export interface Row {
  start: number;
  end: number;
  top: number;
  height: number;
  boxes: Box[];
}

export interface RowOptions {
  /** Width to fill, in CSS pixels. */
  width: number;
  /** Height that rows should have, in CSS pixels. */
  targetHeight: number;
  gap: number;
  /** How many photos a row has; null where that is as their shapes will have it. */
  columns: number | null;
  /** Stretch the last row to the full width, because photos of the same day follow. */
  fillLast: boolean;
}

export interface RowLayout {
  rows: Row[];
  height: number;
}

/** The shape of a photo of which nothing is known: that of most. */
export const USUAL_ASPECT = 1.4;
/** How far from the target height a row may be; a last row that would be taller stays open. */
const FLATTEST = 0.6;
const TALLEST = 1.5;
const TALLEST_BEFORE_MORE = 2;
/** So many rows at the end share out what is left for the last of them. */
const SHARED_ROWS = 3;

/** Arrange photos of the given aspect ratios (width / height) in rows of equal width. */
export function justify(aspects: number[], options: RowOptions): RowLayout {
  const shown = aspects.map((aspect) => tileAspect(aspect, options.columns));
  const runs = options.columns === null ? cut(shown, options).runs : chunks(shown.length, options);
  const rows: Row[] = [];
  let top = 0;
  runs.forEach(([start, end], index) => {
    const inRow = shown.slice(start, end);
    const isOpen = index === runs.length - 1 && !options.fillLast;
    const height = isOpen
      ? openHeight(total(inRow), inRow.length, options)
      : Math.min(
          fullHeight(total(inRow), inRow.length, options),
          options.targetHeight * TALLEST_BEFORE_MORE,
        );
    rows.push({ start, end, top, height, boxes: boxesOf(inRow, height, options.gap) });
    top += height + options.gap;
  });
  return { rows, height: Math.max(0, top - options.gap) };
}

/** The height that `count` photos not yet known will likely take. */
export function estimateHeight(count: number, options: RowOptions): number {
  const perRow = photosPerRow(options);
  const height = options.columns === null ? options.targetHeight : fullRowHeight(options);
  return Math.ceil(count / perRow) * (height + options.gap) - options.gap;
}

/** How many photos of a usual shape stand in a row; not a whole number. */
export function photosPerRow({ width, targetHeight, gap, columns }: RowOptions): number {
  return columns ?? Math.max(1, (width + gap) / (targetHeight * USUAL_ASPECT + gap));
}

/**
 * Extreme panoramas and scrolls are cropped in the grid, never in the viewer; in columns,
 * which are to be about as wide as each other, most photos are a little.
 */
export function tileAspect(aspect: number, columns: number | null): number {
  const [narrowest, widest] = columns === null ? [0.45, 4] : [0.8, 1.25];
  const known = Number.isFinite(aspect) && aspect > 0 ? aspect : USUAL_ASPECT;
  return Math.min(widest, Math.max(narrowest, known));
}

/** The height at which photos whose aspects add up to `sum` fill a row. */
export function fullHeight(sum: number, count: number, { width, gap }: RowOptions): number {
  return (width - gap * (count - 1)) / sum;
}

/** The same, unless they are too few to fill a row without being blown up. */
export function openHeight(sum: number, count: number, options: RowOptions): number {
  const height = fullHeight(sum, count, options);
  return height > options.targetHeight * TALLEST ? options.targetHeight : height;
}

/**
 * How far a row is from what it should be: 0 for full at the target height, Infinity for
 * too full. What is left blank of an open one counts as much as what is too tall.
 */
export function rowCost(
  sum: number,
  count: number,
  options: RowOptions,
  { isOpen }: { isOpen: boolean },
): number {
  const scale = fullHeight(sum, count, options) / options.targetHeight;
  if (scale < FLATTEST && count > 1) return Infinity;
  return isOpen && scale > TALLEST ? (1 - 1 / scale) ** 2 : Math.log(scale) ** 2;
}

/**
 * Where rows of photos of these shapes break. Each is as near to its height as can be, going
 * by those before it alone, so that photos that follow move no others; only the last few rows
 * share out what is left.
 */
export function cut(aspects: number[], options: RowOptions): Cut {
  const sums = runningSums(aspects);
  const costOf = (start: number, end: number): number => {
    const isOpen = end === aspects.length && !options.fillLast;
    const sum = (sums[end] ?? 0) - (sums[start] ?? 0);
    return rowCost(sum, end - start, options, { isOpen });
  };
  const settled = nearestRuns(sums, options).slice(0, -SHARED_ROWS);
  const from = settled.at(-1)?.[1] ?? 0;
  const rest = cheapestCut(aspects.length - from, (start, end) => costOf(from + start, from + end));
  const cost = settled.reduce((sum, [start, end]) => sum + costOf(start, end), rest.cost);
  const shared = rest.runs.map(([start, end]): Run => [from + start, from + end]);
  return { runs: [...settled, ...shared], cost };
}

/** Rows that each end where their height comes nearest to the target. */
function nearestRuns(sums: number[], options: RowOptions): Run[] {
  const heightOf = (start: number, end: number): number =>
    fullHeight((sums[end] ?? 0) - (sums[start] ?? 0), end - start, options);
  const target = options.targetHeight;
  const count = sums.length - 1;
  const runs: Run[] = [];
  let start = 0;
  for (let end = 1; end <= count; end += 1) {
    const height = heightOf(start, end);
    if (height > target) continue;
    const taller = end - 1 > start ? heightOf(start, end - 1) : Infinity;
    const stop = taller - target < target - height ? end - 1 : end;
    runs.push([start, stop]);
    start = stop;
  }
  if (start < count) runs.push([start, count]);
  return runs;
}

/** The sums of the first 0, 1, 2 … values. */
function runningSums(values: number[]): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return sums;
}

/** Rows of as many photos as there are columns. */
function chunks(count: number, { columns, fillLast }: RowOptions): Run[] {
  const each = columns ?? 1;
  const starts = Array.from({ length: Math.ceil(count / each) }, (_, index) => index * each);
  // A photo alone would fill the width, so it has another by it.
  if (fillLast && count % each === 1 && count > each && each > 2) {
    starts[starts.length - 1] = count - 2;
  }
  return starts.map((start, index): Run => [start, starts[index + 1] ?? count]);
}

function fullRowHeight(options: RowOptions): number {
  const count = options.columns ?? 1;
  return fullHeight(count * tileAspect(USUAL_ASPECT, count), count, options);
}

/** Photos side by side at a height. */
export function boxesOf(aspects: number[], height: number, gap: number): Box[] {
  let left = 0;
  return aspects.map((aspect) => {
    const box = { left, width: aspect * height };
    left += box.width + gap;
    return box;
  });
}

export function total(aspects: number[]): number {
  return aspects.reduce((sum, aspect) => sum + aspect, 0);
}
