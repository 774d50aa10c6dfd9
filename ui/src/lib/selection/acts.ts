import type { Component } from 'svelte';
import type { ApiClient } from '../api/client';
import type { Change } from '../api/selection';
import type { AlbumHead } from '../api/types';
import { m } from '../paraglide/messages';
import type { IconName } from '../shell/icons';
import CategoryForm from '../edits/CategoryForm.svelte';
import PlaceForm from '../edits/PlaceForm.svelte';
import ShiftForm from '../edits/ShiftForm.svelte';
import AlbumAct from './AlbumAct.svelte';
import DownloadAct from './DownloadAct.svelte';
import EraseQuestion from './EraseQuestion.svelte';
import RatingQuestion from './RatingQuestion.svelte';
import type { Selection } from './selection';
import ShareAct from './ShareAct.svelte';
import TagAct from './TagAct.svelte';

/** What a dialog of an act is given; it answers once, with null where nothing is to be done. */
export interface DialogProps<Answer> {
  selection: Selection;
  onanswer: (answer: Answer | null) => void;
  /** The same as to answer with null. */
  onclose: () => void;
}

/** What an act may use. */
export interface ActContext {
  client: ApiClient;
  /** The album that the view shows, if it is one that somebody has made. */
  album: AlbumHead | null;
  /** Have somebody choose where photos of these names go; null where nowhere. */
  choosePlace: (names: string[]) => Promise<Place | null>;
  /** Show a dialog until it answers. */
  ask: <Answer>(dialog: Component<DialogProps<Answer>>) => Promise<Answer | null>;
}

/** Where photos go in an album: before another one, or to an end of it. */
export type Place = { before: string } | 'start' | 'end';

/** What became of an act: what is said of it, and what takes it back, if anything can. */
export interface Outcome {
  message: string;
  undo: (() => Promise<unknown>) | null;
  isProblem?: boolean;
  /** The selection stays. */
  keeps?: boolean;
  /** Workers make what is seen of it, within seconds. */
  follows?: boolean;
}

/** Something to do with the photos that are selected. */
export interface Act {
  id: string;
  label: () => string;
  icon: IconName;
  /** In the bar itself, for which there is room on a phone; all others are in its menu. */
  inBar?: boolean | ((album: AlbumHead | null) => boolean);
  danger?: boolean;
  /** Whether it makes sense in a view, by the name of its route; and in the album there. */
  isOffered: (view: string, album: AlbumHead | null) => boolean;
  /** Do it; null where somebody has thought better of it. Raises what the client raises. */
  run: (selection: Selection, context: ActContext) => Promise<Outcome | null>;
}

/** Whether somebody may take photos out of an album: all of them, or their own. */
const mayTakeOut = (album: AlbumHead | null): boolean =>
  album !== null && album.role !== 'viewer' && !album.locked;

/** Turn photos clockwise by degrees. */
function turn(angle: number): Act['run'] {
  return async (selection, { client }) => {
    const { count, edit } = await client.edits.turn(selection, angle);
    if (count === 0 || edit === null) {
      return { message: m.selection_nothing_changed(), undo: null };
    }
    return {
      message: m.selection_turned({ count }),
      undo: () => client.edits.undo(edit),
      follows: true,
    };
  };
}

/** In an album, what is done to it takes the place of what is done to photos anywhere. */
const outsideAlbums = (album: AlbumHead | null): boolean => album === null;

const APART = ['trash', 'hidden'];
const isIn =
  (...views: string[]) =>
  (view: string): boolean =>
    views.includes(view);
const isNotIn =
  (...views: string[]) =>
  (view: string): boolean =>
    !views.includes(view);

/** An act that the server can take back. */
function edit(
  change: (selection: Selection, client: ApiClient) => Promise<Change>,
  said: (counts: { count: number }) => string,
): Act['run'] {
  return async (selection, { client }) => outcomeOf(await change(selection, client), said, client);
}

