import type { RankedPhoto, SearchAnswer, UnderstoodPart } from '../api/types';
import { PAGE_SIZE } from '../grid/blocks';
import { DayPages, type PhotoPage } from '../timeline/day-pages';

type Ask = (page: number) => Promise<SearchAnswer>;

/** The group of photos that look like what was searched. */
export const MEANING = 'meaning';

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
  return NOTES[state] ?? '';
}

/** Whether somebody who looks after the models can help. */
export function lacksModel(state: string): boolean {
  return state === 'no_vectors' || state === 'model_unusable';
}

/** Whether the same search will soon be answered by meaning too. */
export function isLoading(state: string): boolean {
  return state === 'too_slow';
}

const NOTES: Record<string, string> = {
  no_vectors: 'Only words were searched: the model for search by meaning is not ready yet.',
  no_worker: 'Only words were searched: nothing works in the background just now.',
  too_slow: 'Only words were searched: the model for search by meaning is still loading …',
  model_unusable: 'Only words were searched: the model for search by meaning cannot be used.',
};
