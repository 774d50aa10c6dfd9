import type { SharingOptions } from '../api/types';
import { m } from '../paraglide/messages';

/** What may be told of shared photos, by the server's names, in the order of the page. */
export const SWITCHES: readonly { name: keyof SharingOptions; title: () => string }[] = [
  { name: 'share_timestamps', title: m.sharing_time },
  { name: 'share_location', title: m.sharing_location },
  { name: 'share_camera_info', title: m.sharing_camera },
  { name: 'share_captions', title: m.sharing_captions },
  { name: 'share_faces', title: m.sharing_faces },
];
