import { expect, it } from 'vitest';
import { photo } from '../api/samples';
import { fieldName, valueText, whyThisDate } from './words';

it('tells values of the history in words', () => {
  expect(valueText('title', null)).toBe('as in the file');
  expect(valueText('title', [])).toBe('nothing');
  expect(valueText('title', '')).toBe('nothing');
  expect(valueText('title', ['a', 'b'])).toBe('a, b');
  expect(valueText('rating', 6)).toBe('6');
  expect(valueText('orientation', 6)).toBe('90°');
  expect(valueText('orientation', 5)).toBe('270°, mirrored');
  expect(valueText('title', '1999-05-06T07:08:09.000000')).toBe('1999-05-06 07:08:09');
});

it('tells why a photo has its date', () => {
  expect(whyThisDate(photo)).toBe('');
  expect(whyThisDate({ ...photo, date_rule: { id: 14, name: 'x' } })).toBe('Entered by you');
  expect(whyThisDate({ ...photo, date_rule: { id: 99, name: 'x' } })).toBe(
    'By a date rule of yours',
  );
  expect([fieldName('title'), fieldName('odd')]).toEqual(['Title', 'odd']);
});
