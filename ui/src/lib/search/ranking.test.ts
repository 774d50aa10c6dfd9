import { describe, expect, it } from 'vitest';
import { gridItem } from '../api/samples';
import type { RankedPhoto, SearchAnswer } from '../api/types';
import { MEANING, Ranking, meaningNote } from './ranking';

const now = new Date(2026, 0, 1);

function photo(id: number, match: 'text' | 'meaning', date = '2024-09-14T06:52:00Z'): RankedPhoto {
  return { ...gridItem({ id: `${id}`, date }), match, similarity: null };
}

const nothing: SearchAnswer = { results: [], understood: [], meaning: { text: '', state: '' } };

/** A server with `words` photos by words and `meaning` ones that look alike. */
function server(words: number, meaning: number): (page: number) => Promise<SearchAnswer> {
  const all = Array.from({ length: words + meaning }, (_, index) =>
    photo(index, index < words ? 'text' : 'meaning', `2024-09-${10 + (index % 2)}T00:00:00Z`),
  );
  return (page) =>
    Promise.resolve({ ...nothing, results: all.slice((page - 1) * 100, page * 100) });
}

function shape(ranking: Ranking): [string, number][] {
  return ranking
    .sections(now, 'en-GB', { [MEANING]: 'Looks like it' })
    .map((each) => [each.title, each.count]);
}

describe('Ranking', () => {
  it('groups words by day, and what looks alike below in its order', async () => {
    const ranking = new Ranking(server(3, 4));
    await ranking.readMore();
    expect(shape(ranking)).toEqual([
      ['Tuesday, 10 September 2024', 2],
      ['Wednesday, 11 September 2024', 1],
      ['Looks like it', 4],
    ]);
  });

  it('goes on as long as there is more, and stops at the end', async () => {
    const ranking = new Ranking(server(0, 250));
    await ranking.readMore();
    expect(shape(ranking)).toEqual([
      ['Looks like it', 100],
      ['', 100],
    ]);
    for (const total of [200, 250]) {
      const unread = ranking.sections(now, 'en-GB').at(-1);
      expect(unread && ranking.isUnread(unread)).toBe(true);
      await ranking.readMore();
      expect(shape(ranking)[0]).toEqual(['Looks like it', total]);
    }
    expect(shape(ranking)).toHaveLength(1);
    const section = ranking.sections(now, 'en-GB')[0];
    expect(section && ranking.page(section, 3).length).toBe(50);
  });

  it('lists what it has read as it was, until it has read more of it', async () => {
    const ranking = new Ranking(server(0, 250));
    const revisions = (): unknown[] =>
      ranking.sections(now, 'en-GB').map((section) => section.revision);
    await ranking.readMore();
    const before = revisions();
    expect(revisions()).toEqual(before);
    expect(revisions()[0]).toBe(before[0]);
    await ranking.readMore();
    expect(revisions()[0]).not.toBe(before[0]);
  });

  it('asks once for what two ask for at a time, and never shows a photo twice', async () => {
    const asked: number[] = [];
    const ranking = new Ranking((page) => {
      asked.push(page);
      const results = Array.from({ length: page === 1 ? 100 : 3 }, (_, index) =>
        photo(index, 'meaning'),
      );
      return Promise.resolve({ ...nothing, results });
    });
    await Promise.all([ranking.readMore(), ranking.readMore()]);
    await ranking.readMore();
    expect(asked).toEqual([1, 2]);
    expect(shape(ranking)).toEqual([['Looks like it', 100]]);
  });

  it('says why only words were searched, where somebody may wonder', () => {
    expect(meaningNote('too_slow')).toContain('Only words');
    expect(meaningNote('ranked')).toBe('');
    expect(meaningNote('switched_off')).toBe('');
  });
});
