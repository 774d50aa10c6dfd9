import type { Block } from './model';

/** A year on the scrubber, at a fraction (0 to 1) of its height. */
export interface YearMark {
  year: string;
  at: number;
  /** There is room for the number; otherwise a dot stands for it. */
  labelled: boolean;
}

/** Where each year begins, newest first; labels keep `spacing` (a fraction) apart. */
export function yearMarks(
  blocks: Block[],
  fractionOf: (block: Block) => number,
  spacing: number,
): YearMark[] {
  const marks: YearMark[] = [];
  let lastYear = '';
  let lastLabel = -Infinity;
  for (const block of blocks) {
    const year = block.section.date?.slice(0, 4) ?? '';
    if (year === '' || year === lastYear) continue;
    lastYear = year;
    const at = fractionOf(block);
    const labelled = at - lastLabel >= spacing;
    if (labelled) lastLabel = at;
    marks.push({ year, at, labelled });
  }
  return marks;
}
