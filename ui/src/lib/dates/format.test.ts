import { afterEach, describe, expect, it } from 'vitest';
import { overwriteGetLocale } from '../paraglide/runtime';
import {
  formatBytes,
  formatDay,
  formatDayLabel,
  formatDuration,
  formatMoment,
  formatMonth,
} from './format';

afterEach(() => overwriteGetLocale(() => 'en'));

const now = new Date(2024, 6, 10, 0, 30);

describe('formatDay', () => {
  it('names today and yesterday by the clock of the reader', () => {
    expect(formatDay('2024-07-10', now, 'en-GB')).toBe('Today');
    expect(formatDay('2024-07-09', now, 'en-GB')).toBe('Yesterday');
  });

  it('leaves out the present year', () => {
    expect(formatDay('2024-03-01', now, 'en-US')).toBe('Friday, March 1');
    expect(formatDay('2021-07-05', now, 'en-US')).toBe('Monday, July 5, 2021');
  });

  it('names what has no date', () => {
    expect(formatDay(null, now, 'en-GB')).toBe('No date');
    expect(formatDay('No timestamp', now, 'en-GB')).toBe('No date');
  });
});

describe('formatDayLabel', () => {
  it('is short, and leaves the year to the heading of the month', () => {
    expect(formatDayLabel('2024-07-10', now, 'en-GB')).toBe('Today');
    expect(formatDayLabel('2024-07-09', now, 'en-GB')).toBe('Yesterday');
    expect(formatDayLabel('2021-07-05', now, 'en-US')).toBe('Mon, Jul 5');
    expect(formatDayLabel(null, now, 'en-US')).toBe('No date');
  });
});

describe('formatMoment', () => {
  it('shows the wall clock of the photo, whatever the zone of the reader', () => {
    expect(formatMoment('2021-07-05T23:04:00+00:00', 'en-GB')).toContain('5 July 2021');
    expect(formatMoment('2021-07-05T23:04:00Z', 'en-GB')).toContain('23:04');
  });

  it('is empty for undated photos', () => {
    expect(formatMoment('', 'en-GB')).toBe('');
    expect(formatMoment(null, 'en-GB')).toBe('');
  });
});

it('formats months', () => {
  expect(formatMonth('2021-07-05', 'en-GB')).toBe('July 2021');
  expect(formatMonth(null, 'en-GB')).toBe('No date');
});

it('formats durations', () => {
  expect(formatDuration('7')).toBe('0:07');
  expect(formatDuration('73.4')).toBe('1:13');
  expect(formatDuration('3723')).toBe('1:02:03');
  expect(formatDuration('')).toBe('');
});

it('formats sizes', () => {
  expect(formatBytes(0)).toBe('0 B');
  expect(formatBytes(812_000)).toBe('812 kB');
  expect(formatBytes(3_400_000)).toBe('3.4 MB');
  overwriteGetLocale(() => 'de');
  expect(formatBytes(3_400_000)).toBe('3,4 MB');
});
