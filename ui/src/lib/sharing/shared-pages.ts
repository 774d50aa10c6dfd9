import type { PigPhoto } from '../api/types';
import { DayPages, type PhotoPage } from '../timeline/day-pages';

/** Shared photos by day, newest first; one that is shared with several is there once. */
export class SharedPages extends DayPages<PigPhoto> {
  constructor(private readonly answer: (page: number) => Promise<PhotoPage<PigPhoto>>) {
    super();
  }

  protected ask(page: number): Promise<PhotoPage<PigPhoto>> {
    return this.answer(page);
  }
}
