import { ALL_ALBUMS, photosOf, type AlbumPhotos } from './albums';
import type { Writable } from 'openapi-typescript-helpers';
import type { Selection } from '../selection/selection';
import type { components } from './schema';
import { answerOf, type Api } from './transport';
import type { AlbumHead, AlbumSharing, ShareRole, SharingOptions, UserAlbum } from './types';

/** What can be changed of an album in place. */
export type AlbumChange = Writable<components['schemas']['PatchedUserAlbumEdit']>;

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

  /** Make an album of these photos; return its id. */
  async make(title: string, selection: Selection): Promise<number> {
    const body = { title, ...photosIn(selection) };
    return (await answerOf(this.api.POST('/api/albums/user/edit/', { body }))).id;
  }

  add(id: number, selection: Selection): Promise<unknown> {
    return this.change(id, photosIn(selection));
  }

  change(id: number, body: AlbumChange): Promise<unknown> {
    const params = { path: { album_id: String(id) } };
    return this.api.PATCH('/api/albums/user/edit/{album_id}/', { params, body });
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
