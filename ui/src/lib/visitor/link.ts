import type { Connection } from '../api/connection.svelte';
import { ApiError, Unreachable, isAbort } from '../api/errors';
import type { LinkedAlbum, LinkedPhoto, PhotoByLinkAnswer } from '../api/types';
import { photosOf, type AlbumPhotos } from '../api/albums';

/** A link as the address of the page names it. */
export interface LinkAddress {
  kind: 'album' | 'photo';
  /** Of the page. */
  address: string;
  /** Below which the server tells of it, and has its pictures. */
  api: string;
}

const ADDRESS = /^\/public\/([ap])\/([^/]+)/;

/** The link that a path names; null where it names none. */
export function linkAt(path: string): LinkAddress | null {
  const [address, kind, slug] = ADDRESS.exec(path) ?? [];
  if (address === undefined || slug === undefined) return null;
  return kind === 'a'
    ? { kind: 'album', address, api: `/api/public/albums/s/${slug}` }
    : { kind: 'photo', address, api: `/api/public/photo/${slug}` };
}

/** Where a file of what the link shows is; of an album's, a photo is named by hash or id. */
export function mediaAddress({ kind, api }: LinkAddress, name: string, file: string): string {
  if (kind === 'album') return `${api}/photos/${name}/media/${file}/`;
  // It has no smaller previews: nobody sees a grid of it.
  return `${api}/media/${file === 'medium' ? 'thumbnail' : file}/`;
}

/** Whether a link asks for its password first. */
export function isLocked(failure: unknown): boolean {
  return failure instanceof ApiError && failure.status === 403 && failure.about('password') !== '';
}

/** What the server tells a visitor, who has not signed in. */
export class VisitorApi {
  constructor(
    private readonly link: LinkAddress,
    private readonly connection: Connection,
  ) {}

  /** One page (1-based) of the photos of an album, with all else that is told of it. */
  async album(page: number, signal?: AbortSignal): Promise<LinkedAlbum> {
    const query = new URLSearchParams(photosOf(page));
    return (await this.#ask(`/?${query.toString()}`, signal ? { signal } : {})) as LinkedAlbum;
  }

  async photo(id: string, signal: AbortSignal): Promise<LinkedPhoto> {
    const path = `/photos/${encodeURIComponent(id)}/`;
    return ((await this.#ask(path, { signal })) as { results: LinkedPhoto }).results;
  }

  /** The photo that the link shows alone, and whose it is. */
  async alone(signal: AbortSignal): Promise<PhotoByLinkAnswer> {
    return (await this.#ask('/', { signal })) as PhotoByLinkAnswer;
  }

  /** Ask whether the server is there. */
  async isAlive(): Promise<boolean> {
    await this.#ask('', {}, '/api/healthz/');
    return true;
  }

  /** Give the password; the browser then has a cookie for this link. */
  async unlock(password: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    await this.#ask('/unlock/', { method: 'POST', headers, body: JSON.stringify({ password }) });
  }

  async #ask(path: string, init: RequestInit, start = this.link.api): Promise<unknown> {
    const { losses } = this.connection;
    let response: Response;
    let text: string;
    try {
      response = await fetch(start + path, { ...init, referrerPolicy: 'no-referrer' });
      text = await response.text();
    } catch (error) {
      if (isAbort(error)) throw error;
      this.connection.lost();
      throw new Unreachable({ cause: error });
    }
    this.connection.answered(losses);
    if (!response.ok) throw ApiError.from(response.status, text);
    return text === '' ? null : JSON.parse(text);
  }
}

/** A page of an album as the grid reads it. */
export function pageOf({ next, results }: LinkedAlbum): AlbumPhotos {
  return { title: results.title, days: results.grouped_photos, isLast: next === null };
}
