import { afterEach, expect, it } from 'vitest';
import { overwriteGetLocale } from '../paraglide/runtime';
import { understoodTimes } from './understood';

afterEach(() => overwriteGetLocale(() => 'en'));

function told(text: string, first: string | null, last: string | null, excluded = false): string[] {
  const told = understoodTimes([{ text, kind: 'time', excluded, first, last }], 'en-GB');
  // Ranges have thin spaces.
  return told.map((each) => each.replaceAll(/\s/g, ' '));
}

it('tells the months of a season, and the days of anything shorter', () => {
  expect(told('last summer', '2025-06-01', '2025-08-31')).toEqual([
    '“last summer” is June – August 2025',
  ]);
  expect(told('winter 2019', '2019-12-01', '2020-02-29')).toEqual([
    '“winter 2019” is December 2019 – February 2020',
  ]);
  expect(told('yesterday', '2025-06-03', '2025-06-03')).toEqual(['“yesterday” is 3 June 2025']);
  expect(told('last week', '2025-06-02', '2025-06-08')).toEqual(['“last week” is 2 – 8 June 2025']);
  expect(told('last may', '2025-05-01', '2025-05-31')).toEqual(['“last may” is May 2025']);
});

it('tells a season of both halves of the earth', () => {
  const summer = {
    text: 'summer 2019',
    kind: 'time',
    first: '2019-06-01',
    last: '2019-08-31',
  } as const;
  const south = { first: '2019-12-01', last: '2020-02-29' };
  const told = (excluded: boolean) =>
    understoodTimes([{ ...summer, south, excluded }], 'en-GB').map((each) =>
      each.replaceAll(/\s/g, ' '),
    );
  const months = ['June – August 2019', 'December 2019 – February 2020 south of the equator'];
  expect(told(false)).toEqual([`“summer 2019” is ${months.join(', or ')}`]);
  expect(told(true)).toEqual([`“summer 2019” is not ${months.join(', nor ')}`]);
});

it('tells ends that are open, and stretches of any year', () => {
  expect(told('since may', '2025-05-01', null)).toEqual(['“since may” is 1 May 2025 or later']);
  expect(told('before 2020', null, '2019-12-31')).toEqual([
    '“before 2020” is up to 31 December 2019',
  ]);
  expect(told('winter', '--12-01', '--02-29')).toEqual(['“winter” is December – February']);
  expect(told('christmas', '--12-24', '--12-26', true)).toEqual([
    '“christmas” is not 24 December – 26 December',
  ]);
});

it('repeats nothing, and has nothing to say of words and weekdays', () => {
  expect(told('july', '--07-01', '--07-31')).toEqual([]);
  expect(told('3 may 2020', '2020-05-03', '2020-05-03')).toEqual([]);
  expect(understoodTimes([{ text: 'sea', kind: 'word', excluded: false }], 'en-GB')).toEqual([]);
  expect(understoodTimes([{ text: 'sundays', kind: 'time', excluded: false }], 'en-GB')).toEqual(
    [],
  );
});

it('tells times in the language of the reader', () => {
  overwriteGetLocale(() => 'de');
  const part = { text: 'last summer', kind: 'time', excluded: false } as const;
  const days = { first: '2025-06-01', last: '2025-08-31' };
  expect(understoodTimes([{ ...part, ...days }], 'de-DE')).toEqual([
    '„last summer“ bedeutet Juni–August 2025',
  ]);
  const open = { ...part, text: 'until may', first: null, last: '2025-05-31' };
  expect(understoodTimes([open], 'de-DE')).toEqual([
    '„until may“ bedeutet 31. Mai 2025 oder früher',
  ]);
});
