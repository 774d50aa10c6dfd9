import { expect, it } from 'vitest';
import { initials } from './initials';

it.each([
  ['Ada Lovelace', 'AL'],
  ['ada', 'A'],
  ['Ada Augusta King Lovelace', 'AL'],
  ['ada.lovelace', 'AL'],
  ['  ', ''],
  ['', ''],
  ['李 小龍', '李小'],
  ['e\u0301lodie', 'E\u0301'],
  ['👩‍👧 b', '👩‍👧B'],
])('of %j are %j', (name, letters) => {
  expect(initials(name)).toBe(letters);
});
