import { PAGE_SIZE } from '../grid/model';
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

/** A page of the photos of a thing, newest first. */
export interface ThingPhotos {
  title: string;
  days: DatePhotosGroup[];
  isLast: boolean;
}

/** What photos show: scenes, tags and hashtags. */
export class ThingsApi {
  constructor(private readonly transport: Transport) {}

  async list(signal?: AbortSignal): Promise<Thing[]> {
    const path = `albums/thing/list/${query({ page_size: '1000' })}`;
    return (await this.transport.call<Page<Thing>>(path, { signal })).results;
  }

  /** One page (1-based) of the photos of a thing. */
  async photos(id: number, page: number, signal?: AbortSignal): Promise<ThingPhotos> {
    type Answer = {
      next: string | null;
      results: { title: string; grouped_photos: DatePhotosGroup[] };
    };
    const search = query({ page: String(page), page_size: String(PAGE_SIZE) });
    const path = `albums/thing/${id}/${search}`;
    const { next, results } = await this.transport.call<Answer>(path, { signal });
    return { title: results.title, days: results.grouped_photos, isLast: next === null };
  }
}
