import { expect, it } from 'vitest';
import type { Photo } from '../api/types';
import { isSameShape, isSharper } from './original';

const photo = {
  width: 6000,
  height: 4000,
  image_path: ['/a/b.JPG'],
  video: false,
  local_orientation: 1,
} as Photo;

it('is sharper where it is larger, and a browser can show it', () => {
  expect(isSharper(photo, 1600)).toBe(true);
  expect(isSharper(photo, 6000)).toBe(false);
  expect(isSharper({ ...photo, local_orientation: 6 }, 1600)).toBe(false);
  expect(isSharper({ ...photo, image_path: ['/a/b.CR3'] }, 1600)).toBe(false);
  expect(isSharper({ ...photo, image_path: [] }, 1600)).toBe(false);
  expect(isSharper({ ...photo, width: null }, 1600)).toBe(false);
  expect(isSharper({ ...photo, width: 60_000 }, 1600)).toBe(false);
  expect(isSharper({ ...photo, video: true }, 1600)).toBe(false);
});

it('does not take a picture that lies on its side for the same', () => {
  const upright = { naturalWidth: 1067, naturalHeight: 1600 };
  expect(isSameShape(upright, { naturalWidth: 4000, naturalHeight: 6000 })).toBe(true);
  expect(isSameShape(upright, { naturalWidth: 6000, naturalHeight: 4000 })).toBe(false);
});
