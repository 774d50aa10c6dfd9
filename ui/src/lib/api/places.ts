import { ALL_ALBUMS, albumPhotos, photosOf, type AlbumPhotos } from './albums';
import { answerOf, type Api } from './transport';
import type { Place } from './types';

/** Where photos were taken: countries, and what lies in them. */
export class PlacesApi {
  constructor(private readonly api: Api) {}

  async list(signal?: AbortSignal): Promise<Place[]> {
    const params = { query: ALL_ALBUMS };
    return (await answerOf(this.api.GET('/api/albums/place/list/', { params, signal }))).results;
  }

  /** One page (1-based) of the photos of a place and of all places in it. */
  async photos(id: number, page: number, signal?: AbortSignal): Promise<AlbumPhotos> {
    const params = { path: { place_id: String(id) }, query: photosOf(page) };
    const call = this.api.GET('/api/albums/place/{place_id}/', { params, signal });
    return albumPhotos(await answerOf(call));
  }
}
