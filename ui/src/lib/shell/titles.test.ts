import { expect, it } from 'vitest';
import { Titles } from './titles.svelte';

it('names the view by the table, by what is read of it, and by the photo on top', () => {
  const titles = new Titles();
  expect(titles.current).toBe('LibrePhotos');
  titles.view = 'People';
  expect(titles.current).toBe('People – LibrePhotos');
  const leave = titles.show('Anna', false);
  const close = titles.show('Photo of 3 May', true);
  expect(titles.current).toBe('Photo of 3 May – LibrePhotos');
  close();
  expect(titles.current).toBe('Anna – LibrePhotos');
  leave();
  expect(titles.current).toBe('People – LibrePhotos');
});

it('does not let what goes take away the name of what has come', () => {
  const titles = new Titles();
  const leave = titles.show('Anna', false);
  titles.show('Ben', false);
  leave();
  expect(titles.current).toBe('Ben – LibrePhotos');
});
