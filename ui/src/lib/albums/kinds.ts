import { m } from '../paraglide/messages';
import type { IconName } from '../shell/icons';

interface AlbumKind {
  /** What one is named by where the server is told which photos are meant. */
  key: 'place' | 'thing' | 'tag' | 'album';
  /** What they are called, until the title of one is read. */
  title: () => string;
  icon: IconName;
  /** What is said of one that is empty or unknown, and why that may be. */
  empty: () => string;
  hint: () => string;
}

/** The kinds of albums, by the part of the client that reads them. */
export const ALBUM_KINDS = {
  places: {
    key: 'place',
    title: m.shell_title_places,
    icon: 'places',
    empty: m.places_empty,
    hint: m.places_empty_hint,
  },
  things: {
    key: 'thing',
    title: m.shell_title_things,
    icon: 'things',
    empty: m.things_empty,
    hint: m.things_empty_hint,
  },
  tags: {
    key: 'tag',
    title: m.shell_title_tags,
    icon: 'things',
    empty: m.edits_tags_empty,
    hint: m.edits_tags_empty_hint,
  },
} satisfies Record<string, AlbumKind>;

export type AlbumKindName = keyof typeof ALBUM_KINDS;
