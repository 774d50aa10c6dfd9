import type { SimpleUser } from '../api/types';

/** What a user is called: first and last name, or the name that they sign in with. */
export function nameOf(user: SimpleUser): string {
  return `${user.first_name} ${user.last_name}`.trim() || user.username;
}
