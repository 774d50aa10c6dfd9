import { expect, it } from 'vitest';
import { place } from '../api/samples';
import { byKind } from './kinds';

const shape = (kinds: ReturnType<typeof byKind>): [string, string[]][] =>
  kinds.map(({ title, places }) => [title, places.map((each) => each.title)]);

it('puts countries before what lies in them, and many photos before few', () => {
  const places = [
    place({ id: 1, title: 'Bergen', geolocation_level: 3, photo_count: 2 }),
    place({ id: 2, title: 'Kenya', geolocation_level: 1, photo_count: 4 }),
    place({ id: 3, title: 'Vestland', geolocation_level: 2, photo_count: 9 }),
    place({ id: 4, title: 'Norway', geolocation_level: 1, photo_count: 9 }),
  ];
  expect(shape(byKind(places))).toEqual([
    ['Countries', ['Norway', 'Kenya']],
    ['Regions and towns', ['Vestland', 'Bergen']],
  ]);
});

it('has no kind without a place', () => {
  const town = place({ title: 'Bergen', geolocation_level: 3 });
  expect(shape(byKind([town]))).toEqual([['Regions and towns', ['Bergen']]]);
  expect(byKind([])).toEqual([]);
});
