import { describe, expect, it } from 'vitest';
import { photos as gridPhotos, section } from '../grid/samples';
import { blocksOf } from '../grid/blocks';
import { blocksBetween, photosOf, rangeOf, type BlockReader } from './between';
import { PhotoSelection, type PhotoInView } from './photo-selection';
import { MOST_NAMED, partsOf } from './selection';
import { Sweep } from './sweep';

const query = { favorite: true };
const inDay = (section: string, ...ids: string[]): PhotoInView[] =>
  ids.map((id) => ({ id, section }));
const [a, b, c] = inDay('day', 'a', 'b', 'c') as [PhotoInView, PhotoInView, PhotoInView];
const far = { id: 'z', section: 'far' };
const sections = [
  { key: 'day', count: 3 },
  { key: 'far', count: 100_000 },
];
const ofView = (): PhotoSelection => new PhotoSelection(() => query);

describe('a list', () => {
  it('has what was put into it, and not what was taken out', () => {
    const selection = ofView();
    selection.toggle(a);
    selection.toggle(b);
    selection.toggle(a);
    expect([a, b].map((photo) => selection.has(photo))).toEqual([false, true]);
    expect(selection.count(sections)).toBe(1);
    expect(selection.value()).toEqual({ image_hashes: ['b'] });
    expect(selection.anchor).toEqual(a);
  });

  it('knows how much of a day it has, also of photos that are not loaded any more', () => {
    const selection = ofView();
    expect(selection.extentOf(sections[0]!)).toBe('none');
    selection.set([a, b], true);
    expect(selection.extentOf(sections[0]!)).toBe('some');
    selection.set([a, b, c], true);
    expect(selection.extentOf(sections[0]!)).toBe('all');
    expect(selection.extentOf(sections[1]!)).toBe('none');
    selection.set([c], false);
    expect(selection.extentOf(sections[0]!)).toBe('some');
  });

  it('is empty again', () => {
    const selection = ofView();
    selection.set([a, far], true);
    selection.clear();
    expect(selection.isEmpty).toBe(true);
    expect(selection.extentOf(sections[0]!)).toBe('none');
    expect(selection.value()).toEqual({ image_hashes: [] });
  });
});

describe('all of a view', () => {
  it('counts what is not loaded, and follows the library', () => {
    const selection = ofView();
    selection.toggle(a);
    selection.selectAll();
    expect(selection.has(far)).toBe(true);
    expect(selection.count(sections)).toBe(100_003);
    selection.toggle(b);
    expect(selection.count(sections)).toBe(100_002);
    expect(selection.count([{ key: 'day', count: 3 }])).toBe(2);
    expect(selection.value()).toEqual({ select_all: true, query, excluded_hashes: ['b'] });
  });

  it('has days of which some or all are left out', () => {
    const selection = ofView();
    selection.selectAll();
    expect(sections.map((each) => selection.extentOf(each))).toEqual(['all', 'all']);
    selection.set([a], false);
    expect(selection.extentOf(sections[0]!)).toBe('some');
    selection.set([b, c], false);
    expect(selection.extentOf(sections[0]!)).toBe('none');
    selection.set([a, b, c], true);
    expect(selection.extentOf(sections[0]!)).toBe('all');
    expect(selection.value()).toMatchObject({ excluded_hashes: [] });
  });

  it('is not there where no query says what the view shows', () => {
    const selection = new PhotoSelection();
    selection.selectAll();
    expect([selection.canBeAll, selection.isAll, selection.isEmpty]).toEqual([false, false, true]);
  });

  it('leaves alone what the query does not reach', () => {
    const selection = new PhotoSelection(
      () => ({ search: 'zebra' }),
      (key) => key !== 'far',
    );
    selection.selectAll();
    expect(selection.has(far)).toBe(false);
    expect(selection.count(sections)).toBe(3);
    selection.toggle(far);
    expect(selection.value()).toMatchObject({ excluded_hashes: [] });
    expect(selection.extentOf(sections[1]!)).toBe('none');
  });
});

describe('a range', () => {
  const blocks = ['1', '2', '3'].flatMap((key) => blocksOf(section(key, 150), new Map()));
  const reader = (asked: string[]): BlockReader => ({
    read(range) {
      asked.push(range.map(({ key }) => key).join('+'));
      return Promise.resolve(range.map(({ key, count }) => gridPhotos(key, count)));
    },
    most: 120,
  });

  it('reaches over days that are not loaded, and reads only these', async () => {
    blocks[2]!.photos = gridPhotos('2/1', 100);
    const asked: string[] = [];
    const between = blocksBetween(blocks, blocks[4]!, blocks[1]!);
    const found = await photosOf(between, reader(asked));
    expect(asked).toEqual(['1/2', '2/2', '3/1']);
    expect(blocks[1]!.photos).toBeNull();
    const range = rangeOf(found, '3/1-0', '1/2-48');
    expect(range.map(({ id }) => id)).toEqual([
      ...['1/2-48', '1/2-49'],
      ...gridPhotos('2/1', 100).map(({ id }) => id),
      ...gridPhotos('2/2', 50).map(({ id }) => id),
      '3/1-0',
    ]);
    expect(range[2]).toEqual({ id: '2/1-0', section: '2' });
  });

  it('is nothing where one end is gone', () => {
    expect(rangeOf([a, b], 'a', 'gone')).toEqual([]);
    expect(blocksBetween(blocks.slice(1), blocks[0]!, blocks[2]!)).toEqual([]);
  });

  it('leaves what a finger has left as it was', () => {
    const selection = ofView();
    selection.set([b], true);
    const sweep = new Sweep(selection, true);
    sweep.over([a, b, c]);
    expect(selection.count(sections)).toBe(3);
    sweep.over([a]);
    expect([a, b, c].map((photo) => selection.has(photo))).toEqual([true, true, false]);
    const out = new Sweep(selection, false);
    out.over([a, b]);
    expect(selection.isEmpty).toBe(true);
    out.over([]);
    expect(selection.count(sections)).toBe(2);
  });
});

it('takes a hundred thousand photos, and names them in parts', () => {
  const many = Array.from({ length: 100_000 }, (_, n) => ({ id: `${n}`, section: `${n % 500}` }));
  const selection = ofView();
  selection.set(many, true);
  const value = selection.value();
  expect('image_hashes' in value && value.image_hashes.length).toBe(100_000);
  expect(partsOf(value).map((part) => 'image_hashes' in part && part.image_hashes.length)).toEqual([
    MOST_NAMED,
    MOST_NAMED,
  ]);
});

it('sends what is all of a view in one part, and nothing as one', () => {
  const all = { select_all: true, query, excluded_hashes: [] } as const;
  expect(partsOf({ ...all, excluded_hashes: [] })).toEqual([all]);
  expect(partsOf({ image_hashes: [] })).toEqual([{ image_hashes: [] }]);
});
