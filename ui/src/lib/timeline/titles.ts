import type { TimelineFilter } from '../api/types';
import type { IconName } from '../shell/icons';

/** What a view of the timeline is called, and what it says when it is empty. */
export interface TimelineTitle {
  page: string;
  icon: IconName;
  empty: string;
  hint: string;
}

const titles: Record<Extract<TimelineFilter, string>, TimelineTitle> = {
  all: {
    page: 'Photos',
    icon: 'photos',
    empty: 'No photos yet',
    hint: 'Photos appear here as soon as a scan has found them.',
  },
  favorite: {
    page: 'Favourites',
    icon: 'heart',
    empty: 'No favourites yet',
    hint: 'Open a photo and press the heart to find it here.',
  },
  hidden: {
    page: 'Hidden',
    icon: 'hidden',
    empty: 'Nothing is hidden',
    hint: 'Hidden photos stay out of the timeline and out of search.',
  },
  in_trashcan: {
    page: 'Trash',
    icon: 'trash',
    empty: 'The trash is empty',
    hint: 'Photos in the trash can be put back. Their files are untouched.',
  },
};

const person: TimelineTitle = {
  page: 'Person',
  icon: 'people',
  empty: 'No photos to show',
  hint: 'Photos that are hidden or in the trash are not shown here.',
};

export function titleOf(filter: TimelineFilter): TimelineTitle {
  return typeof filter === 'string' ? titles[filter] : person;
}
