import { query, type Transport } from './transport';
import type { DatePhotosGroup, Page, PhotoHash } from './types';

/** An album that made itself: photos that show the same. */
export interface Thing {
  id: number;
  title: string;
  cover_photos: PhotoHash[];
  photo_count: number;
  thing_type: string;
}

export interface ThingPhotos {
  id: string;
  title: string;
  grouped_photos: DatePhotosGroup[];
}

/** What photos show: scenes, tags and hashtags. */
export class ThingsApi {
  constructor(private readonly transport: Transport) {}

  async list(signal?: AbortSignal): Promise<Thing[]> {
    const path = `albums/thing/list/${query({ page_size: '1000' })}`;
    return (await this.transport.call<Page<Thing>>(path, { signal })).results;
  }

  /** A thing with all its photos by day, newest first. */
  async photos(id: number, signal?: AbortSignal): Promise<ThingPhotos> {
    type Answer = { results: ThingPhotos };
    return (await this.transport.call<Answer>(`albums/thing/${id}/`, { signal })).results;
  }
}
