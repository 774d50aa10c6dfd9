import { expect, it } from 'vitest';
import type { AlbumPhotos } from '../api/albums';
import { gridItem } from '../api/samples';
import type { GridItem } from '../api/types';
import { AlbumPages } from './album-pages';

const now = new Date(2026, 0, 1);
const all = Array.from({ length: 250 }, (_, index): GridItem => {
  const id = `${index}`;
  const date = index < 240 ? `2024-09-${String(30 - Math.floor(index / 60))}T08:00:00Z` : '';
  return gridItem({ id, date, location: 'Vienna' });
});

function answer(page: number): AlbumPhotos {
  const items = all.slice((page - 1) * 100, page * 100);
  return { title: 'sea', days: [{ date: '', location: '', items }], isLast: page === 3 };
}

it('reads an album page by page and joins the days that pages cut', async () => {
  const asked: number[] = [];
  const pages = new AlbumPages((page) => {
    asked.push(page);
    return Promise.resolve(answer(page));
  });
  const shape = (): [string, string, number][] =>
    pages.sections(now, 'en-GB').map((each) => [each.title, each.place, each.count]);
  await pages.readTo(1);
  expect(asked).toEqual([1]);
  expect(pages.title).toBe('sea');
  expect(shape()).toEqual([
    ['Monday, 30 September 2024', 'Vienna', 60],
    ['Sunday, 29 September 2024', 'Vienna', 40],
    ['', '', 100],
  ]);
  expect(pages.isUnread(pages.sections(now, 'en-GB')[2]!)).toBe(true);
  await pages.readTo(9);
  expect(asked).toEqual([1, 2, 3]);
  expect(shape()).toEqual([
    ['Monday, 30 September 2024', 'Vienna', 60],
    ['Sunday, 29 September 2024', 'Vienna', 60],
    ['Saturday, 28 September 2024', 'Vienna', 60],
    ['Friday, 27 September 2024', 'Vienna', 60],
    ['No date', '', 10],
  ]);
});

it('leaves an album that is arranged by hand in its order, below no day', async () => {
  const arranged = [...all].reverse();
  const pages = new AlbumPages((page) => {
    const items = arranged.slice((page - 1) * 100, page * 100);
    return Promise.resolve({
      title: 'sea',
      days: [{ date: '', location: '', items }],
      isLast: page === 3,
    });
  }, true);
  await pages.readTo(9);
  const sections = pages.sections(now, 'en-GB');
  expect(sections.map(({ title, date, count }) => [title, date, count])).toEqual([['', null, 250]]);
  const first = pages.page(sections[0]!, 1).map(({ id }) => id);
  expect([first[0], first[99]]).toEqual(['249', '150']);
});
