import type { Photo } from '../api/types';
import { formatBytes, formatMoment } from '../dates/format';
import { whyThisDate } from '../edits/words';
import { m } from '../paraglide/messages';
import { getLocale } from '../paraglide/runtime';

/** One line of the facts panel. */
export interface Fact {
  name: string;
  value: string;
  /** A second, quieter line. */
  detail?: string;
}

/** What is known about a photo, in reading order; what is unknown is left out. */
export function factsOf(photo: Photo, locale: string): Fact[] {
  const facts: Fact[] = [
    { name: m.edits_field_title(), value: photo.title },
    {
      name: m.viewer_date(),
      value: formatMoment(photo.exif_timestamp, locale) || m.viewer_date_unknown(),
      detail: [photo.timezone, whyThisDate(photo)].filter((part) => part !== '').join(' · '),
    },
    { name: m.viewer_place(), value: placeOf(photo), detail: coordinatesOf(photo) },
    { name: m.viewer_camera(), value: photo.camera ?? '' },
    { name: m.viewer_lens(), value: photo.lens ?? '' },
    { name: m.viewer_exposure(), value: exposureOf(photo) },
    { name: m.viewer_size(), value: dimensionsOf(photo), detail: bytesOf(photo) },
  ];
  return facts.filter((fact) => fact.value !== '');
}

function placeOf(photo: Photo): string {
  return photo.search_location || photo.geolocation_json?.address || coordinatesOf(photo);
}

function coordinatesOf({ exif_gps_lat: lat, exif_gps_lon: lon }: Photo): string {
  return lat === null || lon === null ? '' : `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

/** "1/250 s · f/2.8 · ISO 100 · 35 mm", as far as known. */
export function exposureOf(photo: Photo): string {
  const parts = [
    photo.shutter_speed ? `${exposureTime(photo.shutter_speed)} s` : '',
    photo.fstop ? `f/${rounded(photo.fstop)}` : '',
    photo.iso ? `ISO ${photo.iso}` : '',
    focalLength(photo),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** "1/250", or seconds with the reader's decimal mark. */
function exposureTime(text: string): string {
  const seconds = text.replace(/\s*s$/, '');
  return Number.isNaN(Number(seconds)) ? seconds : decimal(Number(seconds));
}

function focalLength(photo: Photo): string {
  if (!photo.focal_length) return '';
  const equivalent = photo.focalLength35Equivalent;
  const differs = equivalent && equivalent !== photo.focal_length;
  return `${rounded(photo.focal_length)} mm` + (differs ? ` (${rounded(equivalent)} mm)` : '');
}

/** The size of the file, "" where its owner does not tell: it is the original's. */
function bytesOf({ size }: Photo): string {
  return size > 0 ? formatBytes(size) : '';
}

function dimensionsOf(photo: Photo): string {
  if (!photo.width || !photo.height) return bytesOf(photo);
  const megapixels = (photo.width * photo.height) / 1e6;
  const area = megapixels < 0.05 ? '' : ` (${rounded(megapixels)} MP)`;
  return `${photo.width} × ${photo.height}${area}`;
}

/** What the photo shows, as far as it was recognised, without repetition. */
export function tagsOf(photo: Photo): string[] {
  const { places365: scene, siglip2 } = photo.captions_json ?? {};
  const known = [
    ...(scene?.environment ? [scene.environment] : []),
    ...(scene?.categories ?? []),
    ...(scene?.attributes ?? []),
    ...(siglip2?.tags ?? []),
  ];
  return [...new Set(known)];
}

function rounded(value: number): string {
  return decimal(Math.round(value * 10) / 10);
}

function decimal(value: number): string {
  const options = { maximumFractionDigits: 20, useGrouping: false };
  return new Intl.NumberFormat(getLocale(), options).format(value);
}
