import { describe, expect, it } from 'vitest';
import { person as sample } from '../api/samples';
import type { Person } from '../api/types';
import { suggestions } from './suggestions';

function person(name: string, face_count = 1, hidden = false): Person {
  return sample({ id: name.length, name, face_count, hidden });
}

describe('suggestions', () => {
  it('puts beginnings before middles, and many photos before few', () => {
    const people = [person('Hanna', 90), person('Anna', 2), person('Ann-Kathrin', 7)];
    const names = suggestions(people, 'ann').map((each) => each.name);
    expect(names).toEqual(['Ann-Kathrin', 'Anna', 'Hanna']);
  });

  it('suggests the most frequent for nothing, and hidden people last', () => {
    const people = [person('A', 100, true), person('B', 1), person('C', 5)];
    expect(suggestions(people, '').map((each) => each.name)).toEqual(['C', 'B', 'A']);
  });

  it('never suggests more than a handful', () => {
    const people = Array.from({ length: 1000 }, (_, index) => person(`Person ${index}`));
    expect(suggestions(people, 'p').length).toBeLessThan(10);
  });
});
