import type { Block } from './blocks';
import { photosPerRow, type RowOptions } from './justified';

/** What stands below one large heading: a month of days, or a section that is no day. */
export interface Chapter {
  blocks: Block[];
  isMonth: boolean;
}

/**
 * Blocks that are laid out together, over the whole width: a page of a large section, or some
 * small days in a row. Which ones is told by how many photos they have, not by what these look
 * like, so that photos that come in move nothing beyond their strip.
 */
export interface Strip {
  blocks: Block[];
  chapter: Chapter;
}

/** A day that may share a row has at most this many rows of photos of a usual shape. */
const MOST_ROWS = 1.5;
/** A strip of small days is full at this many rows. */
const FULL_ROWS = 2.5;
/** Days that would be less than this many rows by themselves join those before them. */
const FEWEST_ROWS = 1;

/** Gather blocks into chapters, and these into strips from the top down. */
export function stripsOf(blocks: Block[], options: RowOptions): Strip[] {
  const perRow = photosPerRow(options);
  const most = options.columns ?? MOST_ROWS * perRow;
  return chaptersOf(blocks).flatMap((chapter) => {
    const strips: Strip[] = [];
    let days: Block[][] = [];
    const close = (): void => {
      if (days.length === 0) return;
      strips.push(...withoutRest(days, perRow).map((each) => ({ blocks: each, chapter })));
      days = [];
    };
    for (const block of chapter.blocks) {
      if (!chapter.isMonth || block.page > 1 || !block.isLast || block.count > most) {
        close();
        strips.push({ blocks: [block], chapter });
        continue;
      }
      const open = days.at(-1);
      if (open && photosOf(open) < FULL_ROWS * perRow) open.push(block);
      else days.push([block]);
    }
    close();
    return strips;
  });
}

function chaptersOf(blocks: Block[]): Chapter[] {
  const chapters: (Chapter & { key: string })[] = [];
  for (const block of blocks) {
    const { date, key: section } = block.section;
    const key = date?.slice(0, 7) ?? `/${section}`;
    const last = chapters.at(-1);
    if (last?.key === key) last.blocks.push(block);
    else chapters.push({ key, blocks: [block], isMonth: date !== null });
  }
  return chapters;
}

/** Small days in a row, gathered; what little is left at the end joins the rest. */
function withoutRest(days: Block[][], perRow: number): Block[][] {
  const [before, last] = days.slice(-2);
  if (!before || !last || photosOf(last) >= FEWEST_ROWS * perRow) return days;
  return [...days.slice(0, -2), [...before, ...last]];
}

function photosOf(blocks: Block[]): number {
  return blocks.reduce((sum, block) => sum + block.count, 0);
}
