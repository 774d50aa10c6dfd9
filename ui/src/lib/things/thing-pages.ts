import type { PigPhoto } from '../api/types';
import { DayPages, type PhotoPage } from '../timeline/day-pages';
import type { ThingPhotos } from '../api/things';

/** The photos of a thing by day, newest first. */
export class ThingPages extends DayPages<PigPhoto> {
  title = '';

  constructor(private readonly answer: (page: number) => Promise<ThingPhotos>) {
    super();
  }

  protected async ask(page: number): Promise<PhotoPage<PigPhoto>> {
    const { title, days, isLast } = await this.answer(page);
    this.title = title;
    return { photos: days.flatMap((day) => day.items), isLast };
  }
}
