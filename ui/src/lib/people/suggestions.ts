import type { Person } from '../api/types';
import { matches } from '../shell/matching';

const SHOWN = 6;

/** The people whose name may be meant: those on most photos first. */
export function suggestions(people: Person[], typed: string): Person[] {
  const wanted = typed.trim();
  const found = people.filter((person) => matches(person.name, wanted));
  return found.sort((a, b) => rank(a, wanted) - rank(b, wanted)).slice(0, SHOWN);
}

/** Names that begin with what is typed come first, hidden people last. */
function rank(person: Person, typed: string): number {
  const begins = matches(person.name.slice(0, typed.length), typed);
  const share = person.face_count / (person.face_count + 1);
  return (person.hidden ? 4 : 0) + (begins ? 0 : 2) - share;
}
