import type { DatePhotosGroup, IncompleteDatePhotosGroup, PigPhoto } from '../api/types';
import { formatDay, formatMoment } from '../dates/format';
import { PAGE_SIZE, type Section } from '../grid/model';

/** The days of the timeline as sections whose photos are still to be fetched. */
export function daySections(
  days: IncompleteDatePhotosGroup[],
  now: Date,
  locale: string,
): Section[] {
  return days.map((day) => ({
    key: day.id,
    title: formatDay(day.date, now, locale),
    place: day.location ?? '',
    date: day.date,
    count: day.numberOfItems,
    revision: day,
  }));
}

/** Sections whose photos are all here already, and the way to page through them. */
export interface LoadedSections {
  sections: Section[];
  page: (section: Section, page: number) => Promise<PigPhoto[]>;
}

/** Days whose photos are all here. */
export function groupSections(
  groups: DatePhotosGroup[],
  now: Date,
  locale: string,
): LoadedSections {
  const headings = groups.map((group) => ({
    title: formatDay(isoDay(group.date), now, locale),
    place: group.location ?? '',
    date: isoDay(group.date),
  }));
  return loadedSections(headings, groups.map((group) => group.items));
}

/** What the newest import brought, under one heading. */
export function recentSections(moment: string, photos: PigPhoto[], locale: string): LoadedSections {
  const title = `Added on ${formatMoment(moment, locale)}`;
  return loadedSections([{ title, place: '', date: null }], [photos]);
}

function loadedSections(
  headings: Pick<Section, 'title' | 'place' | 'date'>[],
  items: PigPhoto[][],
): LoadedSections {
  const sections = headings.map((heading, index) => ({
    ...heading,
    key: `${index}`,
    count: items[index]?.length ?? 0,
    revision: items,
  }));
  const page = (section: Section, number: number): Promise<PigPhoto[]> => {
    const photos = items[Number(section.key)] ?? [];
    return Promise.resolve(photos.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE));
  };
  return { sections: sections.filter((section) => section.count > 0), page };
}

/** The undated group is named in words instead of a date. */
function isoDay(date: string | null): string | null {
  return date !== null && /^\d{4}-\d{2}-\d{2}/.test(date) ? date.slice(0, 10) : null;
}
