import { describe, expect, it } from 'vitest';
import type { Link } from '../api/types';
import { changeOf, formOf } from './choices';

const NOW = new Date('2026-05-01T12:00:00Z');
const OPTIONS = {
  share_location: null,
  share_camera_info: null,
  share_timestamps: true,
  share_captions: false,
  share_faces: null,
};
const LINK: Link = {
  id: 1,
  album_id: 2,
  photo_id: null,
  image_hash: '',
  title: 'Summer',
  slug: 'our-summer',
  url: '/public/a/our-summer',
  created_at: '2026-04-01T00:00:00Z',
  expires_at: '2026-06-01T00:00:00Z',
  expired: false,
  empty: false,
  has_password: true,
  downloads: false,
  views: 3,
  sharing_options: OPTIONS,
  sharing_settings: {
    share_location: false,
    share_camera_info: false,
    share_timestamps: true,
    share_captions: false,
    share_faces: false,
  },
};

describe('the form of a link', () => {
  it('leaves alone what nobody has touched', () => {
    expect(changeOf(formOf(LINK), LINK, NOW)).toEqual({
      downloads: false,
      sharing_options: OPTIONS,
    });
  });

  it('begins with a link that lasts, without a password', () => {
    const change = changeOf(formOf(null), null, NOW);
    expect(change).toMatchObject({ expires_at: null, password: '', downloads: true });
    expect(change).not.toHaveProperty('slug');
  });

  it('does not keep the time of a link that is over, nor its address', () => {
    const over = { ...LINK, expired: true };
    const change = changeOf(formOf(over), over, NOW);
    expect(change.expires_at).toBeNull();
    expect(change).not.toHaveProperty('slug');
  });

  it.each([
    ['7', '2026-05-08T12:00:00.000Z'],
    ['30', '2026-05-31T12:00:00.000Z'],
    ['90', '2026-07-30T12:00:00.000Z'],
    ['never', null],
  ] as const)('ends after %s', (expiry, end) => {
    expect(changeOf({ ...formOf(LINK), expiry }, LINK, NOW).expires_at).toBe(end);
  });

  it('ends with the day that was chosen', () => {
    const form = { ...formOf(LINK), expiry: 'date' as const, date: '2026-08-31' };
    const end = new Date(changeOf(form, LINK, NOW).expires_at ?? '');
    expect([end.getMonth(), end.getDate(), end.getHours()]).toEqual([7, 31, 23]);
  });

  it('sends a password that was typed, and takes one away', () => {
    expect(changeOf({ ...formOf(LINK), password: 'open' }, LINK, NOW).password).toBe('open');
    expect(changeOf({ ...formOf(LINK), asksPassword: false }, LINK, NOW).password).toBe('');
  });

  it('sends another address', () => {
    expect(changeOf({ ...formOf(LINK), slug: ' Winter ' }, LINK, NOW).slug).toBe('Winter');
  });
});
