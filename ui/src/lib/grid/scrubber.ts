import type { Block } from './model';

/** A year on the scrubber, at a fraction (0 to 1) of its height. */
export interface YearMark {
  year: string;
  at: number;
  /** There is room for the number; otherwise a dot stands for it. */
  labelled: boolean;
}

/** What stands on the scrubber for photos without a date. */
export const UNDATED = 'No date';

/**
 * Where each year begins, and those without a date, newest first. Labels keep `spacing` (a
 * fraction) apart; the undated have theirs, and of years that crowd the larger ones.
 */
export function yearMarks(
  blocks: Block[],
  fractionOf: (block: Block) => number,
  spacing: number,
): YearMark[] {
  const years: { year: string; at: number }[] = [];
  for (const block of blocks) {
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
  return years.map((mark) => ({ ...mark, labelled: labels.has(mark.year) }));
}
