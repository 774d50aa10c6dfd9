import type { LinkedPhoto, PhotoByLink, SimpleUser } from '../api/types';
import { formatMoment } from '../dates/format';
import type { IconName } from '../shell/icons';

export interface Fact {
  icon: IconName;
  text: string;
}

/** What a browser shows itself, and so what can stand in for a preview. */
const SHOWN = /^image\/(jpeg|png|webp|gif|avif)$/;

type Photo = LinkedPhoto | PhotoByLink;

/** What the link tells of a photo, beside when it was taken. */
export function factsOf(photo: Photo | null): Fact[] {
  if (!photo) return [];
  const taken = [
    photo.camera,
    photo.lens,
    photo.focal_length === null ? null : `${photo.focal_length} mm`,
    photo.fstop === null ? null : `ƒ/${photo.fstop}`,
    photo.shutter_speed === null ? null : `${photo.shutter_speed} s`,
    photo.iso === null ? null : `ISO ${photo.iso}`,
  ].filter((part) => part !== null);
  const facts: Fact[] = [
    { icon: 'edit', text: photo.captions_json.im2txt },
    { icon: 'people', text: photo.people.map(({ name }) => name).join(', ') },
    { icon: 'places', text: photo.search_location },
    { icon: 'photos', text: taken.join(' · ') },
  ];
  return facts.filter(({ text }) => text !== '');
}

/** What a photo is called for who does not see it. */
export function nameOf(
  { moment, place, isVideo }: { moment: string; place: string; isVideo: boolean },
  words: { photo: string; video: string },
): string {
  return [isVideo ? words.video : words.photo, moment, place]
    .filter((part) => part !== '')
    .join(', ');
}

/** Whether its file shows more than a preview of this width, and can be had. */
export function isSharper(photo: Photo | null, previewWidth: number): boolean {
  if (!photo?.download_url || photo.video || !SHOWN.test(photo.file_type)) return false;
  return photo.width === 0 || photo.width > previewWidth;
}

export function momentOf(photo: Photo | null, date: string, locale: string): string {
  return formatMoment(date || photo?.exif_timestamp, locale);
}

/** What whoever shares is called. */
export function nameOfOwner({ first_name, last_name, username }: SimpleUser): string {
  return `${first_name} ${last_name}`.trim() || username;
}
