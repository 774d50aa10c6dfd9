import type { RankedPhoto, SearchAnswer, UnderstoodPart } from '../api/types';
import { PAGE_SIZE } from '../grid/blocks';
import { m } from '../paraglide/messages';
import { DayPages, UNREAD, type PhotoPage } from '../timeline/day-pages';

type Ask = (page: number) => Promise<SearchAnswer>;

/** The group of photos that look like what was searched. */
export const MEANING = 'meaning';

/** Whether a group is of photos that meet the words, and not only look alike or are unread. */
export function meetsWords(group: string): boolean {
  return group !== MEANING && !group.startsWith(UNREAD);
}

/** What met the words by day, then what looks like them. */
export class Ranking extends DayPages<RankedPhoto> {
  /** What became of the search by meaning, as the server says. */
  state = '';
  understood: UnderstoodPart[] = [];

  constructor(private readonly answer: Ask) {
    super();
  }

  protected async ask(page: number): Promise<PhotoPage<RankedPhoto>> {
    const { results, meaning, understood } = await this.answer(page);
    this.state = meaning?.state ?? this.state;
    this.understood = understood ?? this.understood;
    return { photos: results, isLast: results.length < PAGE_SIZE };
  }

  protected override groupOf(photo: RankedPhoto): string {
    return photo.match === 'meaning' ? MEANING : super.groupOf(photo);
  }
}

/** What there is to say when photos were not ranked by meaning, or "". */
export function meaningNote(state: string): string {
  return NOTES[state]?.() ?? '';
}

/** Whether somebody who looks after the models can help. */
export function lacksModel(state: string): boolean {
  return state === 'no_vectors' || state === 'model_unusable';
}

/** Whether the same search will soon be answered by meaning too. */
export function isLoading(state: string): boolean {
  return state === 'too_slow';
}

const NOTES: Record<string, () => string> = {
  no_vectors: m.search_no_vectors,
  no_worker: m.search_no_worker,
  too_slow: m.search_too_slow,
  model_unusable: m.search_model_unusable,
};
