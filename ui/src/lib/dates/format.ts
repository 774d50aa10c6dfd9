/** Dates of photos are local wall-clock times labelled as UTC: they are shown unconverted. */

import { m } from '../paraglide/messages';
import { getLocale } from '../paraglide/runtime';

const DAY_MS = 86_400_000;

/** Making a formatter takes far longer than using it, and thousands of days are written. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** "Today", "Yesterday", "Monday, 5 July" in this year, else with the year. */
export function formatDay(date: string | null, now: Date, locale: string): string {
  const day = parseDay(date);
  if (!day) return m.common_no_date();
  const near = formatNear(day, now);
  if (near !== null) return near;
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long' };
  if (day.getUTCFullYear() !== now.getFullYear()) options.year = 'numeric';
  return formatter(locale, options).format(day);
}

/** "Today", "Yesterday" or "Mon, 5 Jul": a day whose month stands above it. */
export function formatDayLabel(date: string | null, now: Date, locale: string): string {
  const day = parseDay(date);
  if (!day) return m.common_no_date();
  return (
    formatNear(day, now) ??
    formatter(locale, { weekday: 'short', day: 'numeric', month: 'short' }).format(day)
  );
}

/** "July 2021", or "No date". */
export function formatMonth(date: string | null, locale: string): string {
  const day = parseDay(date);
  if (!day) return m.common_no_date();
  return formatter(locale, { month: 'long', year: 'numeric' }).format(day);
}

/** Date and time of an ISO instant as it stands, or "" when there is none. */
export function formatMoment(moment: string | null | undefined, locale: string): string {
  const instant = parseMoment(moment);
  if (!instant) return '';
  return formatter(locale, { dateStyle: 'long', timeStyle: 'short' }).format(instant);
}

/** Date and time of an instant on the reader's clock: of what was done, not of photos. */
export function formatInstant(moment: string, locale: string): string {
  const instant = parseMoment(moment);
  if (!instant) return '';
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'long', timeStyle: 'short' };
  return new Intl.DateTimeFormat(locale, options).format(instant);
}

/** "5 July 1987" of a date without a time. */
export function formatDate(date: string, locale: string): string {
  const day = parseDay(date);
  return day ? formatter(locale, { dateStyle: 'long' }).format(day) : '';
}

/** Seconds as "0:07", "12:30" or "1:02:03"; "" for what is no number. */
export function formatDuration(text: string | undefined): string {
  const seconds = Math.round(Number.parseFloat(text ?? ''));
  if (!Number.isFinite(seconds)) return '';
  const pad = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = pad(seconds % 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Bytes as "812 kB" or "3.4 MB". */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(getLocale(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${number.format(value)} ${units[unit]}`;
}

function formatNear(day: Date, now: Date): string | null {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  if (day.getTime() === today) return m.dates_today();
  return day.getTime() === today - DAY_MS ? m.dates_yesterday() : null;
}

function formatter(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}/${JSON.stringify(options)}`;
  let known = formatters.get(key);
  if (!known) {
    known = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
    formatters.set(key, known);
  }
  return known;
}

function parseDay(date: string | null): Date | null {
  return date ? parseMoment(`${date.slice(0, 10)}T00:00:00Z`) : null;
}

function parseMoment(moment: string | null | undefined): Date | null {
  const instant = new Date(moment ?? '');
  return Number.isNaN(instant.getTime()) ? null : instant;
}
