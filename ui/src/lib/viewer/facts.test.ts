import { afterEach, expect, it } from 'vitest';
import { captions, photo as bare } from '../api/samples';
import { overwriteGetLocale } from '../paraglide/runtime';
import { exposureOf, factsOf, tagsOf } from './facts';

afterEach(() => overwriteGetLocale(() => 'en'));

it('leaves out what is not known', () => {
  expect(factsOf(bare, 'en-GB').map((fact) => [fact.name, fact.value])).toEqual([
    ['Date', 'Unknown'],
    ['Size', '2.0 MB'],
  ]);
});

it('joins the exposure', () => {
  const photo = { ...bare, shutter_speed: '1/250', fstop: 2.8, iso: 100, focal_length: 4.25 };
  expect(exposureOf(photo)).toBe('1/250 s · f/2.8 · ISO 100 · 4.3 mm');
  expect(exposureOf({ ...photo, focalLength35Equivalent: 26 })).toContain('4.3 mm (26 mm)');
});

it("writes names and numbers in the reader's language", () => {
  overwriteGetLocale(() => 'de');
  const photo = { ...bare, shutter_speed: '2.5', fstop: 2.8, focal_length: 4.25 };
  expect(exposureOf(photo)).toBe('2,5 s · f/2,8 · 4,3 mm');
  expect(exposureOf({ ...bare, shutter_speed: '1/4000', iso: 12_800 })).toBe(
    '1/4000 s · ISO 12800',
  );
  const size = { ...bare, width: 1200, height: 1000 };
  expect(factsOf(size, 'de-DE').map((fact) => [fact.name, fact.value])).toEqual([
    ['Datum', 'Unbekannt'],
    ['Größe', '1200 × 1000 (1,2 MP)'],
  ]);
});

it('tells megapixels of pictures that have some', () => {
  const size = (width: number, height: number) =>
    factsOf({ ...bare, width, height }, 'en-GB').find((fact) => fact.name === 'Size')?.value;
  expect(size(4000, 3000)).toBe('4000 × 3000 (12 MP)');
  expect(size(100, 100)).toBe('100 × 100');
});

it('tells no size that is not told', () => {
  const size = (photo: typeof bare) => factsOf(photo, 'en-GB').find((fact) => fact.name === 'Size');
  expect(size({ ...bare, size: 0, width: 400, height: 300 })?.detail).toBe('');
  expect(size({ ...bare, size: 0 })).toBeUndefined();
});

it('falls back to coordinates where no place is known', () => {
  const photo = { ...bare, exif_gps_lat: 52.5, exif_gps_lon: 13.4 };
  expect(factsOf(photo, 'en-GB')[1]?.value).toBe('52.50000, 13.40000');
});

it('names what the photo shows once, whoever recognised it', () => {
  const places365 = {
    attributes: ['water', 'sunny'],
    categories: ['beach'],
    environment: 'outdoor',
  };
  const siglip2 = { tags: ['beach', 'dog'] };
  const photo = { ...bare, captions_json: { ...captions, places365, siglip2 } };
  expect(tagsOf(photo)).toEqual(['outdoor', 'beach', 'water', 'sunny', 'dog']);
  expect(tagsOf(bare)).toEqual([]);
});
