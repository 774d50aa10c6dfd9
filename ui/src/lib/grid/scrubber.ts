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

/** The mark of the undated is labelled, and years that stand in its way are not. */
function withUndated(marks: YearMark[], spacing: number): YearMark[] {
  const undated = marks.find((mark) => mark.year === UNDATED);
  if (!undated) return marks;
  return marks.map((mark) => {
    if (mark === undated) return { ...mark, labelled: true };
    return undated.at - mark.at < spacing ? { ...mark, labelled: false } : mark;
  });
}

/** Where each year begins, and those without a date, newest first; labels keep `spacing` (a fraction) apart. */
export function yearMarks(
  blocks: Block[],
  fractionOf: (block: Block) => number,
  spacing: number,
): YearMark[] {
  const marks: YearMark[] = [];
  let lastYear = '';
  let lastLabel = -Infinity;
  for (const block of blocks) {
    const year = block.section.date?.slice(0, 4) ?? UNDATED;
    if (year === lastYear) continue;
    lastYear = year;
    const at = fractionOf(block);
    const labelled = at - lastLabel >= spacing;
    if (labelled) lastLabel = at;
    marks.push({ year, at, labelled });
  }
  return marks.length === 1 && marks[0]?.year === UNDATED ? [] : withUndated(marks, spacing);
}
