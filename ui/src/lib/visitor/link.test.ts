import { afterEach, describe, expect, it, vi } from 'vitest';
import { Connection } from '../api/connection.svelte';
import { ApiError, Unreachable } from '../api/errors';
import { media, mediaBelow } from '../api/media';
import { parsePhotoId, photoAddress, photosBelow } from '../routing/addresses';
import { isLocked, linkAt, mediaAddress, VisitorApi, type LinkAddress } from './link';

const ALBUM: LinkAddress = {
  kind: 'album',
  address: '/public/a/our-summer',
  api: '/api/public/albums/s/our-summer',
};
const PHOTO: LinkAddress = {
  kind: 'photo',
  address: '/public/p/best',
  api: '/api/public/photo/best',
};

afterEach(() => {
  vi.unstubAllGlobals();
  photosBelow('');
});

describe('the address of a link', () => {
  it.each([
    ['/public/a/our-summer', ALBUM],
    ['/public/a/our-summer/', ALBUM],
    ['/public/a/our-summer/photo/0197', ALBUM],
    ['/public/p/best', PHOTO],
    ['/public/x/best', null],
    ['/public/a/', null],
    ['/albums/3', null],
  ])('is read from %s', (path, link) => {
    expect(linkAt(path)).toEqual(link);
  });

  it('has everything of the page below it', () => {
    photosBelow(ALBUM.address);
    mediaBelow((name, kind) => mediaAddress(ALBUM, name, kind));
    expect(photoAddress('0197')).toBe('/public/a/our-summer/photo/0197');
    expect(parsePhotoId(photoAddress('0197'))).toBe('0197');
    const start = '/api/public/albums/s/our-summer/photos/abc/media';
    expect(media.preview('abc')).toBe(`${start}/thumbnail/`);
    expect(media.thumbnail('abc')).toBe(`${start}/medium/`);
    expect(media.original('abc')).toBe(`${start}/file/`);
  });

  it('has one preview of a photo that is shown alone', () => {
    const addresses = ['medium', 'thumbnail', 'video'].map((kind) =>
      mediaAddress(PHOTO, 'x', kind),
    );
    expect(addresses).toEqual([
      '/api/public/photo/best/media/thumbnail/',
      '/api/public/photo/best/media/thumbnail/',
      '/api/public/photo/best/media/video/',
    ]);
  });
});

describe('what a visitor asks', () => {
  function answering(status: number, body: unknown): ReturnType<typeof vi.fn> {
    const answer = vi.fn(() => Promise.resolve(new Response(JSON.stringify(body), { status })));
    vi.stubGlobal('fetch', answer);
    return answer;
  }

  it('goes to the link, and tells nobody where from', async () => {
    const asked = answering(200, { results: {} });
    await new VisitorApi(ALBUM, new Connection()).album(2);
    expect(asked).toHaveBeenCalledWith(
      '/api/public/albums/s/our-summer/?page=2&page_size=100',
      expect.objectContaining({ referrerPolicy: 'no-referrer' }),
    );
  });

  it('is refused until the password is given', async () => {
    answering(403, { errors: [{ field: 'password', message: 'Ask.' }] });
    const refused = await new VisitorApi(ALBUM, new Connection()).album(1).catch((e: unknown) => e);
    expect(isLocked(refused)).toBe(true);
    expect(isLocked(new ApiError(403, [{ field: 'detail', message: '' }]))).toBe(false);
    expect(isLocked(new ApiError(400, [{ field: 'password', message: 'No.' }]))).toBe(false);
  });

  it('knows when the server is away, and back', async () => {
    const connection = new Connection();
    const api = new VisitorApi(ALBUM, connection);
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
    await expect(api.album(1)).rejects.toBeInstanceOf(Unreachable);
    expect(connection.reachable).toBe(false);
    answering(200, {});
    await api.isAlive();
    expect(connection).toMatchObject({ reachable: true, restored: 1 });
  });
});
