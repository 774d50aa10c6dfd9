import type { PigPhoto } from '../api/types';
import { DayPages, type PhotoPage } from '../timeline/day-pages';
import type { AlbumPhotos } from '../api/albums';
import type { Section } from '../grid/blocks';

/** What an album that is arranged by hand shows: one row of photos, below no heading. */
const ARRANGED = 'arranged';

/** The photos of an album by day; or as somebody has arranged them by hand. */
export class AlbumPages extends DayPages<PigPhoto> {
  title = '';

  constructor(
    private readonly answer: (page: number) => Promise<AlbumPhotos>,
    private readonly isArranged = false,
  ) {
    super();
  }

  protected override groupOf(photo: PigPhoto): string {
    return this.isArranged ? ARRANGED : super.groupOf(photo);
  }

  override sections(now: Date, locale: string, names: Record<string, string> = {}): Section[] {
    return super.sections(now, locale, { ...names, [ARRANGED]: '' });
  }

  protected async ask(page: number): Promise<PhotoPage<PigPhoto>> {
    const { title, days, isLast } = await this.answer(page);
    this.title = title;
    return { photos: days.flatMap((day) => day.items), isLast };
  }
}
