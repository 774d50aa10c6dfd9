import type { Link, LinkChange } from '../api/types';
import { m } from '../paraglide/messages';

export type Expiry = 'kept' | 'never' | '7' | '30' | '90' | 'date';

type Options = Link['sharing_options'];
export type Switch = keyof Options;

export const SWITCHES: Switch[] = [
  'share_timestamps',
  'share_location',
  'share_captions',
  'share_camera_info',
  'share_faces',
];

/** What each switch shows. */
export const SWITCH_TITLES: Record<Switch, () => string> = {
  share_timestamps: m.links_share_timestamps,
  share_location: m.links_share_location,
  share_captions: m.links_share_captions,
  share_camera_info: m.links_share_camera_info,
  share_faces: m.links_share_faces,
};

/** What a person has set in the form of a link. */
export interface LinkForm {
  expiry: Expiry;
  /** `YYYY-MM-DD`, for the expiry `date`. */
  date: string;
  asksPassword: boolean;
  /** A new one, or "" where the former stays. */
  password: string;
  downloads: boolean;
  /** What is shown; null until somebody says so, and the defaults of the account hold. */
  switches: Options;
  /** The end of the address. */
  slug: string;
}

export function formOf(link: Link | null): LinkForm {
  const active = link !== null && !link.expired;
  return {
    expiry: active && link.expires_at !== null ? 'kept' : 'never',
    date: '',
    asksPassword: link?.has_password ?? false,
    password: '',
    downloads: link?.downloads ?? true,
    switches: {
      share_location: null,
      share_camera_info: null,
      share_timestamps: null,
      share_captions: null,
      share_faces: null,
      ...link?.sharing_options,
    },
    slug: active ? link.slug : '',
  };
}

/** What is to be sent of a form; `now` is when the days of an expiry begin. */
export function changeOf(form: LinkForm, before: Link | null, now: Date): LinkChange {
  const active = before !== null && !before.expired;
  const slug = form.slug.trim();
  return {
    ...(form.expiry === 'kept' ? {} : { expires_at: expiryOf(form, now) }),
    ...(form.asksPassword
      ? form.password === ''
        ? {}
        : { password: form.password }
      : { password: '' }),
    ...(slug !== '' && slug !== (active ? before.slug : '') ? { slug } : {}),
    downloads: form.downloads,
    sharing_options: form.switches,
  };
}

/** The end of the day that was chosen, here; or so many days from now; or null for never. */
function expiryOf({ expiry, date }: LinkForm, now: Date): string | null {
  if (expiry === 'date') return new Date(`${date}T23:59:59`).toISOString();
  const days = Number(expiry);
  if (!Number.isFinite(days)) return null;
  return new Date(now.getTime() + days * 24 * 60 * 60 * 1000).toISOString();
}

/** How often somebody has come by a link. */
export function visitsOf({ views }: Link): string {
  return views === 0 ? m.links_unvisited() : m.links_views({ count: views });
}
