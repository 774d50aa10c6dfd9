import { ALL_ALBUMS, photosOf, type AlbumPhotos } from './albums';
import { undoEdits } from './bulk-edits';
import type { Writable } from 'openapi-typescript-helpers';
import type { Place } from '../selection/acts';
import { partsOf, type Selection } from '../selection/selection';
import type { components } from './schema';
import { answerOf, type Api } from './transport';
import type { AlbumHead, AlbumSharing, ShareRole, SharingOptions, UserAlbum } from './types';

/** What can be changed of an album in place. */
export type AlbumChange = Writable<components['schemas']['PatchedUserAlbumEdit']>;

export type EditedAlbum = components['schemas']['EditedUserAlbum'];

/** How many photos were put into an album or taken out of it, and what undoes that. */
export interface Changed {
  count: number;
  undo: () => Promise<void>;
}

/** With whom an album is shared, and how. */
export interface AlbumShareChange {
  shared: boolean;
  users: number[];
  role?: ShareRole;
  options?: SharingOptions;
}

/** The albums that people make. */
export class UserAlbumsApi {
  constructor(private readonly api: Api) {}

  /** One's own, by title, those without photos too. */
  async list(signal?: AbortSignal): Promise<UserAlbum[]> {
    const params = { query: { ...ALL_ALBUMS, empty: 'true' } };
    return (await answerOf(this.api.GET('/api/albums/user/list/', { params, signal }))).results;
  }

  /** Those of others that are shown to whoever is signed in. */
  async sharedWithMe(signal?: AbortSignal): Promise<UserAlbum[]> {
    const params = { query: { ...ALL_ALBUMS, empty: 'true' } };
    const call = this.api.GET('/api/albums/user/shared/tome/', { params, signal });
    return (await answerOf(call)).results;
  }

  /** One's own that are shown to somebody. */
  async sharedByMe(signal?: AbortSignal): Promise<UserAlbum[]> {
    const params = { query: { ...ALL_ALBUMS, empty: 'true' } };
    const call = this.api.GET('/api/albums/user/shared/fromme/', { params, signal });
    return (await answerOf(call)).results;
  }

  /** What an album is called, whose it is, and what one may do with it. */
  head(id: number, signal?: AbortSignal): Promise<AlbumHead> {
    const params = { path: { album_id: String(id) }, query: { page: '1', page_size: '1' } };
    return answerOf(this.api.GET('/api/albums/user/{album_id}/', { params, signal }));
  }

  /** One page (1-based) of the photos of an album. */
  async photos(id: number, page: number, signal?: AbortSignal): Promise<AlbumPhotos> {
    const params = { path: { album_id: String(id) }, query: photosOf(page) };
    const call = this.api.GET('/api/albums/user/{album_id}/', { params, signal });
    const { title, grouped_photos: days, next } = await answerOf(call);
    return { title, days, isLast: next === null };
  }

  /** Make an album without photos; return its id. */
  async create(title: string): Promise<number> {
    const body = { title, photos: [] };
    return (await answerOf(this.api.POST('/api/albums/user/edit/', { body }))).id;
  }

  /** Put photos into one's album of this title, which is made if need be. */
  async make(title: string, selection: Selection): Promise<Changed> {
    const body = { title, ...photosIn(selection) };
    return this.#added(await answerOf(this.api.POST('/api/albums/user/edit/', { body })));
  }

  async add(id: number, selection: Selection): Promise<Changed> {
    return this.#added(await this.change(id, photosIn(selection)));
  }

  #added({ added, undo }: EditedAlbum): Changed {
    return { count: added, undo: () => this.#putBack(undo === null ? [] : [undo]) };
  }

  /** Take photos out of an album, of those that whoever is signed in may. */
  async takeOut(id: number, selection: Selection): Promise<Changed> {
    const taken = { count: 0, edits: [] as number[] };
    for (const part of partsOf(selection)) {
      const body =
        'select_all' in part
          ? { remove_all: true, excluded_hashes: part.excluded_hashes }
          : { removedPhotos: part.image_hashes };
      const { removed, undo } = await this.change(id, body);
      taken.count += removed;
      if (undo !== null) taken.edits.push(undo);
    }
    return { count: taken.count, undo: () => this.#putBack(taken.edits) };
  }

  /** Arrange photos by hand; what is returned puts all back where they were. */
  async move(id: number, moved: string[], place: Place): Promise<() => Promise<void>> {
    const before = await this.#photoAt(id, place, new Set(moved));
    const { undo } = await this.change(id, { moved, ...(before ? { before } : {}) });
    return () => this.#putBack(undo === null ? [] : [undo]);
  }

  /** The photo before which others go to a place; null for behind all. */
  async #photoAt(id: number, place: Place, moved: Set<string>): Promise<string | null> {
    if (place === 'end') return null;
    if (place !== 'start') return place.before;
    for (let page = 1; ; page += 1) {
      const { days, isLast } = await this.photos(id, page);
      const first = days.flatMap((day) => day.items).find((photo) => !moved.has(photo.id));
      if (first || isLast) return first?.id ?? null;
    }
  }

  async #putBack(edits: number[]): Promise<void> {
    await undoEdits(this.api, edits);
  }

  change(id: number, body: AlbumChange): Promise<EditedAlbum> {
    const params = { path: { album_id: String(id) } };
    return answerOf(this.api.PATCH('/api/albums/user/edit/{album_id}/', { params, body }));
  }

  /** Delete an album; its photos stay. */
  remove(id: number): Promise<unknown> {
    const params = { path: { album_id: String(id) } };
    return this.api.DELETE('/api/albums/user/{album_id}/', { params });
  }

  /** To whom an album of one's own is shown. */
  shares(id: number, signal?: AbortSignal): Promise<AlbumSharing> {
    const params = { path: { album_id: String(id) } };
    return answerOf(this.api.GET('/api/albums/user/{album_id}/shares/', { params, signal }));
  }

  /** Say what the owner of an album is told of the photos that `me` adds to it. */
  tellOwner(id: number, me: number, options: Partial<SharingOptions>): Promise<unknown> {
    const body = { album_id: id, shared: true, target_user_ids: [me], sharing_options: options };
    return this.api.POST('/api/useralbum/share/', { body });
  }

  share(id: number, { shared, users, role, options }: AlbumShareChange): Promise<unknown> {
    const body = {
      ...{ album_id: id, shared, target_user_ids: users },
      ...(role ? { role } : {}),
      ...(options ? { sharing_options: options } : {}),
    };
    return this.api.POST('/api/useralbum/share/', { body });
  }
}

/** The photos of a selection under the names that albums have for them. */
function photosIn(selection: Selection): Omit<AlbumChange, 'title'> {
  if ('select_all' in selection) return selection;
  return { photos: selection.image_hashes };
}