/** A dialog that does it all, says so, and leaves the selection as it is. */
function dialog(component: Component<{ selection: Selection; onclose: () => void }>): Act['run'] {
  return (_, { ask }) => ask<never>(component);
}

function outcomeOf(
  change: Change,
  said: (counts: { count: number }) => string,
  client: ApiClient,
): Outcome {
  if (change.count === 0) return { message: m.selection_nothing_changed(), undo: null };
  return { message: said(change), undo: () => client.selection.undo(change) };
}

/**
 * Everything that can be done with a selection, in the order of the bar and of its menu.
 *
 * To plug in another act is to add a row. One that has a dialog of its own asks
 * it first: a component with `DialogProps` that answers with what was chosen.
 *
 *     {
 *       id: 'rate', label: m.selection_rate, icon: 'sparkle',
 *       isOffered: isNotIn('trash'),
 *       run: async (selection, { client, ask }) => {
 *         const rating = await ask<number>(RatingQuestion);
 *         if (rating === null) return null;
 *         const change = await client.selection.rate(selection, rating);
 *         return outcomeOf(change, m.selection_rated, client);
 *       },
 *     },
 *
 * A dialog that does it all by itself answers with the outcome: `run: (_, { ask }) =>
 * ask(AlbumAct)`; with an empty message where it has said it, too. One that needs no
 * more than the selection is a `dialog`.
 */
