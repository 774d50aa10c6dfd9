import { answerOf, type Api } from './transport';
import type { Link, LinkChange } from './types';

/** What a link leads to: an album by its number, a photo by its id or hash. */
export type Linked = { album: number } | { photo: string };

/** Links by which anybody sees one's albums and photos. */
export class LinksApi {
  constructor(private readonly api: Api) {}

  /** All one's own, the newest first. */
  async list(signal?: AbortSignal): Promise<Link[]> {
    return (await answerOf(this.api.GET('/api/links/', { signal }))).results;
  }

  /** The link to an album or a photo, or null. */
  async of(linked: Linked, signal?: AbortSignal): Promise<Link | null> {
    const query = 'album' in linked ? { album: String(linked.album) } : linked;
    const call = this.api.GET('/api/links/', { params: { query }, signal });
    return (await answerOf(call)).results[0] ?? null;
  }

  /** Have a link with these settings; without one there before, it is a new one. */
  async set(linked: Linked, change: LinkChange): Promise<Link | null> {
    if ('album' in linked) {
      const body = { album_id: linked.album, val_public: true, ...change };
      return (await answerOf(this.api.POST('/api/useralbum/makepublic/', { body }))).link;
    }
    const body = { photo_id: linked.photo, action: 'enable' as const, ...change };
    return (await answerOf(this.api.POST('/api/photo/share/', { body }))).link;
  }

  /** Have it lead nowhere from now on, for good. */
  async revoke(id: number): Promise<void> {
    const params = { path: { link_id: String(id) } };
    await this.api.DELETE('/api/links/{link_id}/', { params });
  }
}
