import { ALL_ALBUMS, albumPhotos, photosOf, type AlbumPhotos } from './albums';
import { answerOf, type Api } from './transport';
import type { Thing } from './types';

/** What photos show: scenes, tags and hashtags. */
export class ThingsApi {
  constructor(private readonly api: Api) {}

  async list(signal?: AbortSignal): Promise<Thing[]> {
    const params = { query: ALL_ALBUMS };
    return (await answerOf(this.api.GET('/api/albums/thing/list/', { params, signal }))).results;
  }

  /** One page (1-based) of the photos of a thing. */
  async photos(id: number, page: number, signal?: AbortSignal): Promise<AlbumPhotos> {
    const params = { path: { thing_id: String(id) }, query: photosOf(page) };
    const call = this.api.GET('/api/albums/thing/{thing_id}/', { params, signal });
    return albumPhotos(await answerOf(call));
  }
}
