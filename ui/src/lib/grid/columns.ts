import type { GridColumns, PigPhoto } from '../api/types';

/** Photos of one day that follow each other; `day` is the key of its section. */
export interface DayRun {
  day: string;
  /** How many photos of the day stand before these. */
  offset: number;
  /** How many photos the day has. */
  total: number;
  photos: PigPhoto[];
}

const FIRST_ORDINAL = 719_163;
const DAY_MS = 86_400_000;
const NO_TIME = 2047;
const HASH_BYTES = 3;
const [ID_BYTES, UUID_PARTS] = [16, [0, 8, 12, 16, 20, 32]] as const;
const TYPES = ['image', 'video', 'motion_photo'] as const;

/** `YYYY-MM-DD` of a day's ordinal; null for the undated one, 0. */
export function dateOf(ordinal: number): string | null {
  if (ordinal === 0) return null;
  return new Date((ordinal - FIRST_ORDINAL) * DAY_MS).toISOString().slice(0, 10);
}

/** The photos that an answer of columns has, by day. */
export function runsOf(columns: GridColumns): DayRun[] {
  const photos = photosOf(columns);
  const runs: DayRun[] = [];
  let start = 0;
  for (let at = 0; at < columns.days.length; at += 4) {
    const [day = 0, offset = 0, count = 0, total = 0] = columns.days.slice(at, at + 4);
    const date = dateOf(day);
    const ofDay = photos.slice(start, start + count);
    for (const photo of ofDay) photo.date = date && photo.date ? `${date}T${photo.date}` : '';
    runs.push({ day: String(day), offset, total, photos: ofDay });
    start += count;
  }
  return runs;
}

/** The photos in turn; the date of each is only its time as yet, or "". */
function photosOf(columns: GridColumns): PigPhoto[] {
  const [ids, hashes] = [hex(columns.ids), hex(columns.hashes)];
  const [ratios, kinds] = [bytes(columns.ratios), bytes(columns.kinds)];
  const durations = columns.durations.values();
  const places = columns.place_runs.flatMap((value, at, all) =>
    at % 2 === 0 ? Array.from({ length: all[at + 1] ?? 0 }, () => columns.places[value] ?? '') : [],
  );
  const photos = Array.from({ length: ratios.length }, (_, index): PigPhoto => {
    const kind = ((kinds[2 * index] ?? 0) << 8) | (kinds[2 * index + 1] ?? 0);
    const [minute, type] = [kind & NO_TIME, TYPES[(kind >> 11) & 3] ?? 'image'];
    const ratio = ratios[index] ?? 0;
    const id = uuid(ids.slice(2 * ID_BYTES * index, 2 * ID_BYTES * (index + 1)));
    const seconds = type === 'video' ? (durations.next().value ?? -1) : -1;
    const placeholder = columns.placeholders[index] ?? '';
    return {
      id,
      image_hash: `${id}_${hashes.slice(2 * HASH_BYTES * index, 2 * HASH_BYTES * (index + 1))}`,
      aspectRatio: ratio === 0 ? null : Math.exp(ratio / 100 - 1),
      type,
      date: minute === NO_TIME ? '' : time(minute),
      video_length: seconds < 0 ? '' : String(seconds),
      damaged: (kind & 0x8000) !== 0,
      shown_orientation: 1,
      location: places[index] ?? '',
      placeholder: placeholder === '' ? '' : `data:image/webp;base64,${placeholder}`,
      dominantColor: '',
    };
  });
  for (let at = 0; at < columns.turned.length; at += 2) {
    const photo = photos[columns.turned[at] ?? -1];
    if (photo) photo.shown_orientation = columns.turned[at + 1] ?? 1;
  }
  return photos;
}

function time(minute: number): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}:00+00:00`;
}

function uuid(digits: string): string {
  return UUID_PARTS.slice(1)
    .map((end, part) => digits.slice(UUID_PARTS[part], end))
    .join('-');
}

function bytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function hex(text: string): string {
  let digits = '';
  for (const value of bytes(text)) digits += HEX[value];
  return digits;
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));
