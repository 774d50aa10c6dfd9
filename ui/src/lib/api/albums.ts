import { PAGE_SIZE } from '../grid/blocks';
import type { AlbumPage, DayGroup } from './types';

/** A page of the photos of an album, newest first. */
export interface AlbumPhotos {
  title: string;
  days: DayGroup[];
  isLast: boolean;
}

/** All albums of a kind at once; nobody has more. */
export const ALL_ALBUMS = { page_size: '10000' };

/** Asks for one page (1-based) of the photos of an album. */
export function photosOf(page: number): { page: string; page_size: string } {
  return { page: String(page), page_size: String(PAGE_SIZE) };
}

export function albumPhotos({ next, results }: AlbumPage): AlbumPhotos {
  return { title: results.title, days: results.grouped_photos, isLast: next === null };
}
