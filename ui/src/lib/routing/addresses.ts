/** What a person's page shows below the name. */
export type PersonPart = 'photos' | 'faces' | 'guesses';

const PHOTO_PATH = /^(?:\/public\/a\/[^/]+)?\/photo\/([^/]+)\/?$/;

let home = '';

/** Have photos stand below the address of a link, on the page of its visitors. */
export function photosBelow(address: string): void {
  home = address;
}

export function personAddress(id: number, part: PersonPart = 'photos'): string {
  return part === 'photos' ? `/people/${id}` : `/people/${id}/${part}`;
}

export function albumAddress(id: number): string {
  return `/albums/${id}`;
}

export const SHARED_WITH_ME = '/shared';
export const SHARED_BY_ME = '/shared/mine';

export function thingAddress(id: number): string {
  return `/things/${id}`;
}

export function tagAddress(id: number): string {
  return `/tags/${id}`;
}

export function placeAddress(id: number): string {
  return `/places/${id}`;
}

export function searchAddress(text: string): string {
  return `/search?q=${encodeURIComponent(text)}`;
}

export function failuresAddress(jobId: string): string {
  return `/failures/${encodeURIComponent(jobId)}`;
}

/** A photo is no view of the table: it stands on top of one. */
export function photoAddress(id: string): string {
  return `${home}/photo/${encodeURIComponent(id)}`;
}

export function parsePhotoId(address: string): string | null {
  const match = PHOTO_PATH.exec(address.split('?')[0] ?? '');
  return match?.[1] ? decoded(match[1]) : null;
}

/** What an address says, also where a person typed a stray percent sign. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
