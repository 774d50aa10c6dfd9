import { ALL_ALBUMS, photosOf, type AlbumPhotos } from './albums';
import { answerOf, type Api } from './transport';
import type { UserAlbum } from './types';

/** The albums that people make. */
export class UserAlbumsApi {
  constructor(private readonly api: Api) {}

  /** One's own, by title. */
  async list(signal?: AbortSignal): Promise<UserAlbum[]> {
    const params = { query: ALL_ALBUMS };
    return (await answerOf(this.api.GET('/api/albums/user/list/', { params, signal }))).results;
  }

  /** One page (1-based) of the photos of an album. */
  async photos(id: number, page: number, signal?: AbortSignal): Promise<AlbumPhotos> {
    const params = { path: { album_id: String(id) }, query: photosOf(page) };
    const call = this.api.GET('/api/albums/user/{album_id}/', { params, signal });
    const { title, grouped_photos: days, next } = await answerOf(call);
    return { title, days, isLast: next === null };
  }
}
