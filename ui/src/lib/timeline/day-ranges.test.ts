import { describe, expect, it, vi } from 'vitest';
import type { DayColumns, GridColumns } from '../api/types';
import { blocksOf, type Block } from '../grid/blocks';
import { readWhole } from '../grid/page-loader';
import { daySections, rangeReader } from './day-ranges';

const [SIXTH, FIFTH] = [737_977, 737_976];

/** Days and what of them an answer holds: day, offset, count, total. */
function answer(...days: number[]): GridColumns {
  const count = days.reduce((sum, value, at) => sum + (at % 4 === 2 ? value : 0), 0);
  const ids = Array.from({ length: count }, (_, index) =>
    String.fromCharCode(...new Uint8Array(15), index % 256),
  );
  return {
    days,
    ids: btoa(ids.join('')),
    hashes: btoa('\x0f\x3a\x2b'.repeat(count)),
    ratios: btoa(String.fromCharCode(100).repeat(count)),
    // A motion photo at 13:15.
    kinds: btoa(String.fromCharCode((795 | (2 << 11)) >> 8, 795 & 255).repeat(count)),
    durations: [],
    turned: [0, 6],
    places: ['Rome', ''],
    place_runs: [0, 1, 1, count - 1],
    placeholders: Array.from({ length: count }, () => 'UklG'),
  };
}

function blocksOfDays(days: DayColumns): Block[] {
  const sections = daySections(days, new Date('2024-01-01T12:00:00Z'), 'en-GB');
  return sections.flatMap((section) => blocksOf(section, new Map()));
}

const two = (sixth: number, fifth: number): DayColumns => ({
  days: [SIXTH, FIFTH],
  counts: [sixth, fifth],
  places: ['Rome', ''],
});

describe('a range of the timeline', () => {
  const signal = new AbortController().signal;

  it('is asked for by its day and offset, and given to its pages', async () => {
    const ask = vi.fn(() => Promise.resolve(answer(SIXTH, 100, 20, 120, FIFTH, 0, 3, 3)));
    const outdated = vi.fn();
    const [, second, third] = blocksOfDays(two(120, 3));
    const found = await rangeReader(ask, outdated).read([second!, third!], signal);
    expect(ask).toHaveBeenCalledWith({ day: '737977', offset: 100, limit: 23 }, signal);
    expect(found.map((photos) => photos?.length)).toEqual([20, 3]);
    expect(found[0]?.[0]).toEqual({
      id: '00000000-0000-0000-0000-000000000000',
      image_hash: '00000000-0000-0000-0000-000000000000_0f3a2b',
      aspectRatio: 1,
      type: 'motion_photo',
      date: '2021-07-06T13:15:00+00:00',
      video_length: '',
      damaged: false,
      shown_orientation: 6,
      location: 'Rome',
      placeholder: 'data:image/webp;base64,UklG',
      dominantColor: '',
    });
    expect(outdated).not.toHaveBeenCalled();
  });

  it('keeps no page of which a part lacks, and says once that the list is old', async () => {
    const ask = (): Promise<GridColumns> => Promise.resolve(answer(SIXTH, 0, 6, 6, FIFTH, 0, 2, 3));
    const outdated = vi.fn();
    const reader = rangeReader(ask, outdated);
    const blocks = blocksOfDays(two(5, 3));
    const found = await reader.read(blocks, signal);
    expect(found.map((photos) => photos?.length)).toEqual([6, undefined]);
    await reader.read(blocks, signal);
    expect(outdated).toHaveBeenCalledOnce();
  });

  it('is whole for who waits for it, with what has come to it since', async () => {
    const ask = vi.fn(({ limit }: { limit: number }) =>
      Promise.resolve(answer(SIXTH, 0, Math.min(limit, 7), 7)),
    );
    const days = { days: [SIXTH], counts: [5], places: [''] };
    const found = await readWhole(rangeReader(ask, vi.fn()), blocksOfDays(days));
    expect(found.map((photos) => photos.length)).toEqual([7]);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('has no photos of a day that is gone', async () => {
    const outdated = vi.fn();
    const reader = rangeReader(() => Promise.resolve(answer(FIFTH, 0, 3, 3)), outdated);
    const found = await reader.read(blocksOfDays(two(2, 3)), signal);
    expect(found.map((photos) => photos?.length)).toEqual([0, 3]);
    expect(outdated).toHaveBeenCalledOnce();
  });
});
