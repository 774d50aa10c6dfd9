import type { UserAlbum, ListedAlbum } from '../api/types';

/** An album that somebody has made, as the lists of all albums show one. */
export function asListed({ cover_photo, ...album }: UserAlbum): ListedAlbum {
  return { ...album, cover_photos: cover_photo === null ? [] : [cover_photo] };
}

/** Favourites first, and the order of the list among them and the others. */
export function favouritesFirst(albums: UserAlbum[]): UserAlbum[] {
  return [...albums].sort((one, other) => Number(other.favorited) - Number(one.favorited));
}
