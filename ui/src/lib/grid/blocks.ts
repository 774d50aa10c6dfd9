import type { PigPhoto } from '../api/types';

/** Photos with a title: a day, or a group of results. */
export interface Section {
  key: string;
  title: string;
  /** The title in a few letters, for photos below the heading of their month. */
  label: string;
  place: string;
  /** `YYYY-MM-DD`, or null when undated. */
  date: string | null;
  count: number;
  /** What the photos were listed by: while it is the same, so are the photos. */
  revision: unknown;
}

/** A page of a section: the unit that is fetched and forgotten. */
export interface Block {
  key: string;
  section: Section;
  /** 1-based. */
  page: number;
  count: number;
  isLast: boolean;
  photos: PigPhoto[] | null;
  /** The shapes of the photos as they were when last here; null when they never were. */
  aspects: number[] | null;
  /** The photos shown may no longer be what the server has. */
  stale: boolean;
}

export const PAGE_SIZE = 100;

/** Whether all the photos of a block were taken away. */
export function isEmptied(block: Block): boolean {
  return block.photos?.length === 0;
}

/** The pages of a section, with what is known of those that were there before. */
export function blocksOf(section: Section, old: Map<string, Block>): Block[] {
  const pages = Math.ceil(section.count / PAGE_SIZE);
  return Array.from({ length: pages }, (_, index) => {
    const page = index + 1;
    const key = `${section.key}/${page}`;
    const isLast = page === pages;
    const count = isLast ? section.count - PAGE_SIZE * index : PAGE_SIZE;
    const before = old.get(key);
    const photos = before?.photos ?? null;
    const isAlike = photos !== null || before?.aspects?.length === count;
    return {
      key,
      section,
      page,
      count,
      isLast,
      photos,
      aspects: isAlike ? (before?.aspects ?? null) : null,
      stale: before ? before.stale || before.section.revision !== section.revision : true,
    };
  });
}