export const ACTS: readonly Act[] = [
  {
    id: 'restore',
    label: m.selection_restore,
    icon: 'restore',
    inBar: true,
    isOffered: isIn('trash'),
    run: edit(
      (selection, client) => client.selection.trash(selection, false),
      m.selection_restored,
    ),
  },
  {
    id: 'show',
    label: m.selection_show,
    icon: 'photos',
    inBar: true,
    isOffered: isIn('hidden'),
    run: edit((selection, client) => client.selection.hide(selection, false), m.selection_shown),
  },
  {
    id: 'favourite',
    label: m.selection_favourite,
    icon: 'heart',
    inBar: outsideAlbums,
    isOffered: isNotIn(...APART, 'favourites'),
    run: edit(
      (selection, client) => client.selection.favourite(selection, true),
      m.selection_favoured,
    ),
  },
  {
    id: 'album',
    label: m.albums_add,
    icon: 'addToAlbum',
    inBar: true,
    isOffered: isNotIn('trash'),
    run: (_, { ask }) => ask<Outcome>(AlbumAct),
  },
  {
    id: 'take-out',
    label: m.albums_take_out_of,
    icon: 'takeOut',
    inBar: true,
    isOffered: (_, album) => mayTakeOut(album),
    run: async (selection, { client, album }) => {
      if (album === null) return null;
      const { count, undo } = await client.userAlbums.takeOut(Number(album.id), selection);
      if (count === 0) return { message: m.albums_none_taken_out(), undo: null };
      return { message: m.albums_taken_out({ count, title: album.title }), undo };
    },
  },
  {
    id: 'move',
    label: m.albums_move,
    icon: 'move',
    inBar: true,
    isOffered: (_, album) => album?.role === 'owner',
    run: async (selection, { client, album, choosePlace }) => {
      if (album === null) return null;
      if ('select_all' in selection) {
        return { message: m.albums_move_all(), undo: null, isProblem: true, keeps: true };
      }
      const names = selection.image_hashes;
      const place = await choosePlace(names);
      if (place === null) return null;
      const undo = await client.userAlbums.move(Number(album.id), names, place);
      return { message: m.albums_moved({ count: names.length }), undo };
    },
  },
  {
    id: 'share',
    label: m.sharing_share,
    icon: 'share',
    inBar: true,
    isOffered: isNotIn(...APART),
    run: dialog(ShareAct),
  },
  {
    id: 'download',
    label: m.download_title,
    icon: 'download',
    inBar: true,
    isOffered: () => true,
    run: dialog(DownloadAct),
  },
  {
    id: 'hide',
    label: m.selection_hide,
    icon: 'hidden',
    inBar: outsideAlbums,
    isOffered: isNotIn(...APART),
    run: edit((selection, client) => client.selection.hide(selection, true), m.selection_hidden),
  },
  {
    id: 'trash',
    label: m.selection_trash,
    icon: 'trash',
    inBar: true,
    isOffered: isNotIn('trash'),
    run: edit((selection, client) => client.selection.trash(selection, true), m.selection_trashed),
  },
  {
    id: 'erase',
    label: m.selection_erase,
    icon: 'trash',
    inBar: true,
    danger: true,
    isOffered: isIn('trash'),
    run: (_, { ask }) => ask<Outcome>(EraseQuestion),
  },
  {
    id: 'unfavourite',
    label: m.selection_unfavourite,
    icon: 'heart',
    isOffered: isNotIn(...APART),
    run: edit(
      (selection, client) => client.selection.favourite(selection, false),
      m.selection_unfavoured,
    ),
  },
  {
    id: 'rate',
    label: m.selection_rate,
    icon: 'sparkle',
    isOffered: isNotIn(...APART),
    run: async (selection, { client, ask }) => {
      const rating = await ask<number>(RatingQuestion);
      if (rating === null) return null;
      const change = await client.selection.rate(selection, rating);
      return outcomeOf(change, m.selection_rated, client);
    },
  },
  {
    id: 'turn-left',
    label: m.edits_turn_left,
    icon: 'turn-left',
    isOffered: isNotIn(...APART),
    run: turn(-90),
  },
  {
    id: 'turn-right',
    label: m.edits_turn_right,
    icon: 'turn-right',
    isOffered: isNotIn(...APART),
    run: turn(90),
  },
  {
    id: 'tag',
    label: m.edits_tag_add,
    icon: 'things',
    isOffered: isNotIn(...APART),
    run: dialog(TagAct),
  },
  {
    id: 'shift',
    label: m.edits_shift,
    icon: 'recent',
    isOffered: isNotIn(...APART),
    run: dialog(ShiftForm),
  },
  {
    id: 'place',
    label: m.edits_place,
    icon: 'places',
    isOffered: isNotIn(...APART),
    run: dialog(PlaceForm),
  },
  {
    id: 'category',
    label: m.edits_category,
    icon: 'photos',
    isOffered: isNotIn(...APART),
    run: dialog(CategoryForm),
  },
  {
    id: 'publish',
    label: m.selection_publish,
    icon: 'people',
    isOffered: isNotIn(...APART),
    run: edit(
      (selection, client) => client.selection.publish(selection, true),
      m.selection_published,
    ),
  },
  {
    id: 'unpublish',
    label: m.selection_unpublish,
    icon: 'people',
    isOffered: isNotIn(...APART),
    run: edit(
      (selection, client) => client.selection.publish(selection, false),
      m.selection_unpublished,
    ),
  },
];

function isInBar({ inBar = false }: Act, album: AlbumHead | null): boolean {
  return typeof inBar === 'boolean' ? inBar : inBar(album);
}

/** The acts of a view: those in the bar, and those in the menu. */
export function actsOf(view: string, album: AlbumHead | null): { bar: Act[]; menu: Act[] } {
  const offered = ACTS.filter((act) => act.isOffered(view, album));
  return {
    bar: offered.filter((act) => isInBar(act, album)),
    menu: offered.filter((act) => !isInBar(act, album)),
  };
}

/** The acts that leave the bar of a narrow window for its menu, the first of them first. */
const GIVE_WAY = ['hide', 'download', 'share', 'album'];

/** Return the acts of the bar that stay in it where there is room for so many. */
export function fitting(bar: Act[], room: number): Act[] {
  const going = GIVE_WAY.filter((id) => bar.some((act) => act.id === id));
  const gone = going.slice(0, Math.max(0, bar.length - room));
  return bar.filter(({ id }) => !gone.includes(id));
}

/** What the key Delete does in a view. */
export function actOfDelete(view: string): string {
  return view === 'trash' ? 'erase' : 'trash';
}
