import { PAGE_SIZE } from '../grid/blocks';
import { answerOf, type Api } from './transport';
import type { DayGroup, Thing } from './types';

/** A page of the photos of a thing, newest first. */
export interface ThingPhotos {
  title: string;
  days: DayGroup[];
  isLast: boolean;
}

/** What photos show: scenes, tags and hashtags. */
export class ThingsApi {
  constructor(private readonly api: Api) {}

  async list(signal?: AbortSignal): Promise<Thing[]> {
    const params = { query: { page_size: '1000' } };
    return (await answerOf(this.api.GET('/api/albums/thing/list/', { params, signal }))).results;
  }

  /** One page (1-based) of the photos of a thing. */
  async photos(id: number, page: number, signal?: AbortSignal): Promise<ThingPhotos> {
    const query = { page: String(page), page_size: String(PAGE_SIZE) };
    const options = { params: { path: { thing_id: String(id) }, query }, signal };
    const call = this.api.GET('/api/albums/thing/{thing_id}/', options);
    const { next, results } = await answerOf(call);
    return { title: results.title, days: results.grouped_photos, isLast: next === null };
  }
}
