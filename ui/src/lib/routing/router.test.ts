import { expect, it } from 'vitest';
import { parsePhotoId, parseView, photoAddress } from './router.svelte';

it('reads views from addresses', () => {
  expect(parseView('/')).toEqual({ name: 'timeline' });
  expect(parseView('/favourites/')).toEqual({ name: 'favourites' });
  expect(parseView('/search?q=sea%20%26%20sun')).toEqual({ name: 'search', text: 'sea & sun' });
  expect(parseView('/failures/0d5c')).toEqual({ name: 'failures', jobId: '0d5c' });
  expect(parseView('/problems')).toEqual({ name: 'problems' });
  expect(parseView('/what/is/this')).toEqual({ name: 'timeline' });
});

it('reads the photo that a deep link opens', () => {
  expect(parsePhotoId(photoAddress('0190-ab'))).toBe('0190-ab');
  expect(parsePhotoId('/favourites')).toBeNull();
});
