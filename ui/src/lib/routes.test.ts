import { describe, expect, it } from 'vitest';
import { ROUTES } from './routes';
import {
  albumAddress,
  failuresAddress,
  parsePhotoId,
  personAddress,
  photoAddress,
  placeAddress,
  searchAddress,
  thingAddress,
} from './routing/addresses';
import { viewAt, type MenuGroup } from './routing/route';

const UNDECODABLE = ['%zz', '%', '%ff', '%c3%28', 'a%2'];

/** The name of the row that takes an address, and what its screen is given. */
function shownAt(address: string): [string, object] {
  const { route, params } = viewAt(address, ROUTES);
  return [route.name, route.props(params)];
}

const keyAt = (address: string): string => viewAt(address, ROUTES).key;

describe('the table of routes', () => {
  it.each([
    ['/', 'timeline', { filter: 'all' }],
    ['/favourites/', 'favourites', { filter: 'favorite' }],
    ['/hidden', 'hidden', { filter: 'hidden' }],
    ['/trash', 'trash', { filter: 'in_trashcan' }],
    ['/recent?x=1', 'recent', {}],
    ['/problems', 'problems', {}],
    ['/models', 'models', {}],
    ['/settings', 'settings', { part: 'profile' }],
    ['/settings/dates/', 'settings-part', { part: 'dates' }],
    ['/admin', 'admin', { part: 'users' }],
    ['/admin/log', 'admin-part', { part: 'log' }],
    ['/first-steps', 'first-steps', {}],
    ['/people', 'people', {}],
    ['/people/7', 'person', { id: 7, part: 'photos' }],
    ['/people/7/guesses', 'person', { id: 7, part: 'guesses' }],
    ['/people/0/faces/', 'person', { id: 0, part: 'faces' }],
    ['/people/changes', 'people-changes', {}],
    ['/people/dismissed/', 'people-dismissed', {}],
    ['/places', 'places', {}],
    ['/places/12/', 'place', { id: 12, kind: 'places' }],
    ['/albums', 'albums', {}],
    ['/albums/12/', 'album', { id: 12 }],
    ['/shared', 'shared-with-me', { by: 'others' }],
    ['/shared/mine', 'shared-by-me', { by: 'me' }],
    ['/things/', 'things', {}],
    ['/things/12', 'thing', { id: 12, kind: 'things' }],
    ['/search?q=sea%20%26%20sun', 'search', { text: 'sea & sun' }],
    ['/search', 'search', { text: '' }],
    ['/failures/0d5c', 'failures', { jobId: '0d5c' }],
  ])('shows at %s the %s', (address, name, props) => {
    expect(shownAt(address)).toEqual([name, props]);
  });

  it.each([
    '/what/is/this',
    '/index.html',
    '/people/anna',
    '/people/7/photos/1',
    '/things/x',
    '/places/x',
    '/albums/x',
    '/failures',
    '/search/sea',
    '//',
    '/People',
  ])('shows at %s that there is nothing', (address) => {
    expect(shownAt(address)).toEqual(['unknown', {}]);
  });

  it.each(UNDECODABLE)('takes %s, which nobody can decode, as it is', (part) => {
    expect(shownAt(`/failures/${part}`)).toEqual(['failures', { jobId: part }]);
    expect(shownAt(`/search?q=${part}`)[0]).toBe('search');
  });

  it('finds what addresses are made for', () => {
    expect(shownAt(personAddress(7))).toEqual(['person', { id: 7, part: 'photos' }]);
    expect(shownAt(personAddress(0, 'faces'))).toEqual(['person', { id: 0, part: 'faces' }]);
    expect(shownAt(albumAddress(3))).toEqual(['album', { id: 3 }]);
    expect(shownAt(thingAddress(3))).toEqual(['thing', { id: 3, kind: 'things' }]);
    expect(shownAt(placeAddress(3))).toEqual(['place', { id: 3, kind: 'places' }]);
    expect(shownAt(searchAddress('"a/b?c" ä%'))).toEqual(['search', { text: '"a/b?c" ä%' }]);
    expect(shownAt(failuresAddress('a/b'))).toEqual(['failures', { jobId: 'a/b' }]);
  });

  it('keeps a screen while its parts are looked at, and makes another for another thing', () => {
    expect(keyAt('/people/7/faces')).toBe(keyAt('/people/7'));
    expect(keyAt('/people/7')).not.toBe(keyAt('/people/8'));
    expect(keyAt('/places/7')).not.toBe(keyAt('/places/8'));
    expect(keyAt('/search?q=a')).not.toBe(keyAt('/search?q=b'));
    expect(keyAt('/search?q=a')).toBe(keyAt('/search?q=a&x=1'));
    expect(keyAt('/hidden')).not.toBe(keyAt('/trash'));
    expect(keyAt('/hidden?x=1')).toBe(keyAt('/hidden'));
  });

  it('has one row of each name, each with a title, and each entry of the menu an address', () => {
    const names = ROUTES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const inMenu = ROUTES.filter(({ menu }) => menu);
    for (const { title } of ROUTES) expect(title()).not.toBe('');
    for (const { path } of inMenu) expect(shownAt(path as string)[0]).not.toBe('unknown');
    const above = ROUTES.flatMap(({ under }) => (under === undefined ? [] : [under]));
    expect(inMenu.map(({ name }) => name)).toEqual(expect.arrayContaining(above));
  });
});

describe('the menus', () => {
  const titlesOf = (group: MenuGroup): string[] =>
    ROUTES.filter(({ menu }) => menu?.group === group).map(({ title }) => title());

  it('have the ways into the library, what is looked at now and then, and the account', () => {
    expect(titlesOf('library')).toEqual(['Photos', 'People', 'Places', 'Albums']);
    expect(titlesOf('apart')).toEqual(['Favourites', 'Hidden', 'Trash']);
    expect(titlesOf('account')).toEqual([
      ...['Settings', 'Administration', 'Models', 'Problems', 'Links'],
    ]);
  });

  it.each([
    ['/people/7/faces', 'people'],
    ['/places/7', 'places'],
    ['/albums/7', 'albums'],
    ['/things', 'albums'],
    ['/things/7', 'albums'],
    ['/recent', 'albums'],
  ])('have an entry that stands for %s', (address, name) => {
    expect(viewAt(address, ROUTES).route.under).toBe(name);
  });
});

describe('the address of a photo', () => {
  it('is read as it was made', () => {
    expect(parsePhotoId(photoAddress('0190-ab'))).toBe('0190-ab');
    expect(parsePhotoId('/favourites')).toBeNull();
  });

  it.each(UNDECODABLE)('takes %s, which nobody can decode, as it is', (part) => {
    expect(parsePhotoId(`/photo/${part}`)).toBe(part);
  });
});
