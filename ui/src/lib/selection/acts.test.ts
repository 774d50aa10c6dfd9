import { expect, it } from 'vitest';
import { actsOf, fitting } from './acts';

const ids = (view: string, room: number): string[] =>
  fitting(actsOf(view, null).bar, room).map(({ id }) => id);

it('leaves what is done most in the bar where there is little room', () => {
  expect(ids('timeline', Infinity)).toEqual([
    ...['favourite', 'album', 'share', 'download', 'hide', 'trash'],
  ]);
  expect(ids('timeline', 4)).toEqual(['favourite', 'album', 'share', 'trash']);
  expect(ids('timeline', 3)).toEqual(['favourite', 'album', 'trash']);
  expect(ids('favourites', 4)).toEqual(['album', 'share', 'download', 'trash']);
});

it('leaves all of a few where they are', () => {
  expect(ids('trash', 3)).toEqual(['restore', 'download', 'erase']);
  expect(ids('hidden', 4)).toEqual(['show', 'album', 'download', 'trash']);
});
