import type { Photo } from '../api/types';

/** What a browser shows itself, by the end of the name. */
const SHOWN = /\.(jpe?g|png|webp|gif|avif|bmp)$/i;
/** A larger one takes more memory, unpacked, than a phone gives a page. */
const MOST_PIXELS = 100e6;

/** Whether the original can stand in for the preview, and shows more than that. */
export function isSharper(photo: Photo, previewWidth: number): boolean {
  const { width, height, image_path: paths } = photo;
  // The original is not turned as its owner wants the photo to be.
  if (photo.local_orientation !== 1) return false;
  if (!width || !height || photo.video || !SHOWN.test(paths[0] ?? '')) return false;
  return width > previewWidth && width * height <= MOST_PIXELS;
}

/** Whether two pictures have the same shape, to a pixel or two of rounding. */
export function isSameShape(
  one: { naturalWidth: number; naturalHeight: number },
  other: { naturalWidth: number; naturalHeight: number },
): boolean {
  const shape = (image: typeof one): number => image.naturalWidth / image.naturalHeight;
  return Math.abs(shape(one) / shape(other) - 1) < 0.02;
}
