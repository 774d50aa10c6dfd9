import type { DayColumns, GridColumns, PigPhoto } from '../api/types';
import { formatDay, formatDayLabel } from '../dates/format';
import { PAGE_SIZE, type Block, type Section } from '../grid/blocks';
import { dateOf, runsOf, type DayRun } from '../grid/columns';
import type { Reader } from '../grid/page-loader';

const MOST = 1000;

/** The days of the timeline as sections whose photos are still to be fetched. */
export function daySections(days: DayColumns, now: Date, locale: string): Section[] {
  return days.days.map((day, index) => {
    const date = dateOf(day);
    return {
      key: String(day),
      // Thousands of days are listed, and few of them are ever drawn.
      get title(): string {
        return formatDay(date, now, locale);
      },
      get label(): string {
        return formatDayLabel(date, now, locale);
      },
      place: days.places[index] ?? '',
      date,
      count: days.counts[index] ?? 0,
      revision: days,
    };
  });
}

/** Asks for photos from the one at an offset of a day on. */
export type AskPhotos = (
  from: { day: string; offset: number; limit: number },
  signal: AbortSignal,
) => Promise<GridColumns>;

/**
 * Reads the timeline in ranges across days. `onOutdated` is told when days have other numbers
 * of photos than were listed, once for each that they come to have.
 */
export function rangeReader(ask: AskPhotos, onOutdated: () => void): Reader {
  const told = new Map<string, number>();
  return {
    most: MOST,
    async read(blocks, signal) {
      const [first] = blocks;
      if (!first) return [];
      const offset = (first.page - 1) * PAGE_SIZE;
      const limit = blocks.reduce((sum, { count }) => sum + count, 0);
      const runs = runsOf(await ask({ day: first.section.key, offset, limit }, signal));
      const isWhole = runs.reduce((sum, { photos }) => sum + photos.length, 0) < limit;
      const totals = totalsOf(blocks, runs, isWhole);
      const fresh = [...totals].filter(([day, total]) => told.get(day) !== total);
      for (const [day, total] of fresh) told.set(day, total);
      if (fresh.length > 0) onOutdated();
      return blocks.map((block) => photosOf(block, runs, isWhole));
    },
  };
}

/** The days that have other numbers of photos than was listed, and how many these are. */
function totalsOf(blocks: readonly Block[], runs: DayRun[], isWhole: boolean): Map<string, number> {
  const listed = new Map(blocks.map(({ section }) => [section.key, section.count]));
  const found = new Map(runs.map(({ day, total }) => [day, total]));
  const changed = [...found].filter(([day, total]) => listed.get(day) !== total);
  const gone = blocks
    .map(({ section }) => section.key)
    .filter((day) => !found.has(day) && isPassed(day, runs, isWhole));
  return new Map([...changed, ...gone.map((day): [string, number] => [day, 0])]);
}

/** Whether an answer goes on behind a day, so that there is no more of it. */
function isPassed(day: string, runs: DayRun[], isWhole: boolean): boolean {
  return isWhole || Number(runs.at(-1)?.day ?? 0) < Number(day);
}

/** The photos of a block; null of one of which only a part is there. */
function photosOf({ section, page }: Block, runs: DayRun[], isWhole: boolean): PigPhoto[] | null {
  const run = runs.find(({ day }) => day === section.key);
  if (!run) return isPassed(section.key, runs, isWhole) ? [] : null;
  const start = (page - 1) * PAGE_SIZE;
  const end = Math.min(start + PAGE_SIZE, run.total);
  const photos = run.photos.slice(Math.max(0, start - run.offset), Math.max(0, end - run.offset));
  return photos.length >= end - start ? photos : null;
}
