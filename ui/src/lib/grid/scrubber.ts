import type { Block } from './blocks';

/** A year on the scrubber, at a fraction (0 to 1) of its height. */
export interface YearMark {
  /** Its number, or UNDATED. */
  year: string;
  at: number;
  /** There is room for the number; otherwise a dot stands for it. */
  labelled: boolean;
}

/** Content of some height that is seen through a view of another, in pixels. */
export interface Extent {
  /** The last place that the top of the view can be at. */
  lastTop: number;
  viewHeight: number;
}

/**
 * The place in the content that a view is said to show: its top, but over the last view's
 * height of scrolling a line that goes down to its foot, lest what ends the content and
 * never gets to the top, such as a few photos without a date, had no name.
 */
export function namedOffset(top: number, { lastTop, viewHeight }: Extent): number {
  return top + Math.max(0, top - Math.max(0, lastTop - viewHeight));
}

/** The top of the view that is named after a place in the content. */
export function topNamedAfter(offset: number, { lastTop, viewHeight }: Extent): number {
  const turn = Math.max(0, lastTop - viewHeight);
  return Math.min(lastTop, offset <= turn ? offset : (offset + turn) / 2);
}

/** Stands for the year of photos without a date. */
export const UNDATED = 'undated';

/**
 * Where each year begins, and those without a date, newest first. Labels keep `spacing` (a
 * fraction) apart; the undated have theirs, and of years that crowd the larger ones. The
 * others have a dot, but none upon a label.
 */
export function yearMarks(
  blocks: Block[],
  fractionOf: (block: Block) => number,
  spacing: number,
): YearMark[] {
  const years: { year: string; at: number }[] = [];
  for (const block of blocks) {
    // Emptied, of a day that was put away.
    if (block.photos?.length === 0) continue;
    const year = block.section.date?.slice(0, 4) ?? UNDATED;
    if (year !== years.at(-1)?.year) years.push({ year, at: fractionOf(block) });
  }
  if (years.length === 1 && years[0]?.year === UNDATED) return [];
  const length = ({ year, at }: { year: string; at: number }, index: number): number =>
    year === UNDATED ? Infinity : (years[index + 1]?.at ?? 1) - at;
  const sized = years.map((mark, index) => ({ ...mark, length: length(mark, index) }));
  const labels = new Map<string, number>();
  for (const { year, at } of sized.toSorted((a, b) => b.length - a.length)) {
    const isFree = [...labels.values()].every((other) => Math.abs(other - at) >= spacing);
    if (isFree) labels.set(year, at);
  }
  const isOnLabel = (at: number): boolean =>
    [...labels.values()].some((other) => Math.abs(other - at) < spacing / 2);
  return years
    .map((mark) => ({ ...mark, labelled: labels.has(mark.year) }))
    .filter(({ at, labelled }) => labelled || !isOnLabel(at));
}
