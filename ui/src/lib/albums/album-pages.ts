import type { PigPhoto } from '../api/types';
import { DayPages, type PhotoPage } from '../timeline/day-pages';
import type { AlbumPhotos } from '../api/albums';

/** The photos of an album by day, newest first. */
export class AlbumPages extends DayPages<PigPhoto> {
  title = '';

  constructor(private readonly answer: (page: number) => Promise<AlbumPhotos>) {
    super();
  }

  protected async ask(page: number): Promise<PhotoPage<PigPhoto>> {
    const { title, days, isLast } = await this.answer(page);
    this.title = title;
    return { photos: days.flatMap((day) => day.items), isLast };
  }
}
