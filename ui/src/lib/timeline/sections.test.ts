import { expect, it } from 'vitest';
import type { PigPhoto } from '../api/types';
import { groupSections } from './sections';

const now = new Date(2024, 6, 10);

function photo(id: string): PigPhoto {
  return { id, image_hash: id, aspectRatio: 1, type: 'image', rating: 0 };
}

it('shows groups by day, undated ones under their own heading', async () => {
  const loaded = groupSections(
    [
      { date: '2021-07-05', location: 'Berlin', items: [photo('a'), photo('b')] },
      { date: 'No timestamp', location: '', items: [photo('c')] },
    ],
    now,
    'en-GB',
  );
  expect(loaded.sections.map((section) => [section.date, section.title, section.count])).toEqual([
    ['2021-07-05', 'Monday, 5 July 2021', 2],
    [null, 'No date', 1],
  ]);
  expect(await loaded.page(loaded.sections[1]!, 1)).toEqual([photo('c')]);
});

it('has no sections for nothing', () => {
  expect(groupSections([], now, 'en-GB').sections).toEqual([]);
});
