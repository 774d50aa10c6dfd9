import type { TimelineFilter } from '../api/types';
import type { ViewQuery } from '../selection/selection';

/** What a timeline shows, as a selection of all of it names that. */
export function queryOf(filter: TimelineFilter): ViewQuery {
  if (typeof filter !== 'string') return { person: String(filter.person) };
  return filter === 'all' ? {} : { [filter]: true };
}
