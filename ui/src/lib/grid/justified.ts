/** A tile's place inside its block, in CSS pixels. */
export interface Box {
  left: number;
  width: number;
}

/** Photos [start, end) side by side; `top` is relative to the first row. */
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
  /** Stretch the last row to the full width, because photos of the same day follow. */
  fillLast: boolean;
}

export interface RowLayout {
  rows: Row[];
  height: number;
}

const NARROWEST = 0.45;
const WIDEST = 4;
/** How far above its target height the last row may be stretched. */
const LAST_ROW_STRETCH = 1.35;
const FALLBACK_ASPECT = 1.4;

/** Arrange photos of the given aspect ratios (width / height) in rows of equal width. */
export function justify(aspects: number[], options: RowOptions): RowLayout {
  const shown = aspects.map(tileAspect);
  const breaks = breakRows(shown, options);
  const rows: Row[] = [];
  let top = 0;
  breaks.forEach(([start, end], index) => {
    const height = rowHeight(shown.slice(start, end), options, index === breaks.length - 1);
    rows.push({ start, end, top, height, boxes: boxes(shown.slice(start, end), height, options) });
    top += height + options.gap;
  });
  return { rows, height: Math.max(0, top - options.gap) };
}

/** The height that `count` photos not yet known will likely take. */
export function estimateHeight(count: number, options: RowOptions): number {
  const perRow = Math.max(1, (options.width + options.gap) / tileWidth(options));
  const rows = Math.ceil(count / perRow);
  return rows * (options.targetHeight + options.gap) - options.gap;
}

/** Extreme panoramas and scrolls are cropped in the grid, never in the viewer. */
export function tileAspect(aspect: number): number {
  const known = Number.isFinite(aspect) && aspect > 0 ? aspect : FALLBACK_ASPECT;
  return Math.min(WIDEST, Math.max(NARROWEST, known));
}

function tileWidth(options: RowOptions): number {
  return options.targetHeight * FALLBACK_ASPECT + options.gap;
}

function fullHeight(aspects: number[], { width, gap }: RowOptions): number {
  const sum = aspects.reduce((total, aspect) => total + aspect, 0);
  return (width - gap * (aspects.length - 1)) / sum;
}

/** Greedy line breaking: a row ends where its height comes nearest to the target. */
function breakRows(aspects: number[], options: RowOptions): [number, number][] {
  const breaks: [number, number][] = [];
  let start = 0;
  for (let end = 1; end <= aspects.length; end += 1) {
    const height = fullHeight(aspects.slice(start, end), options);
    if (height > options.targetHeight) continue;
    const taller = end - 1 > start ? fullHeight(aspects.slice(start, end - 1), options) : Infinity;
    const without = taller - options.targetHeight < options.targetHeight - height;
    const stop = without ? end - 1 : end;
    breaks.push([start, stop]);
    start = stop;
  }
  if (start < aspects.length) breaks.push([start, aspects.length]);
  return options.fillLast ? balanceEnd(breaks, aspects, options) : breaks;
}

/** Share out the last two rows when the last one alone would have to grow too tall. */
function balanceEnd(
  breaks: [number, number][],
  aspects: number[],
  options: RowOptions,
): [number, number][] {
  const last = breaks.at(-1);
  const before = breaks.at(-2);
  if (!last || !before) return breaks;
  const height = fullHeight(aspects.slice(last[0], last[1]), options);
  if (height <= options.targetHeight * LAST_ROW_STRETCH) return breaks;
  const merged = fullHeight(aspects.slice(before[0], last[1]), options);
  if (merged >= options.targetHeight * 0.7) {
    return [...breaks.slice(0, -2), [before[0], last[1]]];
  }
  const middle = Math.ceil((before[0] + last[1]) / 2);
  return [...breaks.slice(0, -2), [before[0], middle], [middle, last[1]]];
}

function rowHeight(aspects: number[], options: RowOptions, isLast: boolean): number {
  const height = fullHeight(aspects, options);
  if (!isLast) return height;
  if (options.fillLast) return Math.min(height, options.targetHeight * 2);
  const stretched = height > options.targetHeight * LAST_ROW_STRETCH;
  return stretched ? Math.min(height, options.targetHeight) : height;
}

function boxes(aspects: number[], height: number, { gap }: RowOptions): Box[] {
  let left = 0;
  return aspects.map((aspect) => {
    const box = { left, width: aspect * height };
    left += box.width + gap;
    return box;
  });
}
