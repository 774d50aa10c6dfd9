import { expect, it } from 'vitest';
import { captions, photo as bare } from '../api/samples';
import { exposureOf, factsOf, tagsOf } from './facts';

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

it('tells megapixels of pictures that have some', () => {
  const size = (width: number, height: number) =>
    factsOf({ ...bare, width, height }, 'en-GB').find((fact) => fact.name === 'Size')?.value;
  expect(size(4000, 3000)).toBe('4000 × 3000 (12 MP)');
  expect(size(100, 100)).toBe('100 × 100');
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
