import { afterEach, describe, expect, it } from 'vitest';
import { m } from '../paraglide/messages';
import { overwriteGetLocale } from '../paraglide/runtime';
import { editTitle, groupName, percent } from './words';

afterEach(() => overwriteGetLocale(() => 'en'));

describe('words', () => {
  it('counts', () => {
    expect(m.common_faces({ count: 1 })).toBe('1 face');
    expect(m.common_faces({ count: 1204 })).toBe('1,204 faces');
    expect(percent(0.926)).toBe('93 %');
    expect(percent(0.9999)).toBe('99 %');
  });

  it('calls a group without a name what the reader calls it', () => {
    overwriteGetLocale(() => 'de');
    expect(groupName({ kind: 'CLUSTER', name: 'Unknown 12' })).toBe('Unbekannt 12');
    expect(groupName({ kind: 'USER', name: 'Unknown 12' })).toBe('Unknown 12');
    expect(groupName({ kind: 'CLUSTER', name: 'Strangers' })).toBe('Strangers');
  });

  it('says what an edit did, also one of a newer server', () => {
    const merge = { action: 'merge', faces: 12, people: ['Anna', 'Ann'] };
    expect(editTitle(merge)).toBe('Merged: Anna, Ann · 12 faces');
    expect(editTitle({ action: 'change', faces: 0, people: ['Anna'] })).toBe('Changed: Anna');
    expect(editTitle({ action: 'frob', faces: 1, people: [] })).toBe('frob · 1 face');
  });
});
