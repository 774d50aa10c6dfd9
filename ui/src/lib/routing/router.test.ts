import { expect, it } from 'vitest';
import { parsePhotoId, parseView, photoAddress } from './router.svelte';

it('reads views from addresses', () => {
  expect(parseView('/')).toEqual({ name: 'timeline' });
  expect(parseView('/favourites/')).toEqual({ name: 'favourites' });
  expect(parseView('/search?q=sea%20%26%20sun')).toEqual({ name: 'search', text: 'sea & sun' });
  expect(parseView('/failures/0d5c')).toEqual({ name: 'failures', jobId: '0d5c' });
  expect(parseView('/problems')).toEqual({ name: 'problems' });
  expect(parseView('/what/is/this')).toEqual({ name: 'unknown' });
  expect(parseView('/index.html')).toEqual({ name: 'unknown' });
});

it('reads the photo that a deep link opens', () => {
  expect(parsePhotoId(photoAddress('0190-ab'))).toBe('0190-ab');
  expect(parsePhotoId('/favourites')).toBeNull();
  expect(parsePhotoId('/photo/%zz')).toBe('%zz');
});

it.each(['%zz', '%', '%ff', '%c3%28', 'a%2'])('takes %s, which nobody can decode, as it is', (part) => {
  expect(parsePhotoId(`/photo/${part}`)).toBe(part);
  expect(parseView(`/failures/${part}`)).toEqual({ name: 'failures', jobId: part });
  expect(() => parseView(`/search?q=${part}`)).not.toThrow();
});

it('knows people, their parts, and things by their numbers', () => {
  expect(parseView('/people')).toEqual({ name: 'people' });
  expect(parseView('/people/7')).toEqual({ name: 'person', id: 7, part: 'photos' });
  expect(parseView('/people/0/faces/')).toEqual({ name: 'person', id: 0, part: 'faces' });
  expect(parseView('/people/changes')).toEqual({ name: 'people-changes' });
  expect(parseView('/people/dismissed/')).toEqual({ name: 'people-dismissed' });
  expect(parseView('/people/anna')).toEqual({ name: 'unknown' });
  expect(parseView('/things/12')).toEqual({ name: 'thing', id: 12 });
});
