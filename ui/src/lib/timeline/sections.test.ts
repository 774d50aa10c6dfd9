import { afterEach, expect, it, vi } from 'vitest';
import { gridItem } from '../api/samples';
import { recentSections } from './sections';

const photo = gridItem({ id: 'a' });

afterEach(() => vi.unstubAllEnvs());

it('shows the newest import under one heading', async () => {
  const photos = Array.from({ length: 130 }, (_, index) => ({ ...photo, id: `${index}` }));
  const { sections, page } = recentSections('2024-07-10T12:00:00Z', photos, 'en-GB');
  expect(sections.map((section) => section.count)).toEqual([130]);
  expect(await page(sections[0]!, 2)).toEqual(photos.slice(100));
});

it('says by the clock of the reader when that was', () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  const { sections } = recentSections('2024-12-31T23:30:00Z', [photo], 'en-GB');
  expect(sections[0]!.title).toBe('Added on 1 January 2025 at 00:30');
});

it('has no sections for nothing', () => {
  expect(recentSections('2024-07-10T12:00:00Z', [], 'en-GB').sections).toEqual([]);
});
