import type { TimelineFilter } from '../api/types';
import { m } from '../paraglide/messages';
import type { IconName } from '../shell/icons';

/** What a view of the timeline is called, and what it says when it is empty. */
export interface TimelineTitle {
  page: string;
  icon: IconName;
  empty: string;
  hint: string;
}

type Said = { [Part in keyof TimelineTitle]: Part extends 'icon' ? IconName : () => string };

const TITLES: Record<Extract<TimelineFilter, string>, Said> = {
  all: {
    page: m.shell_title_photos,
    icon: 'photos',
    empty: m.timeline_no_photos,
    hint: m.timeline_photos_hint,
  },
  favorite: {
    page: m.shell_title_favourites,
    icon: 'heart',
    empty: m.timeline_no_favourites,
    hint: m.timeline_favourites_hint,
  },
  hidden: {
    page: m.shell_title_hidden,
    icon: 'hidden',
    empty: m.timeline_nothing_hidden,
    hint: m.timeline_hidden_hint,
  },
  in_trashcan: {
    page: m.shell_title_trash,
    icon: 'trash',
    empty: m.timeline_trash_empty,
    hint: m.timeline_trash_hint,
  },
};

const PERSON: Said = {
  page: m.timeline_person,
  icon: 'people',
  empty: m.timeline_none_of_person,
  hint: m.timeline_person_hint,
};

export function titleOf(filter: TimelineFilter): TimelineTitle {
  const { page, icon, empty, hint } = typeof filter === 'string' ? TITLES[filter] : PERSON;
  return { page: page(), icon, empty: empty(), hint: hint() };
}
