import type { PigPhoto } from '../api/types';
import { formatInstant } from '../dates/format';
import { PAGE_SIZE, type Section } from '../grid/blocks';
import { m } from '../paraglide/messages';
import type { ViewQuery } from '../selection/selection';

/** Sections with what is known of them, and the way to page through their photos. */
export interface LoadedSections {
  sections: Section[];
  page: (section: Section, page: number) => Promise<PigPhoto[]>;
  /** What they are, in the keys of the server; without it, they are no more than a list. */
  query?: ViewQuery | null;
}

/** What the newest import brought, under one heading; `moment` is when, in ISO. */
export function recentSections(
  moment: string | null,
  photos: PigPhoto[],
  locale: string,
): LoadedSections {
  const title = m.timeline_added_on({ moment: formatInstant(moment ?? '', locale) });
  const section: Section = {
    key: '0',
    title,
    label: title,
    place: '',
    date: null,
    count: photos.length,
    revision: photos,
  };
  const page = (_: Section, number: number): Promise<PigPhoto[]> =>
    Promise.resolve(photos.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE));
  // The day is that of the server's clock, which is UTC.
  const query = { added_on: moment?.slice(0, 10) ?? '' };
  return { sections: photos.length > 0 ? [section] : [], page, query };
}
