import type { UnderstoodDays, UnderstoodPart } from '../api/types';
import { m } from '../paraglide/messages';

type Form = 'month' | 'day';

/** The times of a search text in dates, "May 2025" for "last may". */
export function understoodTimes(parts: UnderstoodPart[], locale: string): string[] {
  const times = parts.filter((part) => part.kind === 'time' && part.first !== undefined);
  return times
    .map((part) => ({
      text: part.text,
      days: daysInWords(part, locale),
      south: daysInWords(part.south ?? {}, locale),
      excluded: part.excluded,
    }))
    .filter(({ text, days }) => days !== '' && days.toLowerCase() !== text.toLowerCase())
    .map(({ text, days, south, excluded }) => {
      if (south === '') {
        return excluded ? m.search_time_is_not({ text, days }) : m.search_time_is({ text, days });
      }
      return excluded
        ? m.search_time_is_not_nor_south({ text, days, south })
        : m.search_time_is_or_south({ text, days, south });
    });
}

/** Whole months by their names, other stretches by their first and last day. */
function daysInWords({ first, last }: UnderstoodDays, locale: string): string {
  const [begin, end] = [parse(first), parse(last)];
  if (!begin && !end) return '';
  if (begin && end) return range(begin, end, locale);
  return begin
    ? m.search_days_from({ day: written(begin, 'day', locale) })
    : end
      ? m.search_days_until({ day: written(end, 'day', locale) })
      : '';
}

interface Day {
  date: Date;
  anyYear: boolean;
}

/** A leap year stands for any. */
function parse(day: string | null | undefined): Day | null {
  if (!day) return null;
  const anyYear = day.startsWith('--');
  return { date: new Date(`${anyYear ? `2024-${day.slice(2)}` : day}T00:00:00Z`), anyYear };
}

function range(begin: Day, end: Day, locale: string): string {
  const form: Form = isFirst(begin.date) && isLast(end.date, begin.anyYear) ? 'month' : 'day';
  const ends = [begin, end].map((day) => written(day, form, locale));
  if (ends[0] === ends[1]) return ends[0] ?? '';
  // What passes the turn of any year has no order that a range could be written in.
  if (begin.anyYear) return ends.join(' – ');
  return formatter(form, false, locale).formatRange(begin.date, end.date);
}

function written({ date, anyYear }: Day, form: Form, locale: string): string {
  return formatter(form, anyYear, locale).format(date);
}

function formatter(form: Form, anyYear: boolean, locale: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, {
    month: 'long',
    ...(form === 'day' ? { day: 'numeric' } : {}),
    ...(anyYear ? {} : { year: 'numeric' }),
    timeZone: 'UTC',
  });
}

function isFirst(date: Date): boolean {
  return date.getUTCDate() === 1;
}

/** February of any year ends with its 28th or 29th. */
function isLast(date: Date, anyYear: boolean): boolean {
  const next = new Date(date);
  next.setUTCDate(date.getUTCDate() + 1);
  return (
    next.getUTCDate() === 1 || (anyYear && date.getUTCMonth() === 1 && date.getUTCDate() >= 28)
  );
}
